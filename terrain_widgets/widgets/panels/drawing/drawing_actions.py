"""The drawing canvas's table of actions: its keys, its buttons and its help text."""

from __future__ import annotations

from functools import partial

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Actions
from terrain_widgets.widgets.base.history_actions import history_actions
from terrain_widgets.widgets.panels.drawing.drawing_tools import TOOLS, DrawingTools

EDITS = ("reverse", "duplicate", "smooth", "snap", "join", "mute", "extend-end", "extend-start", "select-all")


def drawing_actions(session: Session, tools: DrawingTools, view: Actions) -> list[Action]:
    """All that keys and buttons of the drawing canvas do.

    Args:
        session: What is edited.
        tools: The tool in the hand, and what it has begun.
        view: The plane's own actions.
    """
    edits, selection = tools.edits, tools.selection

    return [
        *(
            Action(f"take-{name}", label, hint, partial(tools.take, name), (letter,))
            for name, (label, letter, hint) in TOOLS.items()
        ),
        Action("finish", "End line", "End the line that was begun", tools.finish, ("Enter",), lambda: tools.busy),
        Action(
            "discard",
            "Discard",
            "Discard what was begun, and clear the selection",
            tools.forget,
            ("Escape",),
            lambda: tools.busy or bool(selection.ids) or bool(tools.lines.going_on),
        ),
        Action(
            "delete",
            "Delete",
            "Delete the path that was last touched, those selected, or that of the selected sound",
            edits.delete,
            ("Delete", "Backspace"),
        ),
        Action("reverse", "Reverse", "Travel along it the other way", edits.reverse, ("r",)),
        Action("duplicate", "Duplicate", "A copy without a sound", edits.duplicate, ("d",)),
        Action("turn-left", "Turn left", "Turn it by 15° to the left", lambda: edits.turn(1), ("[",)),
        Action("turn-right", "Turn right", "Turn it by 15° to the right", lambda: edits.turn(-1), ("]",)),
        Action("grow", "Larger", "Scale it up by a tenth", lambda: edits.grow(1), ("+", "=")),
        Action("shrink", "Smaller", "Scale it down by a tenth", lambda: edits.grow(-1), ("-",)),
        Action("mute", "Mute", "Leave it out of training and playing, or take it in again", edits.mute, ("x",)),
        Action("assign", "Give", "Give it to the selected sound", edits.assign, ("g",)),
        Action("smooth", "Smooth", "Take the hand's tremor out, or show the raw stroke again", edits.smooth, ("s",)),
        Action("snap", "Snap", "Put its points on the grid", edits.snap, ("n",)),
        Action("join", "Join", "Make two selected paths one, their nearest ends first", edits.join, ("j",)),
        Action(
            "select-all",
            "Select all",
            "All paths together: move, scale and turn them by their frame",
            selection.every,
            ("a",),
        ),
        Action("extend-end", "Extend end", "The next line goes on at its end", lambda: tools.extend("end"), ("w",)),
        Action(
            "extend-start",
            "Extend start",
            "The next line leads to its start",
            lambda: tools.extend("start"),
            ("W",),
        ),
        *view,
        *history_actions(session),
    ]
