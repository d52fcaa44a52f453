"""Keys for a list that is drawn on a canvas, and words for who does not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC

KEYS = ("ArrowUp", "ArrowDown", "Shift+ArrowUp", "Shift+ArrowDown", "Delete")


class ListKeys(PageWidget):
    """Put it into an element of the class ``tw-list``: that element takes the focus, and tells of its keys.

    Args:
        pressed: Called with one of ``KEYS``, on whatever thread the kernel uses for messages: it must only enqueue.

    Attributes:
        said: What screen readers say of the selection.
        row: Number of the selected row, to be kept in sight; -1 for none.
        rows: How many there are, all of one height.
    """

    _esm = STATIC / "list_keys.js"
    said = traitlets.Unicode("").tag(sync=True)
    row = traitlets.Int(-1).tag(sync=True)
    rows = traitlets.Int(0, min=0).tag(sync=True)

    def __init__(self, pressed: Callable[[str], None], **kwargs: Any) -> None:
        self._pressed = pressed
        super().__init__(layout={"height": "0", "min_height": "0", "margin": "0", "overflow": "hidden"}, **kwargs)
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: Any) -> None:
        if isinstance(content, dict) and content.get("key") in KEYS:
            self._pressed(content["key"])
