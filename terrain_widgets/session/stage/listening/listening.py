"""Live sound in the kernel's engine: a microphone of its machine, or a sound that goes round."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import traitlets

from terrain_widgets.audio.device.device import InputDevice, InputSettings, InputStatus
from terrain_widgets.audio.engine.sources.backing_clip import Mode
from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.render_loop.live_input import LiveSource
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.frame_accounting import at_rate
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.io.sound_sources import SoundLike, as_sound
from terrain_widgets.session.notices.events import ListeningEnded
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.stage.backing import Backing
from terrain_widgets.session.stage.live_patch import LivePatch


class Listening(traitlets.HasTraits):
    """Has the engine hear something, where that runs on the kernel's machine; the page listens by itself.

    ``microphone()`` opens a sound device through PortAudio, in the engine's own process; ``sound(…)`` plays a file or
    an array round and round, as if it were heard. What becomes of it says ``stage.clip``: ``mix``, and the terrain's
    modes. Nothing of what is heard is kept.

    Args:
        live: The patch in use, and the engine.
        clip: The sound underneath.
        notices: Where it is told what has ended, under ``"live"``.
    """

    source = traitlets.Any(None, help="What is heard: InputSettings, Sound or nothing.", read_only=True)

    def __init__(self, live: LivePatch, clip: Backing, notices: Notices) -> None:
        super().__init__()
        self._live, self._clip, self._notices = live, clip, notices
        live.sound.observe(self._follow, names="engine")
        live.document.observe(self._look, names="patch")

    def __repr__(self) -> str:
        status = self.status
        return f"Listening({self.source or 'nothing'}{f', {status.state}' if status else ''})"

    @property
    def devices(self) -> tuple[InputDevice, ...]:
        """The sound devices of the kernel's machine that can be listened to.

        Raises:
            DeviceError: If PortAudio is missing or cannot start.
        """
        from terrain_widgets.audio.device.portaudio import input_devices

        return input_devices()

    @property
    def status(self) -> InputStatus | None:
        """How it is, as the engine said last, twice a second; ``None`` while nothing is heard."""
        engine = self._live.sound.local
        return None if engine is None or self.source is None else engine.ear.status

    def microphone(
        self,
        device: str | None = None,
        modes: Mode | Sequence[Mode] = "keep",
        *,
        latency_seconds: float | Literal["low", "high"] = 0.02,
        margin_seconds: float = 0.02,
    ) -> None:
        """Hear a sound device. Use headphones: nothing keeps the loudspeaker out of the microphone.

        Args:
            device: Name or label of one of ``devices``; ``None`` is the system's default.
            modes: What the terrain does to its latents: ``"keep"``, ``"override"``, ``"add"`` or ``"multiply"``.
            latency_seconds: As for ``InputSettings``.
            margin_seconds: As for ``InputSettings``.

        Raises:
            RuntimeError: If the engine runs in the page.
            ValueError: If a number is out of its range, or the codec has no encoder for live sound.
        """
        self._hear(InputSettings(device, latency_seconds, margin_seconds), modes)

    def sound(self, given: SoundLike, modes: Mode | Sequence[Mode] = "keep") -> None:
        """Hear a sound file, an array with its rate, or a ``Sound``, round and round, by the encoder for live sound.

        Raises:
            RuntimeError: If the engine runs in the page.
            SoundError: If it cannot be read.
            ValueError: If the codec has no encoder for live sound.
        """
        self._hear(as_sound(given), modes)

    def stop(self) -> None:
        """Hear nothing, and play only the terrain again."""
        self._close()
        if self._clip.listens:
            self._clip.stop()

    def _close(self) -> None:
        self.set_trait("source", None)
        if (engine := self._live.sound.local) is not None:
            engine.listen(None)

    def _look(self, _change: object) -> None:
        """Live sound may have been taken out of what plays, as by undo: then no microphone stays open."""
        if self.source is not None and not self._clip.listens:
            self._close()

    def _hear(self, wanted: InputSettings | Sound, modes: Mode | Sequence[Mode]) -> None:
        engine = self._live.sound.start()
        if not isinstance(engine, LocalHost):
            raise RuntimeError(
                "the engine runs in the page, which listens by itself; session.sound.run_in('process') has the kernel "
                "play and listen"
            )
        self._clip.listen(modes)
        self.set_trait("source", wanted)
        engine.listen(_source(wanted, engine.info))

    def _follow(self, change: dict[str, Any]) -> None:
        engine: EngineHandle | None = change["new"]
        if self.source is None or engine is None:
            return
        if isinstance(engine, LocalHost):
            engine.listen(_source(self.source, engine.info))
            return
        self.set_trait("source", None)
        self._notices.say("live", ListeningEnded())


def _source(wanted: InputSettings | Sound, info: CodecInfo) -> LiveSource:
    if isinstance(wanted, InputSettings):
        return LiveSource(wanted)
    mono = wanted.audio.mean(axis=0, keepdims=True)
    return LiveSource(sound=at_rate(mono, wanted.sample_rate, info.sample_rate)[0], name=wanted.name)
