"""What the engine in the page listens to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC


class LiveInput(PageWidget):
    """Opens a microphone or a sound file in the page; what is heard never leaves it.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_listening: Called when the page has begun to listen, or has ended it.
        **traits: First values of its traits.

    Attributes:
        key: The session's, by which the page finds its engine.
        ready: Whether the codec can encode live sound.
    """

    part = True
    _esm = STATIC / "live_input.js"
    _css = STATIC / "live_input.css"
    key = traitlets.Unicode("").tag(sync=True)
    ready = traitlets.Bool(True).tag(sync=True)

    def __init__(self, on_listening: Callable[[bool], None], **traits: Any) -> None:
        super().__init__(**traits)
        self._on_listening = on_listening
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        if isinstance(content, dict) and content.get("type") == "listening" and isinstance(content.get("on"), bool):
            self._on_listening(content["on"])
