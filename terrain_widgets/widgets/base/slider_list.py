"""All latent sliders as one widget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.core.exploration.sliders import LATENT_RANGE
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC


class SliderList(PageWidget):
    """One slider and one lock for each latent.

    One model whatever the codec: 64 of ipywidgets' sliders with their locks, layouts and styles are 384 models.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_move: Called with (index, value) of the sliders that moved since the page's last frame.
        on_lock: Called with an index, and whether it is to be locked.

    Attributes:
        values: Where they stand.
        locked: Which are locked.
        reach: How far they go, either way.
        key: By which an engine in the page is found that plays what they say.
    """

    _esm = STATIC / "latent_sliders.js"
    _css = STATIC / "latent_sliders.css"
    part = True
    values = traitlets.List(traitlets.Float()).tag(sync=True)
    locked = traitlets.List(traitlets.Bool()).tag(sync=True)
    reach = traitlets.Float(LATENT_RANGE).tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        on_move: Callable[[list[tuple[int, float]]], None],
        on_lock: Callable[[int, bool], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._on_move, self._on_lock = on_move, on_lock
        self.on_msg(self._receive)

    def show(self, values: Any, locked: Any) -> None:
        """Show the sliders like this; both in one message."""
        with self.hold_sync():
            self.values = [round(float(value), 4) for value in values]
            self.locked = [bool(lock) for lock in locked]

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "lock" and self._known(content.get("index")):
            self._on_lock(content["index"], bool(content.get("locked")))
        elif kind == "move" and isinstance(content.get("moves"), list):
            moves = [tuple(move) for move in content["moves"] if isinstance(move, list) and len(move) == 2]
            good = [(k, float(v)) for k, v in moves if self._known(k) and isinstance(v, int | float) and np.isfinite(v)]
            if good:
                self._on_move(good)

    def _known(self, index: Any) -> bool:
        return isinstance(index, int) and 0 <= index < len(self.values)
