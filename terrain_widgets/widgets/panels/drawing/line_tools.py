"""Tools that make a line corner by corner, straight or curved."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.widgets.plane.gestures import Touch
from terrain_widgets.widgets.plane.overlay import Overlay

Place = NDArray[np.float64]


class LineTool:
    """Click corner after corner; a click on the last one ends the line.

    Args:
        drawn: Called with the corners ``[K, 2]`` in control units.
        reach: Control units within which a click is on a corner.
    """

    def __init__(self, drawn: Callable[[Place], None], reach: Callable[[], float]) -> None:
        self._drawn, self._reach = drawn, reach
        self.corners: list[Place] = []

    def touch(self, touch: Touch) -> None:
        """A step of a drag."""
        if touch.phase != "down":
            return
        if self.corners and float(np.linalg.norm(touch.place - self.corners[-1])) < self._reach():
            self.finish()
        else:
            self.corners.append(touch.place)

    def finish(self) -> None:
        """End the line; one corner alone is not a line."""
        corners = self.corners
        self.discarded()
        if len(corners) > 1:
            self._drawn(np.stack(corners))

    def discarded(self) -> None:
        """Forget what was begun."""
        self.corners = []

    @property
    def begun(self) -> Place:
        """The line so far, ``[P, 2]``."""
        return np.stack(self.corners) if self.corners else np.empty((0, 2))

    @property
    def overlay(self) -> Overlay:
        """What to show."""
        return Overlay(line=self.begun, dots=self.begun)


class CurveTool:
    """Click anchor after anchor, and pull their handles; a click on the last anchor ends the curve.

    Args:
        drawn: Called with the curve.
        reach: Control units within which a click is on an anchor.
    """

    def __init__(self, drawn: Callable[[BezierPath], None], reach: Callable[[], float]) -> None:
        self._drawn, self._reach = drawn, reach
        self.discarded()

    def touch(self, touch: Touch) -> None:
        """A step of a drag."""
        if touch.phase == "down":
            if self.anchors and float(np.linalg.norm(touch.place - self.anchors[-1])) < self._reach():
                self.finish()
                return
            self.anchors.append(touch.place)
            self.pulls.append(np.zeros(2))
            self._pulling = True
        elif self._pulling:
            pull = touch.place - self.anchors[-1]
            self.pulls[-1] = pull if float(np.linalg.norm(pull)) > self._reach() / 4 else np.zeros(2)
            self._pulling = touch.phase != "up"

    def finish(self) -> None:
        """End the curve; one anchor alone is not a curve."""
        curve = self.curve
        self.discarded()
        if curve is not None:
            self._drawn(curve)

    def discarded(self) -> None:
        """Forget what was begun."""
        self.anchors: list[Place] = []
        self.pulls: list[Place] = []  # from each anchor to its handle after; the one before lies opposite
        self._pulling = False

    @property
    def curve(self) -> BezierPath | None:
        """The curve so far; anchors that nobody pulled at get the handles of a smooth curve."""
        if len(self.anchors) < 2:
            return None
        anchors, pulls = np.stack(self.anchors), np.stack(self.pulls)
        own = np.linalg.norm(pulls, axis=1) > 0
        handles = np.stack([anchors - pulls, anchors + pulls], axis=1)
        if not own.all() and (np.linalg.norm(np.diff(anchors, axis=0), axis=1) > 0).all():
            handles[~own] = BezierPath.through(anchors).handles[~own]
        return BezierPath(anchors, handles)

    @property
    def begun(self) -> Place:
        """The line so far, ``[P, 2]``."""
        curve = self.curve
        return np.stack(self.anchors) if curve is None and self.anchors else self._points(curve)

    @property
    def overlay(self) -> Overlay:
        """What to show."""
        if not self.anchors:
            return Overlay()
        anchors, pulls = np.stack(self.anchors), np.stack(self.pulls)
        pulled = np.linalg.norm(pulls, axis=1) > 0
        levers = [
            np.stack([a, a + way * p]) for a, p in zip(anchors[pulled], pulls[pulled], strict=True) for way in (-1, 1)
        ]
        return Overlay(self.begun, anchors, np.stack(levers) if levers else np.empty((0, 2, 2)))

    @staticmethod
    def _points(curve: BezierPath | None) -> Place:
        return np.empty((0, 2)) if curve is None else curve.points()
