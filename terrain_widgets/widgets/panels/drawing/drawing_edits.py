"""Edits of the paths that are meant, each one step of undo."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from terrain_widgets.session.document import commands, path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.panels.drawing.finished_lines import TREMOR
from terrain_widgets.widgets.panels.drawing.selection import Selection

GRID = 16  # lines of the grid each way that paths snap to
_TURN, _GROWTH, _APART = 15.0, 1.1, 0.1


class DrawingEdits:
    """What can be done to the paths that are meant. On the UI thread only.

    Every method raises ``ValueError`` if it needs a path, and none is meant.

    Args:
        session: What is edited.
        selection: Which paths are meant.
    """

    def __init__(self, session: Session, selection: Selection) -> None:
        self._session, self._selection = session, selection

    def delete(self) -> None:
        """Take the paths away."""
        self._edit(commands.delete_drawings)

    def reverse(self) -> None:
        """Travel them the other way."""
        self._edit(path_commands.reverse)

    def duplicate(self) -> None:
        """Copies without a sound, a little apart."""
        self._edit(path_commands.duplicate, np.full(2, _APART * self._width / 2))

    def turn(self, steps: int) -> None:
        """Turn them by steps of 15 degrees, anticlockwise."""
        self._edit(path_commands.rotate, steps * _TURN)

    def grow(self, steps: int) -> None:
        """Scale them up by steps of a tenth; below 0 down."""
        self._edit(path_commands.scale, _GROWTH**steps)

    def assign(self) -> None:
        """Give the first of them to the selected sound."""
        self._session.document.apply(commands.pair, self._selection.meant()[0], self._session.document.selected)

    def mute(self) -> None:
        """Leave them out of training and playing, or take them in again."""
        meant = self._selection.meant()
        self._edit(commands.mute, not all(self._session.state.drawings[key].muted for key in meant))

    def smooth(self) -> None:
        """Take the hand's tremor out, or show the raw strokes again."""
        drawings = [self._session.state.drawings[key] for key in self._selection.meant()]
        smooth = all(d.raw is not None and not np.array_equal(d.raw.values, d.path.values) for d in drawings)
        self._edit(path_commands.smooth, 0.0 if smooth else TREMOR * self._width)

    def snap(self) -> None:
        """Put the paths that are meant on the grid."""
        boundary = self._session.document.boundary
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
        self._session.document.apply(path_commands.join, ids[0], ids[1], True)

    @property
    def _width(self) -> float:
        return abs(self._session.document.boundary.right - self._session.document.boundary.left)

    def _edit(self, command: Callable[..., Any], *args: object) -> None:
        self._session.document.apply(command, self._selection.meant(), *args)
