"""How well a way of filling the space between points tells a point that it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Unpack

import numpy as np

from terrain_widgets.core.points.network_config import NetworkOptions
from terrain_widgets.core.points.point_map import Method, PointMap
from terrain_widgets.core.points.points import ControlPoint, PointSet

FEWEST = 3  # points; with two, every method can only repeat the other one


def leave_one_out(
    points: PointSet,
    method: Method | str = Method.NETWORKS,
    should_stop: Callable[[], bool] = lambda: False,
    **settings: Unpack[NetworkOptions],
) -> float:
    """Root mean square error at each point of the map that is fitted to all the others.

    In standard deviations of each latent over the points, so 1 is about what the mean of all points would come to,
    and methods, codecs and sets of points compare. A latent that is the same at all points counts for nothing.

    Args:
        points: At least three with latents.
        method: As ``PointMap.fit``.
        should_stop: Asked before each fit.
        **settings: As ``PointMap.fit``.

    Returns:
        The error, or NaN if it was stopped.

    Raises:
        ValueError: If there are fewer than three points, or the method cannot be fitted to them.
    """
    attached = points.attached
    if len(attached) < FEWEST:
        raise ValueError(
            f"methods are compared by leaving out one point at a time, which needs {FEWEST} points with latents; "
            f"there are {len(attached)}"
        )
    _, latents = points.tables()
    spread = latents.std(axis=0, dtype=np.float64)
    varying = spread > 1e-6 * (1 + np.abs(latents).max(axis=0))
    squares = []
    for one in attached:
        if should_stop():
            return float("nan")
        guess = PointMap.fit(PointSet(_without(attached, one)), method, **settings)(one.control[None])[0]
        assert one.latent is not None
        squares.append(((guess - one.latent)[varying] / spread[varying]) ** 2)
    return float(np.sqrt(np.mean(squares))) if varying.any() else 0.0


def _without(points: tuple[ControlPoint, ...], one: ControlPoint) -> tuple[ControlPoint, ...]:
    return tuple(point for point in points if point is not one)
