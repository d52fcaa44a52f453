"""A sound device that is listened to: it opens and comes back by itself, and gives samples at the codec's rate."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import InputSettings, InputStatus
from terrain_widgets.audio.device.kept_open import KeptOpen
from terrain_widgets.audio.memory.ring import Ring

FloatArray = NDArray[np.float32]

_RING_SECONDS = 2.0
_MOST_MARGINS = (
    4  # above it the oldest sound is dropped: the device's clock runs faster, or the renderer has stood still
)


class _Stream:
    """What one opening of the device made; called by a thread of PortAudio, it copies and nothing else.

    Args:
        rate: Hz of the device.
        sample_rate: Hz that is wanted.
    """

    def __init__(self, rate: int, sample_rate: int) -> None:
        self.ring = Ring.create(1, int(_RING_SECONDS * rate), private=True)
        self.resampler: Any = None if rate == sample_rate else soxr.ResampleStream(rate, sample_rate, 1)
        self.blocks, self.fault = 0, ""
        self.largest = 0  # samples that came at once, at the wanted rate
        self.latency = 0.0
        self._times = sample_rate / rate

    def __call__(self, heard: FloatArray, frames: int, _time: Any, _flags: Any) -> None:
        """Take ``[frames, channels]``."""
        self.blocks += 1
        self.largest = max(self.largest, int(frames * self._times))
        self.ring.write(heard.mean(axis=1)[None])  # what there is no room for is old by then

    def read(self) -> FloatArray:
        """All that has come, at the wanted rate."""
        samples: FloatArray = self.ring.read(self.ring.available)[0]
        if self.resampler is None or not len(samples):
            return samples
        resampled: FloatArray = self.resampler.resample_chunk(samples)
        return resampled


class DeviceInput:
    """Hears a device through PortAudio, as one channel; use it in the process that renders.

    ``KeptOpen`` opens the device and watches it. The renderer calls ``take`` and ``status``, which return at once.

    Args:
        sample_rate: Hz of what is given.
        settings: Which device, and how soon.
    """

    def __init__(self, sample_rate: int, settings: InputSettings | None = None) -> None:
        self.sample_rate, self.settings = int(sample_rate), settings or InputSettings()
        self._margin = int(self.settings.margin_seconds * sample_rate)
        self._stream: _Stream | None = None
        self._came_from: _Stream | None = None  # what is held came from it
        self._held = np.zeros(0, dtype=np.float32)
        self._runs, self._gaps = False, 0
        self._device = self.settings.device or ""
        self._kept = KeptOpen("terrain-input", self._use)
        self._kept.start()

    # -- for the renderer

    def take(self, count: int) -> FloatArray:
        """The next ``count`` samples; where they have not come there is silence, and the rest comes later."""
        stream = self._stream
        if stream is not self._came_from:
            self._came_from, self._held, self._runs = stream, np.zeros(0, dtype=np.float32), False
        if stream is not None:
            self._held = np.concatenate([self._held, stream.read()])
        margin = max(self._margin, 0 if stream is None else stream.largest)
        if not self._runs and len(self._held) < count + margin:
            return np.zeros(count, dtype=np.float32)
        if not self._runs or len(self._held) > count + _MOST_MARGINS * margin:
            self._held = self._held[len(self._held) - count - margin :]
        self._runs = len(self._held) >= count
        self._gaps += not self._runs
        out = np.zeros(count, dtype=np.float32)
        part, self._held = self._held[:count], self._held[count:]
        out[: len(part)] = part
        return out

    def status(self) -> InputStatus:
        """How it is doing; its level is the caller's to add."""
        stream = self._stream
        late = 0.0
        if stream is not None:
            late = stream.latency + max(self._margin, stream.largest) / self.sample_rate
        return InputStatus(self._kept.state, self._kept.message, self._device, latency_seconds=late, gaps=self._gaps)

    def close(self) -> None:
        """Free the device."""
        self._kept.close()

    def __repr__(self) -> str:
        return f"<DeviceInput {self._device or 'default'!r} {self._kept.state}>"

    # -- the device's own thread

    def _use(self, gone: threading.Event, finished: Callable[[], None]) -> None:
        from terrain_widgets.audio.device import portaudio

        made: list[_Stream] = []

        def build(plan: portaudio.Plan) -> _Stream:
            self._device = plan.name
            made.append(_Stream(plan.rate, self.sample_rate))
            return made[0]

        device = portaudio.open_input(self.settings, self.sample_rate, build, finished)
        stream = made[0]
        try:
            stream.latency = float(device.latency)
            device.start()
            self._stream = stream
            self._kept.plays()
            stopped = (
                f"the microphone {self._device!r} stopped: it was unplugged, or its sound server ended; it is heard "
                "again when it is back, or choose another"
            )
            stalled = f"the microphone {self._device!r} gives no more sound; it is opened again"
            self._kept.watch(stream, gone, stopped, stalled)
        finally:
            portaudio.close_stream(device)
            self._stream = None
