"""What the keys of the drawing canvas do to the paths that are meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from terrain_widgets.session.document import commands, path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.panels.drawing.finished_lines import TREMOR
from terrain_widgets.widgets.panels.drawing.selection import Selection

KEYS = {
    "Delete": "delete the path that was last touched, those selected, or that of the selected sound",
    "r": "reverse it",
    "d": "duplicate it",
    "[ ]": "turn it by 15°",
    "+ −": "scale it by a tenth",
    "x": "mute it, or no longer",
    "g": "give it to the selected sound",
    "s": "smooth it, or show the raw stroke",
    "n": "snap it to the grid",
    "j": "join two selected paths, their nearest ends first",
    "a": "select all",
    "w, Shift+W": "the next line goes on at its end, or before its start (or hold Shift and begin at an end)",
    "z, Shift+Z, 0": "closer, farther, all",
    "Ctrl+arrows": "move the view (or hold space and drag; Ctrl and the wheel zoom, two fingers do both)",
    "Ctrl+Z": "undo",
    "Ctrl+Shift+Z": "redo",
}
GRID = 16  # lines of the grid each way that paths snap to
_TURN, _GROWTH, _APART = 15.0, 1.1, 0.1


class DrawingKeys:
    """Edits by key. On the UI thread only.

    Args:
        session: What is edited.
        selection: Which paths are meant.
    """

    def __init__(self, session: Session, selection: Selection) -> None:
        self._session, self._selection = session, selection

    def press(self, name: str, ctrl: bool, shift: bool) -> bool:
        """Do what a key stands for; returns whether it stands for anything.

        Raises:
            ValueError: If it needs a path, and none is meant.
        """
        if ctrl:
            return self._history(name.lower(), shift)
        acts: dict[str, Callable[[], None]] = {
            "Delete": lambda: self._edit(commands.delete_drawings),
            "Backspace": lambda: self._edit(commands.delete_drawings),
            "r": lambda: self._edit(path_commands.reverse),
            "d": lambda: self._edit(path_commands.duplicate, np.full(2, _APART * self._width / 2)),
            "[": lambda: self._edit(path_commands.rotate, _TURN),
            "]": lambda: self._edit(path_commands.rotate, -_TURN),
            "+": lambda: self._edit(path_commands.scale, _GROWTH),
            "=": lambda: self._edit(path_commands.scale, _GROWTH),
            "-": lambda: self._edit(path_commands.scale, 1 / _GROWTH),
            "x": self._mute,
            "g": lambda: self._session.apply(commands.pair, self._selection.meant()[0], self._session.selected),
            "s": self._smooth,
            "n": self.snap,
            "j": self.join,
            "a": self._selection.every,
        }
        act = acts.get(name)
        if act is not None:
            act()
        return act is not None

    def snap(self) -> None:
        """Put the paths that are meant on the grid."""
        boundary = self._session.boundary
        step = np.abs([boundary.right - boundary.left, boundary.bottom - boundary.top]) / GRID
        self._edit(path_commands.snap, step, np.array([boundary.left, boundary.top]))

    def join(self) -> None:
        """Make two selected paths one.

        Raises:
            ValueError: If it is not two that are selected.
        """
        ids = self._selection.ids
        if len(ids) != 2:
            raise ValueError(f"two paths are joined, and {len(ids)} are selected; take the second with Shift held")
        self._session.apply(path_commands.join, ids[0], ids[1], True)

    @property
    def _width(self) -> float:
        return abs(self._session.boundary.right - self._session.boundary.left)

    def _history(self, name: str, shift: bool) -> bool:
        if name == "y" or (name == "z" and shift):
            self._session.redo()
        elif name == "z":
            self._session.undo()
        return name in ("y", "z")

    def _mute(self) -> None:
        meant = self._selection.meant()
        self._edit(commands.mute, not all(self._session.state.drawings[key].muted for key in meant))

    def _smooth(self) -> None:
        drawings = [self._session.state.drawings[key] for key in self._selection.meant()]
        smooth = all(d.raw is not None and not np.array_equal(d.raw.values, d.path.values) for d in drawings)
        self._edit(path_commands.smooth, 0.0 if smooth else TREMOR * self._width)

    def _edit(self, command: Callable[..., Any], *args: object) -> None:
        self._session.apply(command, self._selection.meant(), *args)
