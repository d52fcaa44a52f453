"""Noise on a lattice, in one to three dimensions: cells, values and gradients. All of it lies from -1 to 1.

Places are one array per axis, broadcast against each other and against the seeds. It is computed in double precision,
so that another language gives the same to rounding.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from terrain_widgets.core.modulation.hashing import Floats, Words, hashed, mixed, unit

Axes = Sequence[Floats]


def cell(seed: Words, axes: Axes) -> Floats:
    """One value for each cell: it is held, and then jumps (along one axis: sample and hold)."""
    cells = [np.floor(axis).astype(np.int64) for axis in axes]
    return 2.0 * unit(hashed(seed, *cells)) - 1.0


def value(seed: Words, axes: Axes) -> Floats:
    """Values of the lattice's corners, between which a curve without corners leads."""
    return 2.0 * _blended(seed, axes, slopes=False) - 1.0


def gradient(seed: Words, axes: Axes) -> Floats:
    """Slopes at the lattice's corners (K. Perlin, "Improving Noise", 2002); its largest value is √N/2, made 1 here."""
    return _blended(seed, axes, slopes=True) * (2.0 / math.sqrt(len(axes)))


def slope(words: Words, offset: Axes) -> Floats:
    """Product of a corner's slope, which is of length 1 and points anywhere, with the way from there."""
    first = unit(words)
    if len(offset) == 1:
        return (2.0 * first - 1.0) * offset[0]
    if len(offset) == 2:
        angle = 2.0 * math.pi * first
        return np.cos(angle) * offset[0] + np.sin(angle) * offset[1]
    height, angle = 2.0 * first - 1.0, 2.0 * math.pi * unit(mixed(words))
    around = np.sqrt(1.0 - height * height)
    return around * np.cos(angle) * offset[0] + around * np.sin(angle) * offset[1] + height * offset[2]


def _blended(seed: Words, axes: Axes, *, slopes: bool) -> Floats:
    whole = [np.floor(axis) for axis in axes]
    parts = [axis - floor for axis, floor in zip(axes, whole, strict=True)]
    cells = [floor.astype(np.int64) for floor in whole]
    fades = [part * part * part * (part * (part * 6.0 - 15.0) + 10.0) for part in parts]
    total: Floats = np.zeros(())
    for corner in itertools.product((0, 1), repeat=len(axes)):
        words = hashed(seed, *(c + k for c, k in zip(cells, corner, strict=True)))
        weight: Floats = np.ones(())
        for fade, k in zip(fades, corner, strict=True):
            weight = weight * (fade if k else 1.0 - fade)
        known = slope(words, [part - k for part, k in zip(parts, corner, strict=True)]) if slopes else unit(words)
        total = total + weight * known
    return total
