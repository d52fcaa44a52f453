"""Buttons for edits of paths, and the drawing as SVG: a page of the drawing canvas."""

from __future__ import annotations

from terrain_widgets.interop.svg.paths import LARGEST
from terrain_widgets.session.document.svg_exchange import add_svg, drawing_as_svg
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Actions
from terrain_widgets.widgets.base.offers import Offers
from terrain_widgets.widgets.controls.boxes import Disclosure, Row
from terrain_widgets.widgets.panels.drawing.drawing_actions import EDITS


def edit_page(session: Session, actions: Actions, offers: Offers) -> Disclosure:
    """Buttons for the selected path, or that of the selected sound.

    Args:
        session: Whose paths.
        actions: The drawing canvas's table.
        offers: Makes the canvas's buttons.
    """
    buttons = offers.buttons(*(actions[name] for name in EDITS))

    def take(_name: str, content: bytes) -> str:
        try:
            return f"Added {add_svg(session.document, content)} paths."
        except ModuleNotFoundError as error:
            raise ValueError(str(error)) from error

    svg_in = offers.file(
        "import-svg", "Import SVG…", "Paths of an SVG file as paths here", take=take, accept=".svg", largest=LARGEST
    )
    svg_out = offers.file(
        "export-svg",
        "Export SVG",
        "All paths as one SVG file, in your browser's downloads",
        give=lambda: ("drawing.svg", drawing_as_svg(session.document).encode()),
    )
    return Disclosure([Row(buttons), Row([svg_in, svg_out])], title="Edit")
