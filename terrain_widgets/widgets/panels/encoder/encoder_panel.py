"""Sounds in, latents out: the list of clips, what can be done with them, and the codec that encodes them."""

from __future__ import annotations

from typing import Unpack

from terrain_widgets.codecs.search_path import CODEC_SUFFIXES
from terrain_widgets.io.other_sounds import OTHER_SUFFIXES
from terrain_widgets.io.sound_files import SoundTooLong
from terrain_widgets.io.sound_sources import SUFFIXES
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel, PanelOptions, time_left
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.choices import ToggleGroup
from terrain_widgets.widgets.controls.numbers import Progress
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.encoder.clip_strips import ClipStrips
from terrain_widgets.widgets.panels.encoder.clip_tools import ClipTools
from terrain_widgets.widgets.panels.encoder.codec_chooser import CodecChooser
from terrain_widgets.widgets.panels.encoder.listening import Listening
from terrain_widgets.widgets.panels.encoder.long_sound import LongSound
from terrain_widgets.widgets.panels.encoder.microphone import Microphone


class EncoderPanel(Panel):
    """Every sound as a waveform with its latents beneath, to be edited, heard and encoded.

    Sounds and models (``.ts``) can be dropped anywhere on it.

    Args:
        session: Whose sounds; a new session with the bundled ones if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "sounds", "Sounds and their latents", **options)
        session = self.session
        encode, cancel = self.offers(*self._actions())
        add = self.offers.file(
            "add",
            "Add sounds…",
            "WAV, FLAC, OGG, MP3, AIFF, M4A, films, a codec of your machine; or drop them on this panel",
            take=self._take,
            accept=",".join((*SUFFIXES, *OTHER_SUFFIXES, *CODEC_SUFFIXES)),
            decoded=list(OTHER_SUFFIXES),
            multiple=True,
        )
        self._microphone = Microphone(take=self._take_recording)
        self._long = LongSound(self)
        self._chooser = CodecChooser(self)
        self._progress = Progress(description="Encoding", visible=False)
        self._status = Words()
        self._style = ToggleGroup(
            [("Heat", "heat"), ("Lines", "lines")],
            tooltip="How latents are drawn",
            tooltips=["Each latent as a band of colour", "The first sixteen latents as lines"],
        )
        self._strips = ClipStrips(session, self.do)
        self._tools = ClipTools(self, self._strips.mark)
        self._listening = Listening(make=lambda _: self._give())
        self._recordings = 0
        self.lay_out(
            self.heading,
            Row([encode, cancel, add]),
            Row([Slot(self._microphone), self._style]),
            self._long,
            self._progress,
            self._strips,  # before all that may grow: in a low dock the sounds are what must be seen
            self._status,
            self._chooser,
            self._tools,
            Slot(self._listening),
            self._notice,
        )
        self._style.observe(lambda change: setattr(self._strips, "style", change["new"]), names="value")
        self.add_class("tw-drop")
        self.listen("state", self._refresh, self.session.document)
        for trait in ("latents", "codec_name"):
            self.listen(trait, self._refresh, self.session.sounds)
        self.listen("status", self._refresh, self.session.jobs)
        for trait in ("codec_name", "codec_errors"):
            self.listen(trait, self._chooser.show, self.session.sounds)
        self.listen("working", self._chooser.show, self.session.jobs)
        for show in (self._strips.show, self._show_listening):
            for trait in ("state", "selected"):
                self.listen(trait, show, self.session.document)
            self.listen("latents", show, self.session.sounds)
        for trait in ("state", "selected"):
            self.listen(trait, self._tools.show, self.session.document)
        self._refresh()
        self._tools.show()
        self._show_listening()

    def _actions(self) -> list[Action]:
        session = self.session

        def words() -> Face:
            count = self._waiting()
            said = f"Encode {count} sound{'s' if count != 1 else ''}" if count else "All encoded"
            return Face(said, "cogs", "primary")

        return [
            Action(
                "encode",
                "Encode",
                "Turn every sound into latents",
                session.encode,
                enabled=lambda: session.jobs.status.state != "running" and self._waiting() > 0,
                face=words,
            ),
            Action(
                "cancel",
                "Cancel",
                "Stop; what is encoded already stays",
                session.jobs.cancel,
                icon="stop",
                offered=self._encodes,
            ),
        ]

    def _waiting(self) -> int:
        """How many sounds have no latents yet."""
        return sum(clip.id not in self.session.latents for clip in self.session.state.clips)

    def _encodes(self) -> bool:
        job = self.session.jobs.status
        return job.kind in ("encode", "codec") and job.state == "running"

    def _take(self, name: str, content: bytes) -> str:
        if name.endswith(CODEC_SUFFIXES):
            self.session.sounds.add_model(name, content)
            return f"{name} has arrived and is tried out now."
        try:
            clip = self.session.add_sound(content, name=name.rsplit(".", 1)[0])
        except SoundTooLong as sound:
            return self._long.ask(sound, content)
        self.session.document.select(clip.id)  # so that the list has it in sight
        return f"Added “{clip.name}”, {clip.sound.duration:.1f} s."

    def _take_recording(self, _name: str, content: bytes) -> str:
        self._recordings += 1
        clip = self.session.add_sound(content, name=f"recording {self._recordings}")
        self.session.document.select(clip.id)
        return f"Added “{clip.name}”, {clip.sound.duration:.1f} s."

    def _give(self) -> tuple[str, bytes]:
        reconstruction = self.session.sounds.reconstruct(self.session.document.selected)
        return reconstruction.name, reconstruction.wav()

    def _show_listening(self) -> None:
        session, listening = self.session, self._listening
        clip = next((clip for clip in session.state.clips if clip.id == session.document.selected), None)
        latent = session.latents.get(session.document.selected)
        if clip is None or latent is None or session.sounds.loaded_codec is None:
            listening.token = listening.about = ""
            return
        listening.rate = session.sounds.loaded_codec.info.sample_rate
        listening.about = f"“{clip.name}” and what {session.sounds.loaded_codec.info.name} makes of it, equally loud."
        # An object's id is its own as long as it lives, and these two live as long as the token is of them.
        self._heard = (clip.sound, latent)
        listening.token = f"{clip.id} {id(clip.sound):x} {id(latent):x}"

    def _refresh(self) -> None:
        session, job = self.session, self.session.jobs.status
        encoding, waiting = self._encodes(), self._waiting()
        self._progress.visible = encoding
        self._progress.value = job.progress if encoding else 0.0
        if encoding:
            self._status.value = job.message + time_left(job.seconds_left)
        elif waiting:
            self._status.value = f"{waiting} of {len(session.state.clips)} sounds wait to be encoded."
        else:
            frames = sum(len(session.latents[clip.id]) for clip in session.sounds.encoded)
            count = len(session.state.clips)
            self._status.value = f"{count} sound{'s are' if count != 1 else ' is'} {frames} latent frames now."
        self.offers.show()
