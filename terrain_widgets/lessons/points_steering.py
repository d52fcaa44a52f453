"""Checks of notebook 05: a few places that were chosen by hand, and what lies between them."""

from __future__ import annotations

import numpy as np

from terrain_widgets.core.points.point_map import Method, PointMap
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.lessons.verdict import Hint, exercise, table


@exercise(
    "points = points.placed((0.8, -0.8), moment('choir', 1.0), 'choir') adds a point; a set never changes in place."
)
def check_points(points: object) -> str:
    """Whether there are at least four points, apart from each other, each with its sound."""
    if not isinstance(points, PointSet):
        raise Hint("points should be a PointSet: points = points.placed(place, latents, label).")
    if len(points.attached) < 4:
        raise Hint(f"{len(points.attached)} points have a sound; place four. Write points = points.placed(...).")
    places, latents = points.tables()
    apart = np.linalg.norm(places[:, None] - places[None], axis=-1) + 9 * np.eye(len(places))
    if apart.min() < 0.2:
        raise Hint(f"Two points are {apart.min():.2f} apart; give each at least 0.2 of its own.")
    if len(np.unique(latents.round(5), axis=0)) < 4:
        raise Hint("Some points have the same sound; take other sounds, or other moments of one.")
    return f"{', '.join(point.label or point.id for point in points)}: {len(points)} places you know by name."


@exercise("Try each name with tw.PointMap.fit(points, name), and look at how far it is off at the points.")
def check_method(method: object, points: PointSet) -> str:
    """Whether a method meets the points exactly and glides between them."""
    try:
        chosen = Method(str(method))
    except ValueError:
        raise Hint(f"Answer with one of: {', '.join(Method)}.") from None
    fitted = PointMap.fit(points, chosen)
    places, latents = points.tables()
    off = float(np.abs(fitted(places) - latents).max())
    if off > 1e-2:
        raise Hint(f"“{chosen}” is off by {off:.2f} at one of your points: it passes near them, not through them.")
    line = np.linspace(places[0], places[1], 200)
    jump = float(np.abs(np.diff(fitted(line), axis=0)).max() / np.ptp(latents, axis=0).max())
    if jump > 0.3:
        raise Hint(f"“{chosen}” meets every point, but jumps on the way: {jump:.0%} of the range in one step of 200.")
    return f"“{chosen}” meets every point to {off:.0e} and glides between them."


@exercise("np.linspace(a, b, 129) goes from place a to place b in three seconds; points['q1'].control is a place.")
def check_walk(walk: object, points: PointSet) -> str:
    """Whether a walk begins at one point, ends at another, and takes its time."""
    rows = table(walk, 2, "A walk")
    if len(rows) < 86:
        raise Hint(f"{len(rows)} places last {len(rows) / 43:.1f} s; take at least 86, which is two seconds.")
    ends = []
    for end, name in ((rows[0], "begin"), (rows[-1], "end")):
        near = min(points, key=lambda point: float(np.linalg.norm(point.control - end)))
        if np.linalg.norm(near.control - end) > 0.02:
            raise Hint(f"The walk should {name} at one of your points; the nearest is “{near.label or near.id}”.")
        ends.append(near)
    if ends[0] is ends[1]:
        raise Hint("The walk ends where it began; end it at another point.")
    return f"From {ends[0].label or ends[0].id} to {ends[1].label or ends[1].id} in {len(rows) / 43:.1f} seconds."
