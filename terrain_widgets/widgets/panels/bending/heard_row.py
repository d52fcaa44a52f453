"""What is heard of the edits: all as they are made, or those that were sent; and sounds through the bent encoder."""

from __future__ import annotations

from typing import Any

from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox


class HeardRow:
    """A switch and three buttons.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel, self._bending = panel, panel.session.stage.bending
        bending, sounds = self._bending, panel.session.sounds
        self.live = Checkbox(value=True, description="Live", tooltip="Hear every edit at once, or when it is sent")
        self.live.observe(self._switch, names="value")

        def encodes() -> bool:
            codec = sounds.loaded_codec
            return codec is not None and codec.info.capabilities.bends_encoder and len(sounds.encoded) > 0

        buttons = panel.offers(
            Action(
                "send",
                "Send",
                "Hear all edits as they are now",
                bending.send,
                enabled=lambda: bending.waiting,
                icon="paper-plane",
            ),
            Action(
                "discard",
                "Discard",
                "Take back the edits that are not heard yet",
                bending.discard,
                enabled=lambda: bending.waiting,
                icon="undo",
            ),
            Action(
                "encode-bent",
                "Encode again",
                "Encode the sounds with the encoder as it is bent now; paths and terrain stay",
                bending.encode,
                enabled=encodes,
                icon="compress",
            ),
        )
        self.row = Row([self.live, *buttons])

    def show(self) -> None:
        """How it stands."""
        self.live.value = self._bending.live

    def _switch(self, change: dict[str, Any]) -> None:
        if change["new"] != self._bending.live:
            self._panel.do(lambda: self._bending.set_live(change["new"]))
