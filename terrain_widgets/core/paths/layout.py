"""Paths for those who do not want to draw any: one gentle wave per sound, side by side, never crossing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import SpatialTrajectory

_POINTS = 96
_FILL = 0.74  # share of a cell that its path may use; the rest keeps neighbours apart


def lay_out(lengths: Sequence[int], boundary: Boundary | None = None, seed: int = 0) -> list[SpatialTrajectory]:
    """One path per sound, each in a cell of its own, the longer the sound the wider its wave.

    Args:
        lengths: Frames of each sound.
        boundary: The plane to fill; by default ±1.
        seed: Decides length and phase of each wave.

    Returns:
        As many two-dimensional paths as there are lengths, in their order.

    Raises:
        ValueError: If a length is below 1.
    """
    if any(length < 1 for length in lengths):
        raise ValueError(f"every sound needs at least one frame, got lengths {list(lengths)}")
    plane = boundary or Boundary()
    columns = max(1, math.ceil(math.sqrt(len(lengths))))
    rows = max(1, math.ceil(len(lengths) / columns))
    longest = max(lengths, default=1)
    random = np.random.default_rng(seed)
    along = np.linspace(-0.5, 0.5, _POINTS)
    paths = []
    for index, length in enumerate(lengths):
        row, column = divmod(index, columns)
        in_row = min(columns, len(lengths) - row * columns)
        share = 0.55 + 0.45 * math.sqrt(length / longest)
        wave = 0.32 * np.sin(2 * np.pi * (random.uniform(0.7, 1.2) * along + random.uniform()))
        across = (column + 0.5 + along * _FILL * share) / in_row
        down = (row + 0.5 + wave * _FILL) / rows
        paths.append(SpatialTrajectory(plane.from_unit(np.stack([across, down], axis=1))))
    return paths
