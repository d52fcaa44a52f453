"""Undo and redo, as every panel that edits offers them."""

from __future__ import annotations

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action


def history_actions(session: Session) -> tuple[Action, Action]:
    """Undo and redo of a session's document."""
    return (
        Action("undo", "", "Undo the last edit", session.undo, ("Ctrl+z",), lambda: session.document.can_undo, "undo"),
        Action(
            "redo",
            "",
            "Redo what was undone",
            session.redo,
            ("Ctrl+Shift+z", "Ctrl+y"),
            lambda: session.document.can_redo,
            "repeat",
        ),
    )
