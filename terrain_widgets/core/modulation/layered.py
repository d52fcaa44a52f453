"""Noise made of other noise: distances to scattered points, warped places, and sums of octaves. From -1 to 1."""

from __future__ import annotations

import itertools

import numpy as np

from terrain_widgets.core.modulation.hashing import Floats, Words, hashed, mixed, unit
from terrain_widgets.core.modulation.noise import Axes, gradient

_OCTAVES = 4
_WARP = 1.0
#: One over the distance, and over the sum of octaves, that one place in ten thousand exceeds: beyond it is cut.
_VORONOI = {1: 1.045, 2: 0.948, 3: 0.940}
_FRACTAL = {1: 0.797, 2: 0.816, 3: 1.080}


def voronoi(seed: Words, axes: Axes) -> Floats:
    """Distance to the nearest of one point in each cell (S. Worley, "A Cellular Texture Basis Function", 1996)."""
    whole = [np.floor(axis) for axis in axes]
    parts = [axis - floor for axis, floor in zip(axes, whole, strict=True)]
    cells = [floor.astype(np.int64) for floor in whole]
    nearest: Floats = np.full((), np.inf)
    for around in itertools.product((-1, 0, 1), repeat=len(axes)):
        words = hashed(seed, *(c + k for c, k in zip(cells, around, strict=True)))
        distance: Floats = np.zeros(())
        for part, k in zip(parts, around, strict=True):
            way = k + unit(words) - part
            distance = distance + way * way
            words = mixed(words)
        nearest = np.minimum(nearest, distance)
    return 2.0 * np.minimum(1.0, np.sqrt(nearest) * _VORONOI[len(axes)]) - 1.0


def distorted(seed: Words, axes: Axes) -> Floats:
    """Gradient noise at places that gradient noise has moved (I. Quilez, "Domain warping", 2002)."""
    moved = [
        axis + _WARP * gradient(mixed(seed + np.uint32(k + 1)), [other + 0.5 * (k + 1) for other in axes])
        for k, axis in enumerate(axes)
    ]
    return gradient(seed, moved)


def fractal(seed: Words, axes: Axes) -> Floats:
    """Turbulence: the size of gradient noise, octave upon octave (K. Perlin, "An Image Synthesizer", 1985)."""
    total: Floats = np.zeros(())
    for octave in range(_OCTAVES):
        scaled = [axis * 2.0**octave for axis in axes]
        total = total + np.abs(gradient(mixed(seed + np.uint32(octave)), scaled)) * 0.5**octave
    return 2.0 * np.minimum(1.0, total * _FRACTAL[len(axes)]) - 1.0
