"""Words that change: wrapped, in the page's own font, and spoken by screen readers. Never HTML."""

from __future__ import annotations

from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC


class TextLine(PageWidget):
    """A line of plain text that wraps.

    Args:
        value: What it says; shown as text, whatever is in it.
        tone: ``"plain"``, ``"strong"`` or ``"error"``.
    """

    _esm = STATIC / "text_line.js"
    _css = STATIC / "text_line.css"
    value = traitlets.Unicode("").tag(sync=True)
    tone = traitlets.Enum(("plain", "strong", "error"), "plain").tag(sync=True)

    def __init__(self, value: str = "", tone: str = "plain", **kwargs: Any) -> None:
        super().__init__(value=value, tone=tone, **kwargs)
