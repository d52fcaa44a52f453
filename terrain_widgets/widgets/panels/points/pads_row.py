"""A row of pads: one button for each labelled point, or for each of something else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC


class PadsRow(PageWidget):
    """Pads that answer when they are hit; in an element of the class ``tw-points`` the keys 1 to 9 hit them too.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_strike: Called with a pad's id, and whether an engine in the page has gone there already.
        on_release: Called when the hand is lifted.

    Attributes:
        pads: ``{"id", "label", "colour", …}`` each; with a ``place`` an engine in the page goes there at once, and a
            ``hint`` says what else the pad does.
        held: Id of the pad that is held, or nothing.
        group: What the row is called.
        empty: What it says where there is no pad.
        key: By which an engine in the page is found.
    """

    _esm = STATIC / "pads.js"
    _css = STATIC / "pads.css"
    part = True
    pads = traitlets.List(traitlets.Dict()).tag(sync=True)
    held = traitlets.Unicode("").tag(sync=True)
    group = traitlets.Unicode("Pads: keys 1 to 9 strike them, 0 releases").tag(sync=True)
    empty = traitlets.Unicode("Each point becomes a pad.").tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)

    def __init__(self, on_strike: Callable[[str, bool], None], on_release: Callable[[], None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._on_strike, self._on_release = on_strike, on_release
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "strike" and isinstance(content.get("id"), str):
            self._on_strike(content["id"], bool(content.get("played")))
        elif kind == "release":
            self._on_release()
