"""Simplex noise, in one to three dimensions."""

from __future__ import annotations

import math

import numpy as np

from terrain_widgets.core.modulation.hashing import Floats, Words, hashed
from terrain_widgets.core.modulation.noise import Axes, slope

_RADIUS = 0.5  # squared; beyond it a corner says nothing, so that no simplex has a seam
#: One over the largest value that slopes of length 1 can give, by dimensions: found by search over a simplex.
_SCALE = {1: 71.5, 2: 99.2, 3: 107.0}


def simplex(seed: Words, axes: Axes) -> Floats:
    """Slopes at the corners of simplices, from -1 to 1.

    K. Perlin 2001; S. Gustavson, "Simplex noise demystified", 2005.

    Args:
        seed: Seeds, broadcast against the places.
        axes: Places, one array per axis.
    """
    n = len(axes)
    skew, unskew = (math.sqrt(n + 1.0) - 1.0) / n, (1.0 - 1.0 / math.sqrt(n + 1.0)) / n
    lean = sum(axes[1:], axes[0]) * skew
    whole = [np.floor(axis + lean) for axis in axes]
    back = sum(whole[1:], whole[0]) * unskew
    parts = [axis - (floor - back) for axis, floor in zip(axes, whole, strict=True)]
    cells = [floor.astype(np.int64) for floor in whole]
    # How many axes an axis is ahead of: the corners are walked along the farthest axis first.
    ranks = [
        sum(
            (np.asarray(parts[i] > parts[j] if i > j else parts[i] >= parts[j]).astype(np.int64))
            for j in range(n)
            if j != i
        )
        for i in range(n)
    ]
    total: Floats = np.zeros(())
    for corner in range(n + 1):
        steps = [(np.asarray(rank) >= n - corner).astype(np.int64) for rank in ranks]
        offset = [part - step + corner * unskew for part, step in zip(parts, steps, strict=True)]
        distance = sum((way * way for way in offset[1:]), offset[0] * offset[0])
        near = np.maximum(0.0, _RADIUS - distance)
        words = hashed(seed, *(c + step for c, step in zip(cells, steps, strict=True)))
        total = total + near * near * near * near * slope(words, offset)
    return total * _SCALE[n]
