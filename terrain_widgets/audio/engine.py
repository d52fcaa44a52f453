"""The engine: coordinates in, sound out; one and the same code live and offline."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.limiter import Limiter
from terrain_widgets.audio.processors import DCBlock, Fade, Gain, LatentGuard, NanGuard
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import ConstantMapping, Mapping

FloatArray = NDArray[np.float32]

DEFAULT_LATENT_LIMIT = 4.0  # encoders that learn a unit normal stay inside this
_SWAP_FRAMES = 4
_PANIC_SECONDS = 0.005
_METER_FALL_DB = 24.0  # per second
_SILENCE_DB = -120.0


def decibels(linear: float) -> float:
    """Linear amplitude to dB, not below -120."""
    return max(_SILENCE_DB, 20.0 * math.log10(linear)) if linear > 0.0 else _SILENCE_DB


@dataclass(frozen=True)
class Level:
    """What a meter shows.

    Args:
        peak_db: Peak in dBFS, falling 24 dB per second after a maximum.
        rms_db: RMS in dBFS over about 0.1 s.
        limiter_db: Largest gain reduction in dB (0 or positive), falling like the peak.
        nan_count: Samples and latent rows that were no numbers, since the start.
        frames: Latent frames rendered since the start.
    """

    peak_db: float = _SILENCE_DB
    rms_db: float = _SILENCE_DB
    limiter_db: float = 0.0
    nan_count: int = 0
    frames: int = 0


class Engine:
    """Coordinates → mapping → latent guard → codec → NaN guard → DC block → gate and gain → limiter.

    Args:
        codec: What decodes.
        mapping: What turns coordinates into latents; ``None`` plays the latent origin everywhere.
        seed: Handed to the codec's stream if that draws noise (has a ``seed`` method).
        ramp_seconds: Length of the gate's and the gain's ramps.

    Attributes:
        error: Text of the newest exception that the codec or mapping raised in a block, or ``""``; a new mapping
            clears it. Such a block is muted and the engine goes on.
    """

    def __init__(self, codec: Codec, mapping: Mapping | None, *, seed: int = 0, ramp_seconds: float = 0.03) -> None:
        self.info = info = codec.info
        self.error = ""
        self.frames = 0
        self._stream = codec.stream(1)
        if hasattr(self._stream, "seed"):
            self._stream.seed(seed)
        ramp = max(1, round(ramp_seconds * info.sample_rate))
        limit = np.full(info.latent_dim, DEFAULT_LATENT_LIMIT, dtype=np.float32)
        self._latents = LatentGuard(-limit, limit)
        self._nan = NanGuard()
        self._dc = DCBlock(info.channels, info.sample_rate)
        self._gate = Fade(ramp)
        self._gain = Gain(ramp)
        self._limiter = Limiter(info.channels, info.sample_rate)
        self._mute = Gain(max(1, int(_PANIC_SECONDS * info.sample_rate)))  # behind the limiter: panic waits for nothing
        self._panicked = False
        self._gate_was_on = False
        self._held: FloatArray | None = None  # latents that a swap fades away from
        self._swap_left = 0
        self._last_latents: FloatArray | None = None
        self._last_sample = np.zeros(info.channels)
        self._peak_db, self._limited_db, self._power = _SILENCE_DB, 0.0, 0.0
        self._mapping = self._checked(mapping)

    @property
    def delay(self) -> int:
        """Samples by which the limiter holds the sound back."""
        return self._limiter.delay

    @property
    def mapping(self) -> Mapping:
        """What is played."""
        return self._mapping

    @property
    def silent(self) -> bool:
        """The gate is closed, its fade has ended, and nothing is left inside."""
        return self._gate.silent and (self._limiter.idle or (self._mute.target == 0.0 and self._mute.remaining == 0))

    @property
    def level(self) -> Level:
        """The meters' state after the last block."""
        rms_db = decibels(math.sqrt(self._power))
        return Level(self._peak_db, rms_db, self._limited_db, self._nan.count + self._latents.count, self.frames)

    def set_latent_range(self, low: ArrayLike, high: ArrayLike) -> None:
        """Clamp latents to ``low``..``high`` (one number or ``[D]`` each) from the next block on."""
        self._latents.set_range(low, high)

    def set_mapping(self, mapping: Mapping | None) -> None:
        """Swap the mapping in whole before the next block; latents glide over in a few frames.

        Raises:
            ValueError: If the mapping has another number of latents than the codec.
        """
        self._mapping = self._checked(mapping)
        self.error = ""
        if self._last_latents is not None and not self._gate.silent:
            # Gliding from the latents last played, rather than from the old mapping, stays continuous however fast
            # swaps follow each other (a terrain in training arrives many times a second).
            self._held, self._swap_left = self._last_latents, _SWAP_FRAMES

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
        """Silence within 5 ms; until the gate goes off and on again."""
        self._panicked = True
        self._mute.set(0.0)
        self._gate.close(self._mute.ramp_samples)

    def rearm(self) -> None:
        """Take the gate as having been off: for a host that knows of an off and on between two blocks."""
        self._gate_was_on = False

    def render(self, coordinates: Any, gate: float, gain: float = 1.0) -> FloatArray:
        """The next block.

        Args:
            coordinates: ``[T, C]`` in control units, one row per latent frame.
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
        # A closed gate needs no decoding after its fade; whole frames, so that the block size changes nothing.
        heard = len(table) if self._gate.target > 0.0 else min(len(table), -(-self._gate.remaining // ratio))
        audio = np.zeros((self.info.channels, len(table) * ratio), dtype=np.float32)
        if heard:
            audio[:, : heard * ratio] = self._decoded(table[:heard])
        self.frames += len(table)
        out = self._mute.process(self._limiter.process(audio))
        self._measure(out)
        return out

    def flush(self) -> FloatArray:
        """The limiter's last ``delay`` samples ``[A, delay]``; for the end of an offline rendering."""
        return self._mute.process(self._limiter.process(np.zeros((self.info.channels, self.delay), dtype=np.float32)))

    def _steer(self, gate: float, gain: float) -> None:
        on = gate > 0.0
        if on and not self._gate_was_on and self._panicked:
            self._panicked = False
            self._mute.set(1.0)
        self._gate_was_on = on
        if on and not self._panicked:
            self._gate.open(gate)
        elif self._gate.target != 0.0:
            self._gate.close()
        self._gain.set(max(0.0, gain))

    def _decoded(self, table: FloatArray) -> FloatArray:
        count = len(table) * self.info.ratio
        try:
            latents = self._latents.process(np.asarray(self._mapping(table), dtype=np.float32))
            latents = self._glided(latents)
            decoded = np.asarray(self._stream.decode(np.ascontiguousarray(latents.T[None])), dtype=np.float32)[0]
            if decoded.shape != (self.info.channels, count):
                raise ValueError(
                    f"the codec gave {decoded.shape} where {(self.info.channels, count)} audio samples were expected"
                )
        except Exception as error:  # whatever a codec does, the sound's thread must live
            self.error = f"{type(error).__name__}: {error}"
            return self._muted_block(count)
        before = self._nan.count
        clean = self._nan.process(decoded)
        if self._nan.count != before:
            self._stream.reset()  # a NaN in a decoder's memory would stay there for good
        shaped = self._gain.process(self._gate.process(self._dc.process(clean)))
        self._last_sample = shaped[:, -1].astype(np.float64)
        return shaped

    def _glided(self, latents: FloatArray) -> FloatArray:
        if self._swap_left and self._held is not None:
            # weights 1/(n+1) .. n/(n+1), wherever this block lies in the glide
            place = (_SWAP_FRAMES - self._swap_left + 1.0 + np.arange(len(latents))) / (_SWAP_FRAMES + 1.0)
            weight = np.minimum(1.0, place)[:, None].astype(np.float32)
            latents = (1.0 - weight) * self._held + weight * latents
            self._swap_left = max(0, self._swap_left - len(latents))
        self._last_latents = latents[-1].copy()
        return latents

    def _muted_block(self, count: int) -> FloatArray:
        """Silence after a failure: the last sample dies away in 2 ms, and what comes next fades in."""
        fade = np.exp(-np.arange(1, count + 1) / (0.002 * self.info.sample_rate))
        tail = (self._last_sample[:, None] * np.where(fade > 1e-4, fade, 0.0)).astype(np.float32)
        self._last_sample = tail[:, -1].astype(np.float64)
        target = self._gate.target
        self._gate.jump(0.0)
        self._gate.set(target)
        self._dc.reset()
        return tail

    def _measure(self, out: FloatArray) -> None:
        if out.shape[1] == 0:
            return
        seconds = out.shape[1] / self.info.sample_rate
        fall = _METER_FALL_DB * seconds
        self._peak_db = max(decibels(float(np.abs(out).max())), self._peak_db - fall, _SILENCE_DB)
        self._limited_db = max(self._limiter.take_reduction_db(), self._limited_db - fall, 0.0)
        keep = math.exp(-seconds / 0.1)
        self._power = keep * self._power + (1.0 - keep) * float(np.mean(np.square(out, dtype=np.float64)))


