"""Buttons for edits of paths, and the drawing as SVG: a page of the drawing canvas."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets

from terrain_widgets.interop.svg.paths import LARGEST
from terrain_widgets.session.document.svg_exchange import add_svg, drawing_as_svg
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Actions
from terrain_widgets.widgets.base.panel import action_button
from terrain_widgets.widgets.files.file_port import FilePort
from terrain_widgets.widgets.panels.drawing.drawing_actions import EDITS


def edit_page(session: Session, actions: Actions, do: Callable[[Callable[[], object]], None]) -> ipywidgets.VBox:
    """Buttons for the selected path, or that of the selected sound.

    Args:
        session: Whose paths.
        actions: The drawing canvas's table.
        do: Called with what a pressed button does.
    """
    buttons = [action_button(actions[name], do, width="104px") for name in EDITS]

    def take(_name: str, content: bytes) -> str:
        try:
            return f"Added {add_svg(session.document, content)} paths."
        except ModuleNotFoundError as error:
            raise ValueError(str(error)) from error

    svg_in = FilePort(
        take=take, label="Import SVG…", hint="Paths of an SVG file as paths here", accept=".svg", largest=LARGEST
    )
    svg_out = FilePort(
        give=lambda: ("drawing.svg", drawing_as_svg(session.document).encode()),
        label="Export SVG",
        hint="All paths as one SVG file, in your browser's downloads",
    )
    return ipywidgets.VBox(
        [ipywidgets.HBox(buttons, layout={"flex_flow": "row wrap"}), ipywidgets.HBox([svg_in, svg_out])]
    )
