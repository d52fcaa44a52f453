"""Undo and redo over frozen snapshots."""

from __future__ import annotations

from collections.abc import Callable

from terrain_widgets.session.document.state import Snapshot

_DEEPEST = 500  # states share their arrays, so depth is cheap; a bound all the same


class History:
    """The states before and after the present one."""

    def __init__(self) -> None:
        self._before: list[Snapshot] = []
        self._after: list[Snapshot] = []
        self._gesture = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to do again."""
        return bool(self._after)

    def push(self, present: Snapshot, gesture: str = "") -> None:
        """Remember the state that an edit is about to replace.

        Args:
            present: The state before the edit.
            gesture: Edits in a row under one name, such as the steps of a drag, are one step of undo; ``""`` is always
                a step of its own.
        """
        again = bool(gesture) and gesture == self._gesture and bool(self._before)
        self._gesture = gesture
        if again:
            return
        self._before = [*self._before[-_DEEPEST + 1 :], present]
        self._after.clear()

    def undo(self, present: Snapshot) -> Snapshot:
        """The state before the last edit, or the present one if there was none."""
        self._gesture = ""
        if not self._before:
            return present
        self._after.append(present)
        return self._before.pop()

    def redo(self, present: Snapshot) -> Snapshot:
        """The state that the last undo left, or the present one if there was none."""
        self._gesture = ""
        if not self._after:
            return present
        self._before.append(present)
        return self._after.pop()

    def rewrite(self, change: Callable[[Snapshot], Snapshot]) -> None:
        """Change every snapshot that is remembered: for what no longer fits, such as another codec's latents."""
        self._before = [change(snapshot) for snapshot in self._before]
        self._after = [change(snapshot) for snapshot in self._after]
