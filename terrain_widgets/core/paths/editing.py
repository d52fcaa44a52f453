"""Edits of paths as pure functions: what comes back is new, times and pressures stay in step with the points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.paths.curves import Points, cumulative_length
from terrain_widgets.core.paths.trajectory import SpatialTrajectory

_PAUSE = 1 / 60  # seconds between points that nobody timed, beside points that somebody did


@dataclass(frozen=True, eq=False)
class Affine:
    """A linear map and an offset, x ↦ x · Aᵀ + b: what moving, scaling and rotating have in common.

    Args:
        matrix: A, ``[C, C]``.
        offset: b, ``[C]``.
    """

    matrix: Points
    offset: Points

    def __call__(self, places: ArrayLike) -> Points:
        """Places ``[..., C]`` where the map puts them."""
        return np.asarray(places, dtype=np.float64) @ self.matrix.T + self.offset


def translation(offset: ArrayLike) -> Affine:
    """Move by ``offset``, ``[C]`` control units.

    Raises:
        ValueError: If the offset is no finite vector.
    """
    vector = _vector(offset, "an offset")
    return Affine(np.eye(len(vector)), vector)


def scaling(factor: float | ArrayLike, centre: ArrayLike) -> Affine:
    """Scale about a centre ``[C]``, by one factor or by one for each dimension ``[C]``; negative ones mirror.

    Raises:
        ValueError: If a factor is 0, which could not be drawn any more, or something is not finite.
    """
    middle = _vector(centre, "a centre")
    factors = np.broadcast_to(np.asarray(factor, dtype=np.float64), middle.shape)
    if not np.isfinite(factors).all() or (factors == 0).any():
        raise ValueError(f"a path is scaled by a finite factor other than 0, got {factor!r}")
    return Affine(np.diag(factors), middle * (1 - factors))


def rotation(degrees: float, centre: ArrayLike, plane: tuple[int, int] = (0, 1)) -> Affine:
    """Turn about a centre ``[C]``, from the first dimension of ``plane`` towards the second.

    Raises:
        ValueError: If the angle is not finite, or the plane is not of two dimensions of the space.
    """
    middle = _vector(centre, "a centre")
    a, b = plane
    if not np.isfinite(degrees) or a == b or not (0 <= a < len(middle) and 0 <= b < len(middle)):
        raise ValueError(
            f"a path is turned by a finite angle in a plane of two of its {len(middle)} dimensions, "
            f"got {degrees!r}° in {plane}"
        )
    angle = np.radians(degrees)
    matrix = np.eye(len(middle))
    matrix[[a, a, b, b], [a, b, a, b]] = [np.cos(angle), -np.sin(angle), np.sin(angle), np.cos(angle)]
    return Affine(matrix, middle - matrix @ middle)


def transformed(path: SpatialTrajectory, affine: Affine) -> SpatialTrajectory:
    """The path where an affine map puts it.

    Raises:
        ValueError: If the map is of another space.
    """
    if len(affine.offset) != path.control_dim:
        raise ValueError(f"this path has {path.control_dim} dimensions, the edit has {len(affine.offset)}")
    return SpatialTrajectory(affine(path.values), path.times, path.pressures)


def centre_of(paths: Sequence[SpatialTrajectory]) -> Points:
    """The middle of what several paths span, ``[C]``: about it a selection is scaled and turned.

    Raises:
        ValueError: If there is no path.
    """
    if not paths:
        raise ValueError("nothing is selected, so there is no centre; select a path")
    every = np.concatenate([path.values for path in paths]).astype(np.float64)
    middle: Points = (every.min(axis=0) + every.max(axis=0)) / 2
    return middle


def with_vertex(path: SpatialTrajectory, index: int, place: ArrayLike) -> SpatialTrajectory:
    """One point elsewhere.

    Raises:
        IndexError: If there is no such point.
    """
    if not 0 <= index < len(path):
        raise IndexError(f"this path has points 0 to {len(path) - 1}, not {index}")
    values = path.values.copy()
    values[index] = _vector(place, "a place")
    return SpatialTrajectory(values, path.times, path.pressures)


def extended(path: SpatialTrajectory, more: SpatialTrajectory | ArrayLike) -> SpatialTrajectory:
    """The path, and then ``more`` points ``[M, C]`` (a timed stroke goes on at its own pace)."""
    return join_tables(path, _path(more))


def prepended(path: SpatialTrajectory, more: SpatialTrajectory | ArrayLike) -> SpatialTrajectory:
    """``more`` points ``[M, C]``, in the order of travel, and then the path."""
    return join_tables(_path(more), path)


def reversed_path(path: SpatialTrajectory) -> SpatialTrajectory:
    """The path from its end to its start, at the pace it had there."""
    times = None if path.times is None else (path.times[0] + path.times[-1] - path.times)[::-1]
    pressures = None if path.pressures is None else path.pressures[::-1]
    return SpatialTrajectory(path.values[::-1], times, pressures)


def snapped(path: SpatialTrajectory, step: float | ArrayLike, origin: ArrayLike = 0.0) -> SpatialTrajectory:
    """Every point on the nearest crossing of a grid with ``step`` control units (one, or ``[C]``) and an ``origin``.

    Raises:
        ValueError: If a step is not above 0 or not finite.
    """
    steps = np.asarray(step, dtype=np.float64)
    if not np.isfinite(steps).all() or (steps <= 0).any():
        raise ValueError(f"a grid needs a finite step above 0, got {step!r}")
    start = np.asarray(origin, dtype=np.float64)
    return SpatialTrajectory(start + np.round((path.values - start) / steps) * steps, path.times, path.pressures)


def join_tables(first: SpatialTrajectory, second: SpatialTrajectory) -> SpatialTrajectory:
    """One path after the other; a point that both share is kept once.

    The second's clock goes on from the first's: over a gap the pen goes at the mean speed of both. Points without times
    or pressures take those of a 60 Hz pen and of full pressure, if the other path has any.

    Raises:
        ValueError: If they are of different spaces.
    """
    if first.control_dim != second.control_dim:
        raise ValueError(
            f"a path of {first.control_dim} dimensions cannot go on in one of {second.control_dim}; keep to one space"
        )
    shared = int((first.values[-1] == second.values[0]).all() and len(second) > 1)
    times = None
    if first.times is not None or second.times is not None:
        before, after = _clock(first), _clock(second)
        lasted = float(before[-1] - before[0] + after[-1] - after[0])
        gap = float(np.linalg.norm(second.values[0].astype(np.float64) - first.values[-1]))
        drawn = first.length + second.length
        pause = 0.0 if shared else (gap * lasted / drawn if drawn > 0 and lasted > 0 else _PAUSE)
        times = np.concatenate([before, (after - after[0] + before[-1] + pause)[shared:]])
    pressures = None
    if first.pressures is not None or second.pressures is not None:
        pressures = np.concatenate([_force(first), _force(second)[shared:]])
    return SpatialTrajectory(np.concatenate([first.values, second.values[shared:]]), times, pressures)


def between(path: SpatialTrajectory, start: float, end: float) -> SpatialTrajectory:
    """What lies between two arc lengths, both ends cut exactly there; times and pressures are interpolated.

    Where the pen rested at a cut, the rest belongs to what comes before it.
    """
    travelled = cumulative_length(path.values)
    first = 0 if start <= 0 else int(np.searchsorted(travelled, start, "right"))
    last = int(np.searchsorted(travelled, end, "right"))

    def cut(column: NDArray[Any]) -> Points:
        inside = column[first:last].astype(np.float64)
        if first > 0:
            inside = np.concatenate([_at(column, travelled, start), inside])
        return np.concatenate([inside, _at(column, travelled, end)]) if travelled[last - 1] < end else inside

    values = np.stack([cut(column) for column in path.values.T], axis=1)
    times = None if path.times is None else np.maximum.accumulate(cut(path.times))
    return SpatialTrajectory(values, times, None if path.pressures is None else cut(path.pressures))


def _at(column: NDArray[Any], travelled: Points, place: float) -> Points:
    """A column at an arc length, ``[1]``; after the rest, where the pen rested there."""
    before = int(np.searchsorted(travelled, place, "right")) - 1
    if before >= len(travelled) - 1:
        return column[-1:].astype(np.float64)
    share = (place - travelled[before]) / (travelled[before + 1] - travelled[before])
    around: Points = column[before : before + 2].astype(np.float64)
    value: Points = (1 - share) * around[:1] + share * around[1:]
    return value


def _path(points: SpatialTrajectory | ArrayLike) -> SpatialTrajectory:
    return points if isinstance(points, SpatialTrajectory) else SpatialTrajectory(points)


def _clock(path: SpatialTrajectory) -> Points:
    return np.arange(len(path), dtype=np.float64) * _PAUSE if path.times is None else path.times


def _force(path: SpatialTrajectory) -> NDArray[np.float32]:
    return np.ones(len(path), np.float32) if path.pressures is None else path.pressures


def _vector(values: ArrayLike, what: str) -> Points:
    vector = np.asarray(values, dtype=np.float64)
    if vector.ndim != 1 or not np.isfinite(vector).all():
        raise ValueError(f"{what} needs one finite number for each dimension, got {values!r}")
    return vector
