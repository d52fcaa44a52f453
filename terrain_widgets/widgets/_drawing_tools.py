"""What the tools and keys of the drawing canvas do to a session: hands in, undoable edits out. No widget."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.hits import nearest_on_line, nearest_vertex
from terrain_widgets.core.trajectory import SpatialTrajectory
from terrain_widgets.session import commands, path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.session.state import SessionState

Place = NDArray[np.float64]

TOOLS = {
    "draw": ("Pen", "p", "Press, move, release: a line for the selected sound"),
    "line": ("Line", "l", "Click corner after corner; Enter or a click on the last corner ends the line"),
    "move": ("Move", "m", "Drag a path, or one corner of a line of few corners"),
    "erase": ("Rubber", "e", "Rub out what you touch; what is left of a path keeps its sound"),
}
KEYS = {
    "Delete": "delete the path that was last touched, or that of the selected sound",
    "r": "reverse it",
    "d": "duplicate it",
    "[ ]": "turn it by 15°",
    "+ −": "scale it by a tenth",
    "x": "mute it, or no longer",
    "g": "give it to the selected sound",
    "Ctrl+Z": "undo",
    "Ctrl+Shift+Z": "redo",
}
_REACH, _RUBBER = 0.04, 0.05  # of the plane's width
_MOST_CORNERS = 32  # of a drawn line each sample is a corner, and nobody means one of those
_TURN, _GROWTH, _APART = 15.0, 1.1, 0.1


class DrawingTools:
    """The tool in the hand, and what it has begun. On the UI thread only.

    Args:
        session: What is edited.
        drawn: Called with a finished line ``[P, 2]`` in control units.
    """

    def __init__(self, session: Session, drawn: Callable[[NDArray[np.float64]], None]) -> None:
        self._session, self._drawn = session, drawn
        self.tool = "draw"
        self.corners: list[Place] = []
        self.touched = ""  # id of the path that was last taken hold of
        self._grip: tuple[str, int | None, Place] | None = None  # path, its corner or all of it, where the hand was

    def take(self, tool: str) -> None:
        """Take another tool; a line that was begun is let go.

        Raises:
            ValueError: If there is no such tool.
        """
        if tool not in TOOLS:
            raise ValueError(f"the tools are {', '.join(TOOLS)}, not {tool!r}")
        self.tool, self.corners, self._grip = tool, [], None

    def drag(self, gesture: int, phase: str, place: Place) -> None:
        """The pointer is at a place, in phase ``"down"``, ``"drag"`` or ``"up"``; one gesture is one step of undo."""
        if self.tool == "move":
            self._move(gesture, phase, place)
        elif self.tool == "erase" and phase != "up":
            self._session.apply_within(f"rub {gesture}", path_commands.erase, place, _RUBBER * self._width)
        elif self.tool == "line" and phase == "down":
            if self.corners and float(np.linalg.norm(place - self.corners[-1])) < _REACH * self._width:
                self.finish()
            else:
                self.corners.append(place)

    def finish(self) -> None:
        """End the line that was begun corner by corner."""
        corners, self.corners = self.corners, []
        if len(corners) > 1:
            self._drawn(np.stack(corners))

    def key(self, name: str, ctrl: bool, shift: bool) -> bool:
        """Do what a key stands for; returns whether it stands for anything."""
        session = self._session
        if ctrl:
            if name.lower() == "z":
                (session.redo if shift else session.undo)()
            elif name.lower() == "y":
                session.redo()
            return name.lower() in ("z", "y")
        for tool, (_, letter, _) in TOOLS.items():
            if name == letter:
                self.take(tool)
                return True
        if name == "Enter" and self.corners:
            self.finish()
        elif name == "Escape" and self.corners:
            self.corners = []
        elif name in ("Delete", "Backspace"):
            self._on_selected(commands.delete_drawings)
        elif name == "r":
            self._on_selected(path_commands.reverse)
        elif name == "d":
            self._on_selected(path_commands.duplicate, np.full(2, _APART * self._width / 2))
        elif name in ("[", "]"):
            self._on_selected(path_commands.rotate, _TURN if name == "[" else -_TURN)
        elif name in ("+", "=", "-"):
            self._on_selected(path_commands.scale, 1 / _GROWTH if name == "-" else _GROWTH)
        elif name == "x":
            self._on_selected(commands.mute, not session.state.drawing(self._chosen()).muted)
        elif name == "g":
            session.apply(commands.pair, self._chosen(), session.selected)
        else:
            return False
        return True

    @property
    def _width(self) -> float:
        boundary = self._session.boundary
        return abs(boundary.right - boundary.left)

    def _move(self, gesture: int, phase: str, place: Place) -> None:
        if phase == "down":
            self._grip = self._held(place)
        elif self._grip is not None and phase == "drag":
            drawing_id, corner, before = self._grip
            if drawing_id not in self._session.state.drawings:  # undone under the hand
                self._grip = None
                return
            name = f"move {gesture}"
            if corner is None:
                self._session.apply_within(name, path_commands.move, [drawing_id], place - before)
            else:
                self._session.apply_within(name, path_commands.move_vertex, drawing_id, corner, place)
            self._grip = (drawing_id, corner, place)
        elif phase == "up":
            self._grip = None

    def _held(self, place: Place) -> tuple[str, int | None, Place] | None:
        state, reach = self._session.state, _REACH * self._width
        few: Iterable[tuple[str, SpatialTrajectory]] = (
            (key, drawing.path) for key, drawing in state.drawings.items() if len(drawing.path) <= _MOST_CORNERS
        )
        hit, corner = nearest_vertex(few, place, reach), True
        if hit is None:
            hit, corner = nearest_on_line(((key, d.path) for key, d in state.drawings.items()), place, reach), False
        if hit is None:
            return None
        self.touched, clip = hit.key, state.drawings[hit.key].clip
        if clip is not None:
            self._session.select(clip)
        return hit.key, hit.index if corner else None, place

    def _chosen(self) -> str:
        """The path that a key is about.

        Raises:
            ValueError: If there is none.
        """
        state = self._session.state
        own = state.drawing_of(self._session.selected) if self._session.selected else None
        touched = state.drawings.get(self.touched)
        if touched is not None and (touched.clip is None or touched is own):
            return touched.id
        if own is None:
            raise ValueError("the selected sound has no path; select one that has, or draw it first")
        return own.id

    def _on_selected(self, command: Callable[..., SessionState], *args: object) -> None:
        self._session.apply(command, [self._chosen()], *args)
