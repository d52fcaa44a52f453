"""What is heard of the edits: all as they are made, or those that were sent; and sounds through the bent encoder."""

from __future__ import annotations

from typing import Any

from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel, time_left
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.words import Words


class HeardRow:
    """A switch and three buttons.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel, self._bending = panel, panel.session.stage.bending
        bending, sounds, self._jobs = self._bending, panel.session.sounds, panel.session.jobs
        self.live = Checkbox(value=True, description="Live", tooltip="Hear every edit at once, or when it is sent")
        self.live.observe(self._switch, names="value")

        def encodes() -> bool:
            codec = sounds.loaded_codec
            can = codec is not None and codec.info.capabilities.bends_encoder and len(sounds.encoded) > 0
            return self._encoding or (can and not self._jobs.working)

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
                self._encode_or_stop,
                enabled=encodes,
                face=lambda: Face("Stop", "stop") if self._encoding else Face("Encode again", "compress"),
            ),
        )
        self._progress = Words("", "quiet")
        self.row = Row([self.live, *buttons, self._progress])
        for trait in ("working", "status"):
            panel.listen(trait, self._show_progress, self._jobs)

    def show(self) -> None:
        """How it stands."""
        self.live.value = self._bending.live

    @property
    def _encoding(self) -> bool:
        return bool(self._jobs.working == "encode")

    def _encode_or_stop(self) -> None:
        if self._encoding:
            self._jobs.cancel()
        else:
            self._bending.encode()

    def _show_progress(self) -> None:
        job = self._jobs.status
        self._progress.value = (
            f"{job.message}, {job.progress:.0%}{time_left(job.seconds_left)}" if self._encoding else ""
        )
        self._panel.offers.show()

    def _switch(self, change: dict[str, Any]) -> None:
        if change["new"] != self._bending.live:
            self._panel.do(lambda: self._bending.set_live(change["new"]))
