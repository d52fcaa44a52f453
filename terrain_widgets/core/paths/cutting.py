"""Splitting, joining and erasing paths."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.paths.curves import cumulative_length
from terrain_widgets.core.paths.editing import between, join_tables, reversed_path
from terrain_widgets.core.paths.trajectory import SpatialTrajectory

_SHORTEST = 1e-6  # share of a path's length below which a piece is dust


def split(path: SpatialTrajectory, at: float) -> tuple[SpatialTrajectory, SpatialTrajectory]:
    """The path in two, cut at an arc length; both parts have a point at the cut.

    Args:
        path: What to cut.
        at: Control units from the start, as ``Hit.travelled`` gives them.

    Raises:
        ValueError: If the cut is not inside the path, so that one part would have no length.
    """
    length = path.length
    if not _SHORTEST * length < at < (1 - _SHORTEST) * length:
        raise ValueError(f"a path of length {length:.3g} is split between its ends, not at {at:.3g}")
    return between(path, 0.0, at), between(path, at, length)


def joined(first: SpatialTrajectory, second: SpatialTrajectory, nearest: bool = False) -> SpatialTrajectory:
    """Both as one path, the second after the first; a gap becomes a straight line.

    Args:
        first: Where the path begins.
        second: How it goes on.
        nearest: Turn one or both round first, so that the two ends that are nearest to each other meet.

    Raises:
        ValueError: If they are of different spaces.
    """
    if not nearest or first.control_dim != second.control_dim:
        return join_tables(first, second)
    ways = [
        (float(np.linalg.norm(a.values[-1].astype(np.float64) - b.values[0])), a, b)
        for a in (first, reversed_path(first))
        for b in (second, reversed_path(second))
    ]
    _, a, b = min(ways, key=lambda way: way[0])
    return join_tables(a, b)


def erased(path: SpatialTrajectory, centre: ArrayLike, radius: float) -> list[SpatialTrajectory]:
    """What is left of a path when a disc has rubbed over it: its pieces in their order, none if nothing is left.

    The path is cut where it crosses the rim, |x − centre| = radius, which is a quadratic equation on each segment. (In
    a space of C dimensions the disc is a ball.) A path that the disc does not touch comes back itself.

    Args:
        path: What to rub out.
        centre: ``[C]`` in control units.
        radius: Control units, above 0.

    Raises:
        ValueError: If the radius is not above 0, or the centre is of another space.
    """
    middle = np.asarray(centre, dtype=np.float64)
    if middle.shape != (path.control_dim,) or not np.isfinite(middle).all() or not (np.isfinite(radius) and radius > 0):
        raise ValueError(
            f"an eraser needs a place of {path.control_dim} finite numbers and a radius above 0, "
            f"got {centre!r} and {radius!r}"
        )
    values = path.values.astype(np.float64) - middle
    travelled = cumulative_length(values)
    length = travelled[-1]
    if length <= 0.0:
        return [] if np.linalg.norm(values[0]) <= radius else [path]
    steps = np.diff(values, axis=0)
    # |p + u s|² = r² for u in 0…1 along each step s from its point p.
    a, half_b = (steps**2).sum(axis=1), (steps * values[:-1]).sum(axis=1)
    c = (values[:-1] ** 2).sum(axis=1) - radius**2
    root = np.sqrt(np.maximum(half_b**2 - a * c, 0.0))
    crosses = (a > 0) & (half_b**2 - a * c > 0)
    low = np.divide(-half_b - root, a, out=np.ones_like(a), where=crosses)
    high = np.divide(-half_b + root, a, out=np.zeros_like(a), where=crosses)
    low, high = np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)
    touched = crosses & (high > low)
    if not touched.any():
        return [path]
    spans = np.diff(travelled)[touched]
    gone = np.stack([travelled[:-1][touched] + low[touched] * spans, travelled[:-1][touched] + high[touched] * spans])
    pieces, begin = [], 0.0
    for start, end in gone.T:
        if start - begin > _SHORTEST * length:
            pieces.append(between(path, begin, float(start)))
        begin = max(begin, float(end))
    if length - begin > _SHORTEST * length:
        pieces.append(between(path, begin, float(length)))
    return pieces
