"""The tool that takes hold of what is drawn: paths, their corners and handles, and the frame of a selection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.hits import nearest_on_line, nearest_vertex
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.panels.drawing.selection import Selection
from terrain_widgets.widgets.plane.gestures import Touch
from terrain_widgets.widgets.plane.overlay import Overlay
from terrain_widgets.widgets.plane.path_layer import MOST_CORNERS

Place = NDArray[np.float64]
Grip = Callable[[Place, bool, str], None]  # where the hand is now, whether Shift is held, and the gesture's name
_MARGIN = 1.5  # of the reach, from a selection to its frame; its turner is twice as far
_STEP_DEGREES = 15.0
_SMALLEST = 0.05  # of what a drag may shrink a selection to at once


class MoveTool:
    """Drag what is under the pointer, or a box round several paths; Shift adds to the selection.

    Args:
        session: What is edited.
        selection: Which paths are taken together.
        reach: Control units within which something is under the pointer.
    """

    def __init__(self, session: Session, selection: Selection, reach: Callable[[], float]) -> None:
        self._session, self._selection, self._reach = session, selection, reach
        self._grip: Grip | None = None
        self._box: tuple[Place, Place] | None = None
        self._hit = False

    def touch(self, touch: Touch) -> None:
        """A step of a drag; one drag is one step of undo."""
        if touch.phase == "down":
            self._grip = self._on_frame(touch) or self._on_curve(touch) or self._on_path(touch)
            self._box = None if self._grip is not None or touch.shift and self._hit else (touch.place, touch.place)
        elif self._grip is not None and touch.phase == "drag":
            self._grip(touch.place, touch.shift, f"move {touch.gesture}")
        elif self._box is not None:
            self._box = (self._box[0], touch.place)
            if touch.phase == "up":
                self._take_box(touch.shift)
        if touch.phase == "up":
            self.discarded()

    def discarded(self) -> None:
        """Forget what was begun."""
        self._grip, self._box, self._hit = None, None, False

    @property
    def overlay(self) -> Overlay:
        """What to show."""
        box = None if self._box is None else np.stack(self._box)
        frame = self._frame()
        levers = [np.stack([curve_anchor, handle]) for _, _, _, curve_anchor, handle in self._handles()]
        shown = np.stack(levers) if levers else np.empty((0, 2, 2))
        if frame is None:
            return Overlay(levers=shown, box=box)
        return Overlay(levers=shown, frame=frame, turner=self._turner(frame), box=box)

    # --- what is under the pointer

    def _on_frame(self, touch: Touch) -> Grip | None:
        frame, ids = self._frame(), self._selection.ids
        if frame is None:
            return None
        if float(np.linalg.norm(touch.place - self._turner(frame))) < self._reach():
            return self._turn(ids, touch.place)
        distances = np.linalg.norm(frame - touch.place, axis=1)
        if distances.min() >= self._reach():
            return None
        corners = self._bounds()
        index = int(distances.argmin())
        return self._scale(ids, corners[index], corners[(index + 2) % 4], touch.place)

    def _on_curve(self, touch: Touch) -> Grip | None:
        best: tuple[float, Grip] | None = None
        for key, index, side, _, handle in self._handles():
            distance = float(np.linalg.norm(touch.place - handle))
            if distance < self._reach() and (best is None or distance < best[0]):
                best = (distance, self._pull(key, index, side))
        if best is not None:
            return best[1]
        for key, drawing in self._session.state.drawings.items():
            if drawing.bezier is not None and not touch.shift:
                distances = np.linalg.norm(drawing.bezier.anchors - touch.place, axis=1)
                if distances.min() < self._reach():
                    self._take(key)
                    return self._carry(key, int(distances.argmin()))
        return None

    def _on_path(self, touch: Touch) -> Grip | None:
        drawings, reach = self._session.state.drawings, self._reach()
        flat = {key: d for key, d in drawings.items() if d.path.control_dim == 2}
        few = [
            (key, d.path)
            for key, d in flat.items()
            if d.bezier is None and d.path.times is None and len(d.path) <= MOST_CORNERS
        ]
        corner = None if touch.shift else nearest_vertex(few, touch.place, reach)
        if corner is not None:
            self._take(corner.key)
            return self._drag_corner(corner.key, corner.index)
        hit = nearest_on_line(((key, d.path) for key, d in flat.items()), touch.place, reach)
        self._hit = hit is not None
        if hit is None:
            return None
        self._selection.place = (hit.key, hit.travelled)
        if touch.shift:
            self._selection.toggle(hit.key)
            return None
        if hit.key not in self._selection.ids:
            self._take(hit.key)
        return self._shift(self._selection.ids, touch.place)

    def _take(self, key: str) -> None:
        if key not in self._selection.ids or len(self._selection.ids) == 1:
            self._selection.take(key)

    def _take_box(self, shift: bool) -> None:
        assert self._box is not None
        low, high = np.minimum(*self._box), np.maximum(*self._box)
        inside = [
            key
            for key, drawing in self._session.state.drawings.items()
            if drawing.path.control_dim == 2 and _within(drawing.path, low, high)
        ]
        self._selection.ids = tuple(dict.fromkeys([*(self._selection.ids if shift else ()), *inside]))

    def _handles(self) -> Iterator[tuple[str, int, int, Place, Place]]:
        """Path, anchor, side, and where both are: of a curve that is selected alone."""
        for key in self._selection.ids if len(self._selection.ids) == 1 else ():
            curve = self._session.state.drawings[key].bezier
            for index in range(0 if curve is None else len(curve.anchors)):
                assert curve is not None
                for side in (0, 1):
                    if (index, side) not in ((0, 0), (len(curve.anchors) - 1, 1)):  # they belong to no segment
                        yield key, index, side, curve.anchors[index], curve.handles[index, side]

    # --- what is held

    def _shift(self, ids: tuple[str, ...], before: Place) -> Grip:
        def grip(place: Place, _shift: bool, gesture: str) -> None:
            nonlocal before
            self._apply(gesture, path_commands.move, self._living(ids), place - before)
            before = place

        return grip

    def _drag_corner(self, key: str, index: int) -> Grip:
        return lambda place, _shift, gesture: self._apply(gesture, path_commands.move_vertex, key, index, place)

    def _carry(self, key: str, index: int) -> Grip:
        return lambda place, _shift, gesture: self._apply(gesture, path_commands.move_anchor, key, index, place)

    def _pull(self, key: str, index: int, side: int) -> Grip:
        return lambda place, shift, gesture: self._apply(
            gesture, path_commands.move_handle, key, index, side, place, not shift
        )

    def _scale(self, ids: tuple[str, ...], corner: Place, fixed: Place, place: Place) -> Grip:
        offset, before, diagonal = place - corner, corner - fixed, corner - fixed

        def grip(place: Place, shift: bool, gesture: str) -> None:
            nonlocal before
            now = place - offset - fixed
            if shift:  # each way on its own
                wide = np.abs(before) > 1e-9
                factor = np.where(wide, np.divide(now, before, out=np.ones(2), where=wide), 1.0)
            else:
                along = float(before @ diagonal)
                factor = np.full(2, float(now @ diagonal) / along if along > 0 else 1.0)
            if (factor > _SMALLEST).all():
                self._apply(gesture, path_commands.scale, self._living(ids), factor, fixed)
                before = before * factor

        return grip

    def _turn(self, ids: tuple[str, ...], start: Place) -> Grip:
        corners = self._bounds()
        centre = (corners[0] + corners[2]) / 2
        done = 0.0

        def grip(place: Place, shift: bool, gesture: str) -> None:
            nonlocal done
            (x, y), (u, v) = start - centre, place - centre
            wanted = float(np.degrees(np.arctan2(x * v - y * u, x * u + y * v)))
            wanted = round(wanted / _STEP_DEGREES) * _STEP_DEGREES if shift else wanted
            self._apply(gesture, path_commands.rotate, self._living(ids), wanted - done, centre)
            done = wanted

        return grip

    def _apply(self, gesture: str, command: Callable[..., Any], what: str | list[str], *args: object) -> None:
        if what and (isinstance(what, list) or what in self._session.state.drawings):  # not undone under the hand
            self._session.document.apply_within(gesture, command, what, *args)

    def _living(self, ids: tuple[str, ...]) -> list[str]:
        return [key for key in ids if key in self._session.state.drawings]

    # --- the selection's frame

    def _bounds(self) -> Place:
        drawings = self._session.state.drawings
        every = np.concatenate([drawings[key].path.values for key in self._selection.ids]).astype(np.float64)
        (left, low), (right, high) = every.min(axis=0), every.max(axis=0)
        return np.array([[left, low], [right, low], [right, high], [left, high]])

    def _frame(self) -> Place | None:
        if not self._selection.ids:
            return None
        margin = _MARGIN * self._reach()
        return self._bounds() + margin * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])

    def _turner(self, frame: Place) -> Place:
        middle: Place = (frame[2] + frame[3]) / 2 + np.array([0.0, _MARGIN * self._reach()])
        return middle


def _within(path: SpatialTrajectory, low: Place, high: Place) -> bool:
    return bool(((path.values >= low) & (path.values <= high)).all(axis=1).any())
