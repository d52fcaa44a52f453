"""The engine: coordinates in, sound out; one and the same code live and offline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.base_clip import BaseClip
from terrain_widgets.audio.base_player import BasePlayer
from terrain_widgets.audio.latent_processors import LatentSettings
from terrain_widgets.audio.limiter import Limiter
from terrain_widgets.audio.meter import Level, Meter
from terrain_widgets.audio.processors import DCBlock, FaultGuard, Gain
from terrain_widgets.audio.transport import Playhead, Transport
from terrain_widgets.audio.voice import Voice
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import ConstantMapping, Mapping

FloatArray = NDArray[np.float32]

RAMP_SECONDS = 0.03
_PANIC_SECONDS = 0.005
_DYING_SECONDS = 0.002


class Engine:
    """Places → mapping → base clip → latent guard → codec → gates → DC block → gain → limiter.

    The first voice is the hand's, whose places come with every block; each playhead has a voice of its own, and all
    voices are rows of one decoder. Whatever changes while a block is rendered (a playhead's end, a fade's) changes at
    the boundary of a latent frame, so that blocks of any size give the same samples.

    Args:
        codec: What decodes.
        mapping: What turns coordinates into latents; ``None`` plays the latent origin everywhere.
        seed: Handed to the codec's stream if that draws noise (has a ``seed`` method).
        ramp_seconds: Length of the gates' and the gain's ramps.

    Attributes:
        error: Text of the newest exception that the codec or mapping raised in a block, or ``""``; a new mapping
            clears it. Such a block is muted and the engine goes on.
        frames: Latent frames rendered since the start.
    """

    def __init__(
        self, codec: Codec, mapping: Mapping | None, *, seed: int = 0, ramp_seconds: float = RAMP_SECONDS
    ) -> None:
        self.info = info = codec.info
        self._seed, self._ramp = seed, max(1, round(ramp_seconds * info.sample_rate))
        self._stream = codec.stream(1)
        self._settings = LatentSettings.of(info.latent_dim)
        self._mapping = self._checked(mapping)
        self._base = BasePlayer(info, self._ramp)
        self._transports: list[Transport] = []
        self._gain = Gain(self._ramp)
        self._begin()

    def _begin(self) -> None:
        info = self.info
        self.error, self.frames, self._rows = "", 0, 1
        if hasattr(self._stream, "seed"):
            self._stream.seed(self._seed)
        self._voices = [self._new_voice() for _ in range(1 + len(self._transports))]
        self._faults = FaultGuard()
        self._dc = DCBlock(info.channels, info.sample_rate)
        self._limiter = Limiter(info.channels, info.sample_rate)
        self._mute = Gain(max(1, int(_PANIC_SECONDS * info.sample_rate)))  # behind the limiter: panic waits for nothing
        self._panicked = self._hand_was_down = False
        self._last_sample = np.zeros(info.channels)
        self._hand_gate = 0.0
        self._bad_rows = 0  # of voices that are gone
        self._meter = Meter(info.sample_rate)

    def _new_voice(self) -> Voice:
        return Voice(self._settings, self._ramp, self.info.frame_rate, self.info.ratio)

    # --- what there is to see

    @property
    def delay(self) -> int:
        """Samples by which the limiter holds the sound back."""
        return self._limiter.delay

    @property
    def mapping(self) -> Mapping:
        """What is played."""
        return self._mapping

    @property
    def latent_settings(self) -> LatentSettings:
        """How latents are shaped."""
        return self._settings

    @property
    def playheads(self) -> tuple[Playhead, ...]:
        """The playheads, each beginning at where it is now."""
        return tuple(transport.now for transport in self._transports)

    @property
    def base(self) -> BaseClip | None:
        """The clip that runs underneath."""
        return self._base.clip

    @property
    def wet(self) -> float:
        """How much of the hand's voice is the decoded sound, the rest being the base clip itself."""
        return self._base.wet

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
        """Nothing sounds any more and nothing is left inside."""
        quiet = not any(voice.active for voice in self._voices) and not self._wants_to_sound()
        return quiet and (self._limiter.idle or (self._mute.target == 0.0 and self._mute.remaining == 0))

    @property
    def level(self) -> Level:
        """The meters' state after the last block."""
        bad = self._faults.count + self._bad_rows + sum(voice.guard.count for voice in self._voices)
        return Level(self._meter.peak_db, self._meter.rms_db, self._meter.limiter_db, bad, self.frames)

    # --- what may change between two blocks

    def restart(self) -> None:
        """Back to a fresh engine's state, with all settings; playheads keep their places, the base clip begins anew."""
        self._stream.reset()
        if self._rows > 1:
            self._stream.resize(1)
        self._transports = [Transport(head) for head in self.playheads]
        self._base.begin()
        self._gain.jump(self._gain.target)
        self._begin()

    def set_latents(self, settings: LatentSettings) -> None:
        """Shape latents by these settings from the next block on."""
        self._settings = settings
        for voice in self._voices:
            voice.guard.settings = settings
            voice.glide()

    def set_latent_range(self, low: ArrayLike, high: ArrayLike) -> None:
        """Clamp latents to ``low``..``high`` (one number or ``[D]`` each), all else as it is."""
        s = self._settings
        self.set_latents(LatentSettings.of(self.info.latent_dim, low, high, s.scale, s.offset, s.slew))

    def set_mapping(self, mapping: Mapping | None) -> None:
        """Swap the mapping in whole before the next block; latents glide over in a few frames.

        Raises:
            ValueError: If the mapping has another number of latents than the codec.
        """
        self._mapping = self._checked(mapping)
        self.error = ""
        for voice in self._voices:
            voice.glide()

    def set_playheads(self, playheads: Sequence[Playhead]) -> None:
        """Play along these paths from the next block on. The k-th goes on from where the k-th was.

        Raises:
            ValueError: If they and the hand are more voices than the codec has.
        """
        most = self.info.max_voices - 1
        if len(playheads) > most:
            raise ValueError(
                f"the codec {self.info.name!r} plays {most} playheads beside the hand, not {len(playheads)}"
            )
        kept = self._transports[: len(playheads)]
        for transport, voice, head in zip(kept, self._voices[1:], playheads, strict=False):
            if transport.take(head):
                voice.glide()
        self._transports = kept + [Transport(head) for head in playheads[len(kept) :]]
        # A voice whose playhead is gone still has to fade out: it stays, and its place with it.
        while len(self._voices) < 1 + len(self._transports):
            self._voices.append(self._new_voice())
        if any(head.playing for head in playheads):
            self._lift_panic()

    def set_base(self, clip: BaseClip | None) -> None:
        """Run this clip underneath the hand's voice, from its beginning; ``None``: only the terrain.

        Raises:
            ValueError: If the clip does not fit the codec.
        """
        self._base.set(clip)
        self._voices[0].glide()
        if clip is not None and clip.running:
            self._lift_panic()

    def set_wet(self, wet: float) -> None:
        """Mix: 1 is the decoded sound alone, 0 the base clip itself; without a base clip it says nothing.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        self._base.set_wet(wet)

    def _checked(self, mapping: Mapping | None) -> Mapping:
        if mapping is None:
            return ConstantMapping(2, np.zeros(self.info.latent_dim, dtype=np.float32))
        if mapping.latent_dim != self.info.latent_dim:
            raise ValueError(
                f"this mapping gives {mapping.latent_dim} latents, but the codec {self.info.name!r} takes "
                f"{self.info.latent_dim}; train a terrain on sounds encoded with this codec"
            )
        return mapping

    def panic(self) -> None:
        """Silence within 5 ms; until the hand lifts and touches again, or something is started anew."""
        self._panicked = True
        self._mute.set(0.0)
        for transport in self._transports:
            transport.take(replace(transport.playhead, playing=False))
        self._base.stop()
        for voice in self._voices:
            voice.gate.close(self._mute.ramp_samples)

    def _lift_panic(self) -> None:
        if self._panicked:
            self._panicked = False
            self._mute.set(1.0)

    def hush(self) -> None:
        """Fade out within 5 ms, to be followed by a block and then ``restart``."""
        self._mute.set(0.0)

    def rearm(self) -> None:
        """Take the hand as having been up: for a host that knows of an off and on between two blocks."""
        self._hand_was_down = False

    def jump_gain(self, gain: float) -> None:
        """Take a gain without a ramp, before anything sounds."""
        self._gain.jump(max(0.0, gain))

    # --- sound

    def render(self, coordinates: Any, gate: float, gain: float = 1.0) -> FloatArray:
        """The next block.

        Args:
            coordinates: The hand's places ``[T, C]`` in control units, one row per latent frame.
            gate: 0 is closed; above it, up to 1, open at that level.
            gain: Linear gain, 0 or more.

        Returns:
            Audio ``[A, T * ratio]``, at most -1 dBFS.

        Raises:
            ValueError: If the coordinates are no table or have another number of columns than the mapping takes.
        """
        table = np.asarray(getattr(coordinates, "values", coordinates), dtype=np.float32)
        wanted = self._mapping.control_dim
        if table.ndim != 2 or (table.shape[1] != wanted and not isinstance(self._mapping, ConstantMapping)):
            raise ValueError(f"coordinates must be a table [T, {wanted}] for this mapping, got shape {table.shape}")
        ratio = self.info.ratio
        self._steer(float(gate), float(gain))
        audio = np.zeros((self.info.channels, len(table) * ratio), dtype=np.float32)
        at = 0
        while at < len(table):
            self._open_and_close()
            rows = max((k for k, voice in enumerate(self._voices) if voice.active), default=-1) + 1
            span = self._span(len(table) - at)
            sounding = [voice.active for voice in self._voices]
            if rows:  # a closed gate needs no decoding
                audio[:, at * ratio : (at + span) * ratio] = self._decoded(table[at : at + span], rows)
            self._advance(span, sounding)
            at += span
        self.frames += len(table)
        out = self._mute.process(self._limiter.process(audio))
        self._meter.take(out, self._limiter.take_reduction_db())
        return out

    def flush(self) -> FloatArray:
        """The limiter's last ``delay`` samples ``[A, delay]``; for the end of an offline rendering."""
        return self._mute.process(self._limiter.process(np.zeros((self.info.channels, self.delay), dtype=np.float32)))

    def _steer(self, gate: float, gain: float) -> None:
        down = gate > 0.0
        if down and not self._hand_was_down:
            self._lift_panic()
            self._base.rewind_if_ended()
        self._hand_was_down, self._hand_gate = down, gate
        self._gain.set(max(0.0, gain))

    def _wants_to_sound(self) -> bool:
        return any(self._wanted(k) > 0.0 for k in range(len(self._voices)))

    def _wanted(self, k: int) -> float:
        """The level at which a voice's gate should be open now."""
        if self._panicked:
            return 0.0
        if k == 0:
            if not self._base.frames_left:
                return 0.0
            return self._hand_gate or float(self._base.running)
        if k > len(self._transports):
            return 0.0
        transport = self._transports[k - 1]
        return transport.playhead.gain if transport.playhead.playing and not transport.ended else 0.0

    def _open_and_close(self) -> None:
        for k, voice in enumerate(self._voices):
            level = self._wanted(k)
            if level > 0.0:
                if not voice.active:
                    voice.forget()
                voice.gate.open(level)
            elif voice.gate.target != 0.0:
                voice.gate.close()
        while len(self._voices) > 1 + len(self._transports) and not self._voices[-1].active:
            self._bad_rows += self._voices.pop().guard.count

    def _span(self, most: int) -> int:
        """Frames until something begins or ends, so that each part of a block has the same rows throughout."""
        ends = [voice.frames_left for voice in self._voices if voice.active]
        ends += [t.frames_left for t in self._transports if t.playhead.playing and not t.ended]
        if self._base.frames_left:
            ends.append(self._base.frames_left)
        return max(1, int(min([most, *ends])))

    def _advance(self, frames: int, sounding: Sequence[bool]) -> None:
        """Move on what was not moved on by decoding: playheads turned down to nothing, and the base clip."""
        for transport, sounds in zip(self._transports, sounding[1:], strict=False):
            if transport.playhead.playing and not transport.ended and not sounds:
                transport.advance(frames)
        if sounding[0]:
            self._base.advance(frames)

    def _decoded(self, table: FloatArray, rows: int) -> FloatArray:
        count = len(table) * self.info.ratio
        try:
            latents = self._latents(table, rows)
            if rows != self._rows:
                self._stream.resize(rows)
                self._rows = rows
            decoded = np.asarray(self._stream.decode(latents), dtype=np.float32)
            if decoded.shape != (rows, self.info.channels, count):
                wanted = (rows, self.info.channels, count)
                raise ValueError(f"the codec gave {decoded.shape} where {wanted} audio samples were expected")
        except Exception as error:  # whatever a codec does, the sound's thread must live
            self.error = f"{type(error).__name__}: {error}"
            return self._muted_block(count)
        if self._faults.faulty(decoded):
            self.error = "the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared"
            self._stream.reset()  # a NaN in a decoder's memory would stay there for good
            return self._muted_block(count)
        mixed = np.zeros((self.info.channels, count), dtype=np.float32)
        for k, voice in enumerate(self._voices[:rows]):
            if voice.active:
                mixed += voice.gate.process(self._base.mix(decoded[k]) if k == 0 else decoded[k])
        shaped = self._gain.process(self._dc.process(mixed))
        self._last_sample = shaped[:, -1].astype(np.float64)
        return shaped

    def _latents(self, table: FloatArray, rows: int) -> FloatArray:
        """Latents of all rows, ``[B, D, T]``; a row that is silent rests at the origin."""
        frames, wanted = len(table), self._mapping.control_dim
        out = np.zeros((rows, frames, self.info.latent_dim), dtype=np.float32)
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
            raw = np.asarray(self._mapping(places), dtype=np.float32)
            out[k] = voice.latents(self._base.steer(raw) if k == 0 else raw)
        return np.ascontiguousarray(out.transpose(0, 2, 1))

    def _muted_block(self, count: int) -> FloatArray:
        """Silence after a failure: the last sample dies away in 2 ms, and what comes next fades in."""
        fade = np.exp(-np.arange(1, count + 1) / (_DYING_SECONDS * self.info.sample_rate))
        tail = (self._last_sample[:, None] * np.where(fade > 1e-4, fade, 0.0)).astype(np.float32)
        self._last_sample = tail[:, -1].astype(np.float64)
        for voice in self._voices:
            target = voice.gate.target
            voice.gate.jump(0.0)
            voice.gate.set(target)
        self._dc.reset()
        return tail
