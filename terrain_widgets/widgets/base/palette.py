"""Colours: bokeh's palettes as arrays and CSS names. None of our own."""

from __future__ import annotations

from functools import cache

import numpy as np
from bokeh.palettes import Bright7, Colorblind, Muted9, Viridis256
from numpy.typing import NDArray

BACKGROUND, GRID = "#20242e", "#343a48"  # of a plane without a terrain
#: Okabe's and Ito's seven, and three of Tol's: told apart without full colour vision.
_CLIPS = (*Colorblind[7], Bright7[5], Bright7[6], Muted9[3])
NOBODYS = "#9aa3b2"  # a path without a sound


@cache
def viridis() -> NDArray[np.uint8]:
    """256 colours ``[256, 3]`` from low to high, readable without colour vision."""
    return np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in Viridis256], dtype=np.uint8)


def clip_colour(index: int) -> str:
    """CSS colour of the clip at that place in the list."""
    return str(_CLIPS[index % len(_CLIPS)])
