"""Lets the Tab key pass canvases that are only looked at."""

from __future__ import annotations

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC


class TabPass(PageWidget):
    """Put it, invisible, into an element of the class ``tw-looked-at``: canvases of ipycanvas there take no focus."""

    _esm = STATIC / "tab_pass.js"

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
