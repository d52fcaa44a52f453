"""Sounds in, latents out: the list of clips, and the codec that encodes them."""

from __future__ import annotations

from typing import Any

import ipywidgets

from terrain_widgets.codecs.loading import codec_names
from terrain_widgets.session.session import Session
from terrain_widgets.widgets._clip_strips import WIDTH, ClipStrips
from terrain_widgets.widgets._panel import Panel, button, time_left
from terrain_widgets.widgets.file_port import FilePort
from terrain_widgets.widgets.text_line import TextLine


class EncoderPanel(Panel):
    """Every sound as a waveform with its latents beneath, and the button that encodes them.

    Args:
        session: Whose sounds; a new session with the bundled ones if none is given.
    """

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(session, "sounds", "Sounds and their latents", **kwargs)
        self._codec = ipywidgets.Combobox(
            value=self.session.codec_name,
            options=codec_names(),
            placeholder="bundled codec",
            description="Codec",
            continuous_update=False,
            ensure_option=False,
            tooltip="Name of a codec, or path of a TorchScript model for nn~ (RAVE and its kin); Enter loads it",
            layout={"width": "auto", "flex": "1 1 auto"},
        )
        self._card = TextLine()
        self._encode = button("Encode", "Turn every sound into latents", "cogs", "primary")
        self._cancel = button("Cancel", "Stop; what is encoded already stays", "stop")
        self._remove = button("Remove", "Remove the selected sound (undo brings it back)", "minus")
        self._add = FilePort(
            take=self._take,
            label="Add sounds…",
            hint="WAV, FLAC, OGG, MP3 or AIFF from your own machine; or drop them anywhere on this panel",
            accept=".wav,.flac,.ogg,.mp3,.aif,.aiff",
            multiple=True,
        )
        self._progress = ipywidgets.FloatProgress(min=0, max=1, layout={"width": f"{WIDTH}px", "display": "none"})
        self._status = TextLine(layout={"width": f"{WIDTH}px"})
        self._strips = ClipStrips(self.session)
        self.children = [
            self.heading,
            ipywidgets.HBox([self._encode, self._cancel, self._remove]),
            self._add,
            self._codec,
            self._card,
            self._progress,
            self._status,
            self._strips,
            self._notice,
        ]
        self.on_press(self._encode, self.session.encode)
        self.on_press(self._cancel, self.session.cancel)
        self.on_press(self._remove, lambda: self.session.remove_sound(self.session.selected))
        self.add_class("tw-drop")
        self._codec.observe(lambda change: self._change_codec(change["new"]), names="value")
        for trait in ("state", "latents", "selected", "job", "codec_name"):
            self.listen(trait, self._refresh)
        for trait in ("state", "latents", "selected"):
            self.listen(trait, self._strips.show)
        self._refresh()

    def _take(self, name: str, content: bytes) -> str:
        clip = self.session.add_sound(content, name=name.rsplit(".", 1)[0])
        return f"Added “{clip.name}”, {clip.sound.duration:.1f} s."

    def _change_codec(self, name: str) -> None:
        if name == self.session.codec_name or not (name or self.session.codec_name):
            return

        def change() -> None:
            try:
                self.session.change_codec(name.strip() or None)
            except RuntimeError:
                self._codec.value = self.session.codec_name
                raise

        self.do(change)

    def _refresh(self) -> None:
        session, job = self.session, self.session.job
        encoding = job.kind in ("encode", "codec") and job.state == "running"
        waiting = [clip for clip in session.state.clips if clip.id not in session.latents]
        self._encode.disabled = job.state == "running" or not waiting
        self._encode.description = (
            f"Encode {len(waiting)} sounds" if len(waiting) > 1 else "Encode 1 sound" if waiting else "All encoded"
        )
        self._cancel.layout.display = "" if encoding else "none"
        self._remove.disabled = not session.selected
        self._progress.layout.display = "" if encoding else "none"
        self._progress.value = job.progress if encoding else 0.0
        if encoding:
            self._status.value = job.message + time_left(job.seconds_left)
        elif waiting:
            self._status.value = f"{len(waiting)} of {len(session.state.clips)} sounds wait to be encoded."
        else:
            frames = sum(len(session.latents[clip.id]) for clip in session.encoded)
            self._status.value = f"{len(session.state.clips)} sounds are {frames} latent frames now."
        self._codec.disabled = bool(session.working)
        if not session.working and self._codec.value != session.codec_name:
            self._codec.value = session.codec_name
        self._card.value = codec_words(session)


def codec_words(session: Session) -> str:
    """What is known of a model of others, in one line; nothing of the bundled codec, which has a card of its own."""
    card = getattr(session.loaded_codec, "card", None)
    if card is None:
        return ""
    notes = " ".join(card.notes)
    return (
        f"{card.latents} latents at {card.sample_rate / card.ratio:.1f} frames a second, {card.sample_rate} Hz, "
        f"{card.channels} channel{'s' if card.channels > 1 else ''}, {card.parameters / 1e6:.1f} M weights, decodes at "
        f"{card.real_time_factor:.2f} of real time. {notes}".strip()
    )
