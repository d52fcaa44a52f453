"""The tools of the drawing canvas: hands in, undoable edits of a session out. No widget."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.curves import BezierPath
from terrain_widgets.core.paths.hits import nearest_on_line
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.panels.drawing.drawing_edits import DrawingEdits
from terrain_widgets.widgets.panels.drawing.finished_lines import FinishedLines, near_end
from terrain_widgets.widgets.panels.drawing.line_tools import CurveTool, LineTool
from terrain_widgets.widgets.panels.drawing.move_tool import MoveTool
from terrain_widgets.widgets.panels.drawing.selection import Selection
from terrain_widgets.widgets.plane.gestures import Stroke, Touch
from terrain_widgets.widgets.plane.overlay import Overlay

Place = NDArray[np.float64]

TOOLS = {
    "draw": ("Pen", "p", "Press, move, release: a line for the selected sound"),
    "line": ("Line", "l", "Click corner after corner; Enter or a click on the last corner ends the line"),
    "curve": ("Curve", "c", "Click anchors and pull their handles; Enter or a click on the last anchor ends the curve"),
    "move": ("Move", "m", "Drag a path, a corner, a handle, or a box round several; Shift adds to the selection"),
    "erase": ("Eraser", "e", "Rub out what you touch; what is left of a path keeps its sound"),
    "cut": ("Knife", "k", "Click on a path to cut it in two; the first part keeps its sound"),
    "hand": ("Hand", "h", "Drag what you look at; Ctrl and the wheel zoom"),
}
TOOL_ICONS = {  # by Font Awesome's names
    "draw": "pencil-alt",
    "line": "draw-polygon",
    "curve": "bezier-curve",
    "move": "arrows-alt",
    "erase": "eraser",
    "cut": "cut",
    "hand": "hand-paper",
}
_REACH, _RUBBER = 0.04, 0.05  # of what is looked at


class DrawingTools:
    """The tool in the hand, and what it has begun. On the UI thread only.

    Args:
        session: What is edited.
        width: Control units that are looked at.
    """

    def __init__(self, session: Session, width: Callable[[], float]) -> None:
        self._session, self._width = session, width
        self.lines, self.selection = FinishedLines(session), Selection(session)
        self.edits = DrawingEdits(session, self.selection)
        self.tool = "draw"
        self._line, self._curve = LineTool(self._cornered, self._reach), CurveTool(self._curved, self._reach)
        self._move = MoveTool(session, self.selection, self._reach)
        self._shift_began = False

    def take(self, tool: str) -> None:
        """Take another tool; a line that was begun is dropped, and so are several selected paths.

        Raises:
            ValueError: If there is no such tool.
        """
        if tool not in TOOLS:
            raise ValueError(f"the tools are {', '.join(TOOLS)}, not {tool!r}")
        self.tool = tool
        self.discarded()
        if tool not in ("move", "hand"):
            self.selection.clear()

    def discarded(self) -> None:
        """Forget what was begun."""
        for tool in (self._line, self._curve, self._move):
            tool.discarded()
        self.lines.going_on = ""

    def stroke(self, stroke: Stroke) -> None:
        """The pen has drawn a line.

        Raises:
            ValueError: If it is a single point, or there is no sound to draw for.
        """
        self._take(stroke.path, stroke.shift)
        self.selection.clear()

    def touch(self, touch: Touch) -> None:
        """The pointer is at a place; one gesture is one step of undo."""
        if self.tool == "move":
            self._move.touch(touch)
        elif self.tool == "erase" and touch.phase != "up":
            place, radius = touch.place, _RUBBER * self._width()
            self._session.document.apply_within(f"rub {touch.gesture}", path_commands.erase, place, radius)
        elif self.tool == "cut" and touch.phase == "down":
            self._cut(touch.place)
        elif self.tool in ("line", "curve"):
            tool = self._line if self.tool == "line" else self._curve
            if touch.phase == "down" and not len(tool.begun):
                self._shift_began = touch.shift
            tool.touch(touch)

    def finish(self) -> None:
        """End the line or curve that was begun."""
        (self._curve if self.tool == "curve" else self._line).finish()

    def forget(self) -> None:
        """Select nothing, and forget what was begun."""
        self.selection.clear()
        self.discarded()

    def extend(self, end: str) -> None:
        """Have the next line go on at the ``"end"`` of the path that is meant, or lead to its ``"start"``.

        Raises:
            ValueError: If no path is meant.
        """
        self.selection.touched = self.selection.meant()[0]
        self.lines.going_on = end

    @property
    def busy(self) -> bool:
        """Whether a line is being made corner by corner."""
        return len(self.begun) > 0

    @property
    def begun(self) -> Place:
        """The line that is being made corner by corner, ``[P, 2]``."""
        return self._curve.begun if self.tool == "curve" else self._line.begun

    @property
    def overlay(self) -> Overlay:
        """What to show over the paths."""
        if self.tool in ("move", "hand"):
            return self._move.overlay
        return self._curve.overlay if self.tool == "curve" else self._line.overlay

    def _reach(self) -> float:
        return _REACH * self._width()

    def _cut(self, place: Place) -> None:
        flat = {key: d.path for key, d in self._session.state.drawings.items() if d.path.control_dim == 2}
        hit = nearest_on_line(flat.items(), place, self._reach())
        if hit is None:
            raise ValueError("there is no path under the knife; click on the line that you want in two")
        self._session.document.apply(path_commands.split, hit.key, hit.travelled)

    def _cornered(self, corners: Place) -> None:
        self._take(SpatialTrajectory(corners), self._shift_began)

    def _curved(self, curve: BezierPath) -> None:
        if self._shift_began or self.lines.going_on:
            self._take(SpatialTrajectory(curve.points()), self._shift_began)
        else:
            self.lines.take_curve(curve)

    def _take(self, line: SpatialTrajectory, shift: bool) -> None:
        """A line for the selected sound, or one that goes on at an end of a path."""
        key, end = (self.selection.touched, self.lines.going_on) if self.lines.going_on else ("", "")
        if shift and not key:
            key, end = near_end(self._session, line.values[0].astype(np.float64), self._reach())
        self.lines.take(line, key, end)
