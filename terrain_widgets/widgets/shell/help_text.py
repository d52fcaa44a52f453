"""What the help says: every key, from the tables of actions and from what the page takes itself."""

from __future__ import annotations

from terrain_widgets.widgets.base.actions import Actions
from terrain_widgets.widgets.plane.page_keys import DRAWING, PLAYING, POINTS
from terrain_widgets.widgets.shell.help import Section

EVERYWHERE = (
    ("Esc", "Silence, at once; outside the studio Shift+Esc"),
    ("?", "These keys, and the tour"),
    ("Ctrl+K", "Find any action by its name, and do it"),
    ("Ctrl+Z", "Undo, wherever the focus is; Ctrl+Shift+Z or Ctrl+Y redo. In a text they are the text's"),
    ("f", "On the stage: the stage alone, on the whole screen, and back; so does Esc"),
    ("Tab", "On to the next control; arrows go along a bar of buttons"),
)


def help_sections(view: Actions, drawing: Actions, points: Actions) -> list[Section]:
    """Every key of the studio, by where it counts.

    Args:
        view: The plane's own actions.
        drawing: Those with the mode Draw.
        points: Those with the mode Points.
    """
    return [
        ("Everywhere", list(EVERYWHERE)),
        ("On the stage: Play and Look", [*PLAYING, *view.help()]),
        ("On the stage: Draw", [*DRAWING, *drawing.help()]),
        ("On the stage: Points", [*POINTS, *points.help()]),
    ]
