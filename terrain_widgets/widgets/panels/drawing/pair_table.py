"""The pairing table in the page: a row for every sound, all of it reachable by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC

_EDITS = {"pair": str, "exchange": str, "rule": str, "density": float, "muted": bool, "label": str, "colour": str}
_LONGEST = 120  # characters of a label


class PairTable(PageWidget):
    """Shows rows and says what the user does to them; it decides nothing.

    Args:
        on_edit: Called with a clip's id, what is edited (``"pair"``, ``"exchange"``, ``"rule"``, ``"density"``,
            ``"muted"``, ``"label"``, ``"colour"`` or ``"select"``) and the new value, on whatever thread the kernel
            uses for messages.

    Attributes:
        rows: What is shown, a dictionary for each sound.
        paths: Paths to choose from: id and what it is called.
    """

    _esm = STATIC / "pair_table.js"
    _css = STATIC / "pair_table.css"
    part = True
    rows = traitlets.List(traitlets.Dict()).tag(sync=True)
    paths = traitlets.List(traitlets.List(traitlets.Unicode())).tag(sync=True)

    def __init__(self, on_edit: Callable[[str, str, Any], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._on_edit = on_edit
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        if not isinstance(content, dict) or not isinstance(content.get("clip"), str):
            return
        what, value = content.get("what"), content.get("value")
        if what == "select":
            self._on_edit(content["clip"], "select", "")
        elif what in _EDITS:
            kind = _EDITS[what]
            try:
                value = kind(value)
            except (TypeError, ValueError):
                return  # a page may say anything
            self._on_edit(content["clip"], what, value[:_LONGEST] if isinstance(value, str) else value)
