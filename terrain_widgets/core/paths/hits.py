"""What a pointer is on: the nearest vertex, or the nearest place on a line, within reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.paths.curves import Points, cumulative_length
from terrain_widgets.core.paths.trajectory import SpatialTrajectory


@dataclass(frozen=True, eq=False)
class Hit:
    """A place on a path.

    Args:
        key: Which path, as it was called.
        index: Its vertex, or the first vertex of the segment.
        place: ``[C]`` in control units.
        travelled: Arc length from the path's start.
        distance: Control units from what was asked for.
    """

    key: str
    index: int
    place: Points
    travelled: float
    distance: float


def nearest_vertex(
    paths: Iterable[tuple[str, SpatialTrajectory]], place: ArrayLike, tolerance: float = np.inf
) -> Hit | None:
    """The vertex nearest to ``place`` ``[C]``, or ``None`` if none lies within ``tolerance`` control units."""
    target, best = np.asarray(place, dtype=np.float64), None
    for key, path in paths:
        distances = np.linalg.norm(path.values - target, axis=1)
        index = int(distances.argmin())
        distance = float(distances[index])
        if distance <= tolerance and (best is None or distance < best.distance):
            travelled = float(cumulative_length(path.values)[index])
            best = Hit(key, index, path.values[index].astype(np.float64), travelled, distance)
    return best


def nearest_on_line(
    paths: Iterable[tuple[str, SpatialTrajectory]], place: ArrayLike, tolerance: float = np.inf
) -> Hit | None:
    """The place on any of the lines nearest to ``place`` ``[C]``, or ``None`` if none lies within ``tolerance``."""
    target, best = np.asarray(place, dtype=np.float64), None
    for key, path in paths:
        values = path.values.astype(np.float64)
        starts, steps = (values, np.zeros_like(values)) if len(values) == 1 else (values[:-1], np.diff(values, axis=0))
        squared = (steps**2).sum(axis=1)
        along = ((target - starts) * steps).sum(axis=1)
        share = np.clip(np.divide(along, squared, out=np.zeros_like(along), where=squared > 0), 0.0, 1.0)
        places = starts + share[:, None] * steps
        distances = np.linalg.norm(places - target, axis=1)
        index = int(distances.argmin())
        distance = float(distances[index])
        if distance <= tolerance and (best is None or distance < best.distance):
            travelled = float(cumulative_length(values)[index] + share[index] * np.sqrt(squared[index]))
            best = Hit(key, index, places[index], travelled, distance)
    return best
