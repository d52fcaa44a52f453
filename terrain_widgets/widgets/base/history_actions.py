"""Undo and redo, as every panel that edits offers them."""

from __future__ import annotations

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Face


def history_actions(session: Session) -> tuple[Action, Action]:
    """Undo and redo of a session's document."""
    document = session.document
    return (
        Action(
            "undo",
            "Undo",
            "Undo the last edit",
            session.undo,
            ("Ctrl+z",),
            lambda: document.can_undo,
            face=lambda: Face("", "undo"),
        ),
        Action(
            "redo",
            "Redo",
            "Redo what was undone",
            session.redo,
            ("Ctrl+Shift+z", "Ctrl+y"),
            lambda: document.can_redo,
            face=lambda: Face("", "repeat"),
        ),
    )
