"""What is played beside the hand: playheads on paths, a clip underneath, how latents are shaped, and recording."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import soxr
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.session.document.pairing_table import paired

if TYPE_CHECKING:
    from terrain_widgets.audio.device.device import DeviceSettings
    from terrain_widgets.audio.engine.backing_clip import Mode
    from terrain_widgets.audio.engine.playhead import Loop, Playhead
    from terrain_widgets.audio.hosts.host import Host
    from terrain_widgets.session.session import Session
    from terrain_widgets.session.stage.player import Range


class Performance(traitlets.HasTraits):
    """The session's stage. Everything a transport button does is a method here.

    Args:
        session: Whose sounds and paths are played.
    """

    playheads = traitlets.Dict(help="Playhead by name, a clip's id where it plays that clip's path; replaced whole.")
    base = traitlets.Unicode("", help="Id of the clip that runs underneath, or nothing.")
    wet = traitlets.Float(1.0, min=0.0, max=1.0, help="Share of the decoded sound over the base clip's own.")
    recording = traitlets.Unicode("", help="Path of the recording that runs, or nothing.")
    device = traitlets.Unicode(None, allow_none=True, help="Name of the kernel's sound device that plays, or None.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._seeks = 0
        self._range: Range | None = None
        self._shape: dict[str, Any] = {}
        self._base: Any = None
        self._device: DeviceSettings | None = None
        session.observe(self._follow_paths, names="state")

    def __repr__(self) -> str:
        base = f", over {self.base}" if self.base else ""
        return f"Performance({len(self.playheads)} playheads{base}{', recording' if self.recording else ''})"

    # --- playheads

    def play(
        self,
        path: str | ArrayLike,
        *,
        name: str | None = None,
        speed: float = 1.0,
        loop: Loop = "loop",
        gain: float = 1.0,
        interpolate: bool = True,
    ) -> str:
        """Set a playhead on a path, from its beginning; one of that name is replaced.

        Args:
            path: A clip's id, for the path drawn for it, as its pairing rule puts the sound's frames on it; or
                coordinates ``[P, 2]``, one per latent frame at speed 1.
            name: Of the playhead; the clip's id, or the next number.
            speed: -4 to 4.
            loop: ``"once"``, ``"loop"`` or ``"ping-pong"``.
            gain: 0 to 1.
            interpolate: Go straight between two points, or hold the first.

        Returns:
            The playhead's name.

        Raises:
            ValueError: If there is no such path or it is muted, nothing is trained yet, or a value is out of range.
        """
        from terrain_widgets.audio.engine.playhead import Playhead

        if self._session.mapping is None:
            raise ValueError("there is no terrain to play yet: encode, draw and train first")
        if isinstance(path, str):
            name = path if name is None else name
            drawn, clip = self._session.state.drawing_of(path), self._session.state.clip(path)
            if drawn is None:
                raise ValueError(f"no path is drawn for “{clip.name}” yet")
            if drawn.muted:
                raise ValueError(f"the path of “{clip.name}” is muted; unmute it to play it")
            path = paired(self._session, drawn).spatial.values
        self._seeks += 1
        playhead = Playhead(path, speed, loop, gain, True, interpolate)
        start = float(len(playhead.path)) if speed < 0 else 0.0
        name = f"{len(self.playheads) + 1}" if name is None else name
        self._set({**self.playheads, name: replace(playhead, seek=(self._seeks, start))})
        return name

    def change(self, name: str, **changes: Any) -> None:
        """Change ``speed``, ``loop``, ``gain``, ``playing`` or ``interpolate`` of a playhead; it stays where it is.

        Raises:
            KeyError: If there is no such playhead.
            ValueError: If a value is out of range.
        """
        self._set({**self.playheads, name: replace(self._named(name), **changes)})

    def seek(self, name: str, milliseconds: float) -> None:
        """Move a playhead to a position; 1 ms is 1 ms of the sound at its own speed, as in nn.terrain.

        Raises:
            KeyError: If there is no such playhead.
        """
        self._seeks += 1
        points = float(milliseconds) / 1000.0 * self._session.codec.info.frame_rate
        self._set({**self.playheads, name: replace(self._named(name), seek=(self._seeks, max(0.0, points)))})

    def remove(self, name: str) -> None:
        """Take a playhead away; it fades out.

        Raises:
            KeyError: If there is no such playhead.
        """
        self._named(name)
        self._set({other: head for other, head in self.playheads.items() if other != name})

    def clear(self) -> None:
        """Take all playheads away."""
        self._set({})

    def positions(self) -> dict[str, np.ndarray]:
        """Where each sounding playhead is now, ``[2]`` in control units; of the first eight."""
        host = self._session.running_host
        if host is None:
            return {}
        places = {}
        for (name, head), points in zip(self.playheads.items(), host.status().playheads, strict=False):
            if points >= 0.0:
                index = min(points, len(head.path) - 1)
                low = int(index)
                high = min(low + 1, len(head.path) - 1)
                places[name] = head.path[low] + (index - low) * (head.path[high] - head.path[low])
        return places

    def _named(self, name: str) -> Playhead:
        if name not in self.playheads:
            raise KeyError(f"there is no playhead {name!r}; there are: {', '.join(self.playheads) or 'none'}")
        head: Playhead = self.playheads[name]
        return head

    def _follow_paths(self, change: Any) -> None:
        """A path that is drawn or paired anew is played anew; one that is erased or muted falls silent."""
        before, now = change["old"], change["new"]
        heads = dict(self.playheads)
        for name in self.playheads:
            old, drawn = before.drawing_of(name), now.drawing_of(name)
            if old is None or drawn is old:
                continue
            if drawn is None or drawn.muted:
                del heads[name]
            elif (drawn.path, drawn.rule, drawn.density) != (old.path, old.rule, old.density):
                try:
                    heads[name] = replace(heads[name], path=paired(self._session, drawn).spatial.values)
                except ValueError:  # a path of a single place: the pairing table says so, and nothing can be played
                    del heads[name]
        if heads != self.playheads:
            self._set(heads)

    def _set(self, playheads: dict[str, Playhead]) -> None:
        if playheads:
            self._session.host.set_playheads(list(playheads.values()))  # may refuse, then nothing has changed
        elif self._session.running_host is not None:
            self._session.running_host.set_playheads([])
        self.playheads = playheads

    # --- a clip underneath

    def run(self, clip_id: str, modes: Mode | Sequence[Mode] = "add", running: bool = True) -> None:
        """Let a clip's latents run through, steered by the terrain under the hand; its own sound is the dry signal.

        Args:
            clip_id: An encoded clip.
            modes: ``"keep"``, ``"override"``, ``"add"`` or ``"multiply"``, for all latents or for each.
            running: By itself, or only while the hand is down.

        Raises:
            ValueError: If the clip is not encoded yet.
        """
        from terrain_widgets.audio.engine.backing_clip import BackingClip

        session = self._session
        clip = session.state.clip(clip_id)
        if clip_id not in session.latents:
            raise ValueError(f"“{clip.name}” is not encoded yet: press “Encode” first")
        info, audio = session.codec.info, clip.sound.audio
        if audio.shape[0] != info.channels:
            audio = audio.mean(axis=0, keepdims=True)
        if clip.sound.sample_rate != info.sample_rate:
            audio = soxr.resample(audio.T, clip.sound.sample_rate, info.sample_rate).T
        self._base = BackingClip(session.latents[clip_id].values, modes, audio, running)
        session.host.set_base(self._base)
        self.base = clip_id

    def stop_base(self) -> None:
        """Only the terrain again."""
        self._base, self.base = None, ""
        if self._session.running_host is not None:
            self._session.running_host.set_base(None)

    def mix(self, wet: float) -> None:
        """1 is the decoded sound alone, 0 the base clip itself.

        Raises:
            traitlets.TraitError: If it is not 0 to 1.
        """
        self.wet = wet
        if self._session.running_host is not None:
            self._session.running_host.set_wet(wet)

    # --- latents

    def shape(
        self, *, scale: ArrayLike = 1.0, offset: ArrayLike = 0.0, slew: float = math.inf, limits: Range | None = None
    ) -> None:
        """Shape latents before they are decoded: ``clip(z * scale + offset, limits)``, then at most so fast.

        Args:
            scale: One number, or one per latent.
            offset: One number, or one per latent.
            slew: Largest change in units per second.
            limits: ``(low, high)``, one number or one per latent each; unset, those of the training data.

        Raises:
            ValueError: If shapes disagree or a range is upside down.
        """
        before, self._shape = self._shape, {"scale": scale, "offset": offset, "slew": slew, "limits": limits}
        try:
            self._publish_shape()
        except ValueError:
            self._shape = before
            raise

    def keep_within(self, latent_range: Range | None) -> None:
        """The range of the training data, which latents are kept within where nothing else is asked for."""
        self._range = latent_range
        self._publish_shape()

    def _publish_shape(self) -> None:
        from terrain_widgets.audio.engine.latent_chain import LatentSettings

        shape = dict(self._shape)
        limits = shape.pop("limits", None) or self._range
        if not shape and limits is None:
            return
        low, high = limits if limits is not None else (-4.0, 4.0)
        self._session.player.shape(LatentSettings.of(self._session.codec.info.latent_dim, low, high, **shape))

    # --- recording, device, panic

    def record(self, path: str | os.PathLike[str] | None = None, max_seconds: float = 3600.0) -> str:
        """Record what is heard, at the engine's end, with its gestures beside it.

        Args:
            path: Of the WAV file; ``.json`` and ``.safetensors`` stand beside it. Left out, ``take-<time>.wav`` here.
            max_seconds: Where it ends by itself.

        Returns:
            The path.

        Raises:
            RuntimeError: If the engine is not ready yet.
        """
        target = Path(path) if path is not None else Path(time.strftime("take-%Y%m%d-%H%M%S.wav"))
        target = target.with_suffix(".wav").absolute()
        self._session.host.record(target, max_seconds)
        self.recording = str(target)
        return self.recording

    def stop_recording(self) -> str:
        """End the recording; its files are whole when this returns.

        Raises:
            RuntimeError: If nothing is recorded.
            OSError: If the disk refused something.
        """
        if not self.recording:
            raise RuntimeError("nothing is being recorded")
        self.recording = ""
        return self._session.host.stop_recording()

    def use_device(self, settings: DeviceSettings | None) -> None:
        """Play on a sound device of the kernel's machine, or (``None``) no longer."""
        self._device = settings
        self.device = None if settings is None else settings.device or "default"
        if settings is not None:
            self._session.host.use_device(settings)
        elif self._session.running_host is not None:
            self._session.running_host.use_device(None)

    def panic(self) -> None:
        """Silence, now; playheads pause and the base clip waits for the hand."""
        self._session.player.panic()
        host = self._session.running_host
        if any(head.playing for head in self.playheads.values()):
            self._set({name: replace(head, playing=False) for name, head in self.playheads.items()})
        if self._base is not None and self._base.running and host is not None:
            self._base = replace(self._base, running=False)
            host.set_base(self._base)

    def prepare(self, host: Host) -> None:
        """Set a fresh engine to all of this."""
        if self.playheads:
            host.set_playheads(list(self.playheads.values()))
        if self._base is not None:
            host.set_base(self._base)
        if self.wet != 1.0:
            host.set_wet(self.wet)
        if self._device is not None:
            host.use_device(self._device)

    def forget_codec(self) -> None:
        """The codec changes: what was made of the old one's latents goes."""
        self._base, self.base, self._range, self._shape, self.recording = None, "", None, {}, ""
        self.playheads = {}
        self._session.player.shape(None)
