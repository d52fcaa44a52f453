"""Keys that the page itself takes, beside those of a table of actions: what they are, for the help."""

from __future__ import annotations

from terrain_widgets.widgets.base.actions import Actions

Keys = tuple[tuple[str, str], ...]

#: On every plane.
VIEW: Keys = (
    ("Ctrl+arrows", "Move the view; so do space and a drag, or two fingers"),
    ("Ctrl+wheel", "Zoom; so do two fingers"),
)
#: With the pen, and with the other tools.
DRAWING: Keys = (
    ("Arrows", "Move a cursor, with Shift finely"),
    ("Enter", "With the pen: put it down, and lift it"),
    ("Space", "With the other tools: click at the cursor"),
    *VIEW,
)
POINTS: Keys = (
    ("Arrows", "Move a cursor, with Shift finely, with Ctrl the selected point"),
    ("Enter", "Place a point, or select the one there"),
    ("[, ]", "The point before, the point after"),
    ("1 … 9", "Strike a pad"),
    ("0", "Release the pad"),
)
PLAYING: Keys = (
    ("Arrows", "Play from where the cursor is, with Shift finely"),
    ("Space", "Sound on and off at the cursor"),
    *VIEW,
)


def by_keys(keys: Keys, actions: Actions) -> str:
    """Keys and what they do, as one line of plain text."""
    said = (f"{words}: {hint[:1].lower()}{hint[1:]}" for words, hint in (*keys, *actions.help()))
    return "; ".join(said)
