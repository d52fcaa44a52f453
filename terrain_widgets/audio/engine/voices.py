"""The voices of an engine: the hand's, with a clip underneath, and one for each playhead."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.clip_player import ClipPlayer
from terrain_widgets.audio.engine.compatibility import check_playheads
from terrain_widgets.audio.engine.latent_chain import LatentSettings
from terrain_widgets.audio.engine.playhead import Playhead, Transport
from terrain_widgets.audio.engine.voice import Voice
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]


class Voices:
    """Who sounds, and with which latents. Whatever begins or ends does so at the boundary of a latent frame.

    For each part of a block: ``open_and_close``, ``span``, ``latents`` and ``mix`` if there are rows, ``advance``.

    Args:
        info: The codec.
        ramp_samples: Length of the gates' and the mix's ramps.

    Attributes:
        settings: How latents are shaped.
        base: The clip that runs underneath the hand's voice.
        panicked: Whether panic keeps all of them silent.
    """

    def __init__(self, info: CodecInfo, ramp_samples: int) -> None:
        self._info, self._ramp = info, ramp_samples
        self.settings = LatentSettings.of(info.latent_dim)
        self.base = ClipPlayer(info, ramp_samples)
        self._transports: list[Transport] = []
        self.restart()

    def restart(self) -> None:
        """All silent, as at the start; playheads keep their places, the clip begins anew."""
        self._transports = [Transport(head) for head in self.playheads]
        self.base.begin()
        self._voices = [self._new() for _ in range(1 + len(self._transports))]
        self._bad_of_the_gone = 0
        self._hand_gate, self._hand_was_down, self.panicked = 0.0, False, False

    def _new(self) -> Voice:
        return Voice(self.settings, self._ramp, self._info.frame_rate, self._info.ratio)

    # --- what there is to see

    @property
    def playheads(self) -> tuple[Playhead, ...]:
        """The playheads, each beginning at where it is now."""
        return tuple(transport.now for transport in self._transports)

    @property
    def positions(self) -> tuple[float, ...]:
        """Where each playhead is, in points of its path; -1 for one that does not sound."""
        sounding = [voice.active for voice in self._voices[1:]]
        return tuple(t.position if on else -1.0 for t, on in zip(self._transports, sounding, strict=False))

    @property
    def hand_silent(self) -> bool:
        """The hand's own voice is silent, whatever the playheads do."""
        return not self._voices[0].active

    @property
    def silent(self) -> bool:
        """None sounds, and none is about to."""
        return not any(voice.active or self._wanted(k) > 0.0 for k, voice in enumerate(self._voices))

    @property
    def bad_rows(self) -> int:
        """Latent rows that were no numbers, since the start."""
        return self._bad_of_the_gone + sum(voice.guard.count for voice in self._voices)

    # --- what may change between two blocks

    def glide(self) -> None:
        """What comes next comes from elsewhere: all lead over to it."""
        for voice in self._voices:
            voice.glide()

    def set_latents(self, settings: LatentSettings) -> None:
        """Shape latents by these settings."""
        self.settings = settings
        for voice in self._voices:
            voice.guard.settings = settings
        self.glide()

    def set_playheads(self, playheads: Sequence[Playhead]) -> None:
        """Play along these paths. The k-th goes on from where the k-th was.

        Raises:
            ValueError: If they and the hand are more voices than the codec has.
        """
        check_playheads(playheads, self._info)
        kept = self._transports[: len(playheads)]
        for transport, voice, head in zip(kept, self._voices[1:], playheads, strict=False):
            if transport.take(head):
                voice.glide()
        self._transports = kept + [Transport(head) for head in playheads[len(kept) :]]
        # A voice whose playhead is gone still has to fade out: it stays, and its place with it.
        while len(self._voices) < 1 + len(self._transports):
            self._voices.append(self._new())

    def panic(self, ramp_samples: int) -> None:
        """Close all gates; what plays by itself is paused."""
        self.panicked = True
        for transport in self._transports:
            transport.take(replace(transport.playhead, playing=False))
        self.base.stop()
        for voice in self._voices:
            voice.gate.close(ramp_samples)

    def steer(self, gate: float) -> bool:
        """Where the hand is: 0 is up. Returns whether it has come down."""
        down = gate > 0.0
        touched = down and not self._hand_was_down
        if touched:
            self.base.rewind_if_ended()
        self._hand_was_down, self._hand_gate = down, gate
        return touched

    def lift_hand(self) -> None:
        """Take the hand as having been up."""
        self._hand_was_down = False

    def close_at_once(self) -> None:
        """All gates shut without a ramp, to fade in again: for a block that was muted."""
        for voice in self._voices:
            target = voice.gate.target
            voice.gate.jump(0.0)
            voice.gate.set(target)

    # --- part by part of a block

    def open_and_close(self) -> int:
        """Begin what begins now and end what ends; returns how many rows of the decoder are needed."""
        for k, voice in enumerate(self._voices):
            level = self._wanted(k)
            if level > 0.0:
                if not voice.active:
                    voice.forget()
                voice.gate.open(level)
            elif voice.gate.target != 0.0:
                voice.gate.close()
        while len(self._voices) > 1 + len(self._transports) and not self._voices[-1].active:
            self._bad_of_the_gone += self._voices.pop().guard.count
        self._sounding = [voice.active for voice in self._voices]
        return max((k + 1 for k, sounds in enumerate(self._sounding) if sounds), default=0)

    def _wanted(self, k: int) -> float:
        """The level at which a voice's gate should be open now."""
        if self.panicked:
            return 0.0
        if k == 0:
            return (self._hand_gate or float(self.base.running)) if self.base.frames_left else 0.0
        if k > len(self._transports):
            return 0.0
        transport = self._transports[k - 1]
        return transport.playhead.gain if transport.playhead.playing and not transport.ended else 0.0

    def span(self, most: int) -> int:
        """Frames until something begins or ends, so that a part has the same rows throughout."""
        ends = [voice.frames_left for voice in self._voices if voice.active]
        ends += [t.frames_left for t in self._transports if t.playhead.playing and not t.ended]
        if self.base.frames_left:
            ends.append(self.base.frames_left)
        return max(1, int(min([most, *ends])))

    def latents(self, mapping: Mapping, table: FloatArray, rows: int) -> FloatArray:
        """Latents of all rows for the hand's places ``[T, C]``: ``[B, D, T]``; a silent row rests at the origin."""
        frames, wanted = len(table), mapping.control_dim
        out = np.zeros((rows, frames, self._info.latent_dim), dtype=np.float32)
        for k, voice in enumerate(self._voices[:rows]):
            if not voice.active:
                continue
            places = table
            if k:
                if k > len(self._transports):  # its playhead is gone: what it was dies away
                    out[k] = voice.held(frames)
                    continue
                path = self._transports[k - 1].advance(frames)
                places = np.zeros((frames, wanted), dtype=np.float32)
                places[:, : path.shape[1]] = path[:, :wanted]
            # One place at a time: a matrix product rounds differently with the number of rows, a last bit of a pitch
            # becomes a phase in some seconds, and live would no longer be what is rendered in larger blocks.
            raw = np.concatenate([np.asarray(mapping(places[i : i + 1]), dtype=np.float32) for i in range(frames)])
            out[k] = voice.latents(self.base.steer(raw) if k == 0 else raw)
        return np.ascontiguousarray(out.transpose(0, 2, 1))

    def mix(self, decoded: FloatArray) -> FloatArray:
        """Decoded rows ``[B, A, S]`` through their gates to one sound ``[A, S]``."""
        mixed: FloatArray | None = None
        for k, row in enumerate(decoded):
            if self._sounding[k]:
                sound = self._voices[k].gate.process(self.base.mix(row) if k == 0 else row)
                mixed = sound if mixed is None else mixed + sound
        return np.zeros(decoded.shape[1:], dtype=np.float32) if mixed is None else mixed

    def advance(self, frames: int) -> None:
        """Move on what ``latents`` has not moved on: playheads turned down to nothing, and the clip underneath."""
        for transport, sounds in zip(self._transports, self._sounding[1:], strict=False):
            if transport.playhead.playing and not transport.ended and not sounds:
                transport.advance(frames)
        if self._sounding[0]:
            self.base.advance(frames)
