"""Where a finished line goes: to the selected sound, or on at an end of a path that is there already."""

from __future__ import annotations

import itertools

import numpy as np

from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.editing import reversed_path
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui

_FREEHAND = 8  # points: a line of fewer was made by corners
TREMOR = 0.02  # wavelength of smoothing as a share of the plane's width: a hand's tremor goes, its turns stay
_numbers = itertools.count(1)


class FinishedLines:
    """Gives lines to a session. On the UI thread only.

    Args:
        session: What is drawn for.

    Attributes:
        smoothing: Wavelength of smoothing as a share of the plane's width, 0 for none; the raw stroke is kept.
        going_on: ``"end"`` or ``"start"`` where the next line goes on there, or nothing.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.smoothing = TREMOR
        self.going_on = ""

    def take(self, line: SpatialTrajectory, drawing_id: str = "", end: str = "") -> None:
        """A line is done.

        Args:
            line: As it was drawn.
            drawing_id: A path that it goes on from; without one it becomes the path of the selected sound, and the next
                sound without a path is selected.
            end: ``"end"`` or ``"start"`` of that path.

        Raises:
            ValueError: If there is no sound to draw for, or the line is a single point.
        """
        self.going_on = ""
        if drawing_id:
            # A line that is drawn away from a path's start is travelled towards it.
            command = path_commands.extend if end == "end" else path_commands.prepend
            self._session.document.apply(command, drawing_id, line if end == "end" else reversed_path(line))
            return
        clip_id, gesture = self._clip(), f"line {next(_numbers)}"
        self._session.document.draw(clip_id, line, gesture)
        drawn = self._session.state.drawing_of(clip_id)
        if self.smoothing > 0 and len(line) >= _FREEHAND and drawn is not None:
            # After the line is shown: the first time, the library for it takes half a second to load.
            ui.submit(lambda: self._smooth(drawn.id, drawn.path, gesture))
        self._session.document.select_next()

    def take_curve(self, curve: BezierPath) -> None:
        """A Bézier curve is done; it becomes the path of the selected sound.

        Raises:
            ValueError: If there is no sound to draw for.
        """
        self._session.document.apply(path_commands.set_curve, self._clip(), curve)
        self._session.document.select_next()

    def _clip(self) -> str:
        if not self._session.document.selected:
            raise ValueError("there is no sound to draw for yet; add one first")
        return str(self._session.document.selected)

    def _smooth(self, drawing_id: str, path: SpatialTrajectory, gesture: str) -> None:
        drawn = self._session.state.drawings.get(drawing_id)
        if drawn is not None and drawn.path is path:  # nothing has happened to it since
            width = abs(self._session.document.boundary.right - self._session.document.boundary.left)
            self._session.document.apply_within(gesture, path_commands.smooth, [drawing_id], self.smoothing * width)


def near_end(session: Session, place: np.ndarray, reach: float) -> tuple[str, str]:
    """Path and ``"end"`` or ``"start"`` of it nearest to a place ``[2]`` within reach; or two empty words."""
    best, found = reach, ("", "")
    for key, drawing in session.state.drawings.items():
        for row, end in ((0, "start"), (-1, "end")):
            if drawing.path.control_dim == 2:
                distance = float(np.linalg.norm(drawing.path.values[row] - place))
                if distance <= best:
                    best, found = distance, (key, end)
    return found
