"""Buttons for what keys do to paths, and the drawing as SVG: a page of the drawing canvas."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from terrain_widgets.interop.svg.paths import LARGEST
from terrain_widgets.session.document.svg_exchange import add_svg, drawing_as_svg
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.panel import button
from terrain_widgets.widgets.files.file_port import FilePort

_EDITS = (
    ("Reverse", "r", "Travel it the other way"),
    ("Duplicate", "d", "A copy without a sound"),
    ("Smooth", "s", "Take the hand's tremor out, or show the raw stroke again"),
    ("Snap", "n", "Put its points on the grid"),
    ("Join", "j", "Make two selected paths one"),
    ("Mute", "x", "Leave it out of training and playing, or take it in again"),
    ("Go on", "w", "The next line goes on at its end"),
    ("Go before", "W", "The next line leads to its start"),
    ("Select all", "a", "All paths together: move, scale and turn them by their frame"),
)


def edit_page(session: Session, press: Callable[[str], None]) -> ipywidgets.VBox:
    """Buttons for the selected path, or that of the selected sound.

    Args:
        session: Whose paths.
        press: Called with a key when its button is pressed.
    """
    buttons = []
    for label, key, tooltip in _EDITS:
        made = button(label, f"{tooltip} ({key if key.islower() else f'Shift+{key}'})", width="104px")
        made.on_click(lambda _button, key=key: press(key))
        buttons.append(made)

    def take(_name: str, content: bytes) -> str:
        try:
            return f"Added {add_svg(session, content)} paths."
        except ModuleNotFoundError as error:
            raise ValueError(str(error)) from error

    svg_in = FilePort(
        take=take, label="SVG in…", hint="Paths of an SVG file as paths here", accept=".svg", largest=LARGEST
    )
    svg_out = FilePort(
        give=lambda: ("drawing.svg", drawing_as_svg(session).encode()),
        label="SVG out",
        hint="All paths as one SVG file, in your browser's downloads",
    )
    return ipywidgets.VBox(
        [ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"}), ipywidgets.HBox([svg_in, svg_out])]
    )
