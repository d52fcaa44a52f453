"""Colours of planes and heat maps; those of sounds are in ``core.pictures.sound_colours``."""

from __future__ import annotations

from functools import cache

import numpy as np
from bokeh.palettes import Viridis256
from numpy.typing import NDArray

BACKGROUND, GRID = "#20242e", "#343a48"  # of a plane without a terrain
NOBODYS = "#9aa3b2"  # a path without a sound


@cache
def viridis() -> NDArray[np.uint8]:
    """256 colours ``[256, 3]`` from low to high, readable without colour vision."""
    return np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in Viridis256], dtype=np.uint8)
