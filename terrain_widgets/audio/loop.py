"""The loop that keeps a ring filled: the same in the audio process and in the fallback thread."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.control import ControlBlock, Gesture, Telemetry
from terrain_widgets.audio.engine import Engine
from terrain_widgets.audio.ring import Ring
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]


class RenderLoop:
    """Renders into the ring, whenever that holds less than ``ring_frames`` latent frames, what the hand does now.

    Args:
        codec: What decodes.
        mapping: What is played at first.
        ring: Where the sound goes; this is its writer.
        control: Where gestures come from and levels go.
        ring_frames: How many latent frames are kept ready: latency against safety.
        seed: As for ``Engine``.
    """

    def __init__(
        self, codec: Codec, mapping: Mapping | None, ring: Ring, control: ControlBlock, ring_frames: int, seed: int = 0
    ) -> None:
        self.engine = Engine(codec, mapping, seed=seed)
        self._codec, self._ring, self._control = codec, ring, control
        self._ring_frames = max(1, int(ring_frames))
        first = control.gesture()
        self._onsets, self._panics = first.onsets, first.panics
        if first.gate:
            self._onsets -= 1  # a hand that is down already counts as coming down now
        self._at: FloatArray | None = None
        self._load = 0.0

    def warm_up(self) -> None:
        """Let the codec compile or allocate what it needs, outside the sound."""
        stream = self._codec.stream(1)
        for frames in (1, 1, 1, self._ring_frames):
            stream.decode(np.zeros((1, self.engine.info.latent_dim, frames), dtype=np.float32))
        # the mapping's first call is as slow as the codec's
        self.engine.mapping(np.zeros((1, self.engine.mapping.control_dim), dtype=np.float32))

    def command(self, name: str, payload: Any) -> None:
        """What comes rarely: ``mapping`` (a Mapping) or ``range`` (low, high); an error is kept in the engine."""
        try:
            if name == "mapping":
                self.engine.set_mapping(payload)
            elif name == "range":
                self.engine.set_latent_range(*payload)
            else:
                raise ValueError(f"unknown command {name!r}")
        except Exception as error:
            self.engine.error = f"{name} refused: {error}"

    def step(self) -> float:
        """Render what is missing; returns how many seconds may be slept before the next step."""
        ratio, rate = self.engine.info.ratio, self.engine.info.sample_rate
        missing = self._ring_frames * ratio - self._ring.available
        if missing <= 0:
            return min(0.005, 0.25 * ratio / rate)
        count = min(-(-missing // ratio), self._ring.free // ratio)
        if count < 1:
            return 0.002
        gesture = self._control.gesture()
        if gesture.panics != self._panics:
            self._panics = gesture.panics
            self._onsets = gesture.onsets  # a hand that was down when panic came has to lift first
            self.engine.panic()
        elif gesture.onsets != self._onsets:
            self._onsets = gesture.onsets
            self.engine.rearm()
        began = time.perf_counter()
        # 0 is "closed" to the engine, and the lightest pressure is still a hand that is down
        gate = max(1e-4, min(1.0, gesture.pressure)) if gesture.gate else 0.0
        self._ring.write(self.engine.render(self._path(gesture, count), gate, gesture.gain))
        took = (time.perf_counter() - began) * rate / (count * ratio)
        self._load += (took - self._load) * 0.2
        level = self.engine.level
        self._control.put_telemetry(
            Telemetry(
                level.peak_db,
                level.rms_db,
                level.limiter_db,
                level.nan_count,
                self._load,
                level.frames,
                self.engine.silent,
                self._panics,
            )
        )
        return 0.0

    def _path(self, gesture: Gesture, count: int) -> FloatArray:
        """Coordinates ``[count, C]``: straight from where the last block ended to where the hand is."""
        dim = self.engine.mapping.control_dim
        here = np.zeros(dim, dtype=np.float32)
        given = np.asarray(gesture.coordinates[:dim], dtype=np.float32)
        here[: len(given)] = np.where(np.isfinite(given), given, 0.0)
        before = self._at if self._at is not None and len(self._at) == dim else here
        if self.engine.silent:
            before = here  # a new touch starts where it lands
        weight = (np.arange(1, count + 1, dtype=np.float32) / count)[:, None]
        self._at = here
        return before + weight * (here - before)