def render(
    mapping: Mapping | None,
    codec: Codec,
    coordinates: Any,
    *,
    gain: float = 1.0,
    fade_seconds: float = 0.02,
    seed: int = 0,
    latent_range: tuple[ArrayLike, ArrayLike] | None = None,
) -> FloatArray:
    """Play a path offline: the engine that plays live, over one coordinate per latent frame.

    Args:
        mapping: What turns coordinates into latents.
        codec: What decodes.
        coordinates: ``[T, C]`` in control units, or a ``SpatialTrajectory``.
        gain: Linear gain before the limiter.
        fade_seconds: Fade at both ends.
        seed: As for ``Engine``.
        latent_range: Lowest and highest latents, as ``Engine.set_latent_range`` takes them.

    Returns:
        Audio ``[A, T * ratio]`` at the codec's rate, at most -1 dBFS, the limiter's delay taken out.

    Raises:
        ValueError: If shapes disagree.
        RuntimeError: If the codec or the mapping fails; live, that would be a muted block.
    """
    engine = Engine(codec, mapping, seed=seed, ramp_seconds=fade_seconds)
    if latent_range is not None:
        engine.set_latent_range(*latent_range)
    table = np.asarray(getattr(coordinates, "values", coordinates), dtype=np.float32)
    engine._gain.jump(max(0.0, float(gain)))  # the gate's ramp is the fade in
    parts = [engine.render(table[i : i + 16], 1.0, gain) for i in range(0, len(table), 16)] or [
        engine.render(table, 1.0, gain)
    ]
    if engine.error:
        raise RuntimeError(f"rendering failed: {engine.error}")
    audio = np.concatenate([*parts, engine.flush()], axis=1)[:, engine.delay :]
    length = min(audio.shape[1], round(fade_seconds * codec.info.sample_rate))
    if length > 0:
        place = np.arange(length, 0, -1) / length - 1.0 / length  # ends on zero
        audio[:, -length:] *= (place * place * (3.0 - 2.0 * place)).astype(np.float32)
    return audio
