"""A sound device as the renderer sees it: it opens by itself, comes back by itself, and takes what is written."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import DeviceSettings, DeviceStatus
from terrain_widgets.audio.device.device_player import DevicePlayer
from terrain_widgets.audio.device.kept_open import KeptOpen
from terrain_widgets.audio.engine.output.limiter import CEILING
from terrain_widgets.audio.memory.ring import Ring

FloatArray = NDArray[np.float32]

_PADDING_SECONDS = 0.1  # of silence after the latency: stopping drops what is under way, and that must not be sound
_SLACK_SECONDS = 1.0  # room in the ring beyond its target, for a renderer that writes whole latent frames


@dataclass
class _Stream:
    """What one opening of the device made.

    Args:
        ring: Between the renderer and the callback, at the device's rate.
        resampler: From the codec's rate, where that is another; the renderer's alone.
        player: The callback.
        rate: Hz of the device.
        target: Samples to keep in the ring.
        level: Samples in the ring and the resampler while it plays, smoothed.
        latency: Seconds, as PortAudio reports.
    """

    ring: Ring
    resampler: Any
    player: DevicePlayer
    rate: int
    target: int
    level: float
    latency: float = 0.0

    def counts(self) -> NDArray[np.int64]:
        """Xruns, starved samples, samples."""
        return np.array([self.player.xruns, self.player.starved_samples, self.player.samples])


class DeviceOutput:
    """Plays what one thread, the renderer, writes, through PortAudio; use it in the process that renders.

    ``KeptOpen`` opens the device and watches it. The renderer calls ``missing``, ``write``, ``poll``, ``retrigger`` and
    ``rest``, all of which return at once.

    Panic: the callback compares ``panics()`` with the number of the panic that was last acknowledged. While they differ
    it is silent, after a fade within its block, and drops the ring. The renderer, once its engine has seen panic number
    ``n``, calls ``retrigger(n)``: what was written before is dropped, what is written after is heard. So nothing
    rendered before the panic is heard, whichever of the two sees it first.

    Args:
        channels: A, of what is written.
        sample_rate: Hz of what is written.
        settings: Which device, and how soon.
        panics: Counts panics, as seen from another process; called in each block of the device, so it takes no lock.
    """

    def __init__(
        self,
        channels: int,
        sample_rate: int,
        settings: DeviceSettings | None = None,
        panics: Callable[[], int] = lambda: 0,
    ) -> None:
        self.channels, self.sample_rate = int(channels), int(sample_rate)
        self.settings = settings or DeviceSettings()
        self._panics, self._rearmed = panics, panics()
        # the stream, and what was counted in those before it: one attribute, so that no thread sees half a change
        self._now: tuple[_Stream | None, NDArray[np.int64]] = (None, np.zeros(3, dtype=np.int64))
        self._device = self.settings.device or ""
        self._said: tuple[object, ...] = ()
        self._kept = KeptOpen("terrain-device", self._use)
        self._kept.start()

    # -- for the renderer

    def missing(self) -> int:
        """How many samples, at ``sample_rate``, would fill the ring now; 0 while there is no device."""
        stream = self._now[0]
        if stream is None:
            return 0
        ready = stream.ring.available
        if stream.player.playing:
            held = 0.0 if stream.resampler is None else stream.resampler.delay()
            stream.level += 0.01 * (ready + held - stream.level)  # half a second, asked every 5 ms
        lacking = max(stream.target, stream.player.largest) - ready
        return max(0, -(-lacking * self.sample_rate // stream.rate))

    def write(self, audio: FloatArray) -> None:
        """Add sound ``[A, S]`` at ``sample_rate``; what the ring has no room for (a second too much) is dropped."""
        stream = self._now[0]
        if stream is None or audio.shape[1] == 0:
            return
        if stream.resampler is not None:
            audio = stream.resampler.resample_chunk(np.ascontiguousarray(audio.T)).T
            # Filtered again, the limiter's peaks may come out some hundredths of a dB higher.
            audio = np.clip(audio, -CEILING, CEILING)
        if stream.ring.channels < audio.shape[0]:
            audio = audio.mean(axis=0, keepdims=True)
        stream.ring.write(audio)

    def poll(self) -> DeviceStatus | None:
        """The status, if its state, message or xruns have changed since the last one, or half a second has gone by."""
        stream, before = self._now
        beat = 0 if stream is None else int(2 * time.monotonic())
        now = (self._kept.state, self._kept.message, before[0] + (stream.player.xruns if stream else 0), beat)
        if now == self._said:
            return None
        self._said = now
        return self.status()

    def retrigger(self, panics: int) -> None:
        """Sound again after panic number ``panics``, with what is written from now on."""
        self.rest()
        self._rearmed = panics

    def rest(self) -> None:
        """Fade out and drop what is written; that nothing follows is intended, and counts as no xrun."""
        stream = self._now[0]
        if stream is not None:
            if stream.resampler is not None:
                stream.resampler.clear()
            stream.player.drop()

    def status(self) -> DeviceStatus:
        """How it is doing; from any thread."""
        stream, counts = self._now
        if stream is not None:
            counts = counts + stream.counts()
        state, message = self._kept.state, self._kept.message
        status = DeviceStatus(state, message, self._device, 0, int(counts[0]), int(counts[1]), samples=int(counts[2]))
        if stream is None:
            return status
        level = stream.level / stream.rate
        return replace(status, rate=stream.rate, latency_seconds=stream.latency, ring_seconds=level)

    def close(self) -> None:
        """Fade out and free the device; waits until that was heard, and not at all if there was silence."""
        self._kept.close()

    def __repr__(self) -> str:
        return f"<DeviceOutput {self._device or 'default'!r} {self._kept.state}>"

    # -- the device's own thread

    def _use(self, gone: threading.Event, finished: Callable[[], None]) -> None:
        from terrain_widgets.audio.device import portaudio

        made: list[_Stream] = []

        def build(plan: portaudio.Plan) -> DevicePlayer:
            self._device = plan.name
            made.append(self._stream(plan.channels, plan.rate))
            return made[0].player

        device = portaudio.open_output(self.settings, self.channels, self.sample_rate, build, finished)
        stream, before = made[0], self._now[1]
        try:
            stream.latency = float(device.latency)
            stream.player.prime(int(stream.latency * stream.rate))
            device.start()
            self._now = stream, before
            self._kept.plays()
            stopped = (
                f"the sound device {self._device!r} stopped: it was unplugged, or its sound server ended; it plays on "
                "when it is back, or choose another"
            )
            stalled = f"the sound device {self._device!r} takes no more sound; it is opened again"
            failed = f"playing on {self._device!r} failed ({{}}); it is opened again"
            self._kept.watch(stream.player, gone, stopped, stalled, failed)
            self._fade_out(stream, gone)
        finally:
            portaudio.close_stream(device)
            self._now = None, before + stream.counts()

    def _stream(self, channels: int, rate: int) -> _Stream:
        audio = min(self.channels, channels)
        target = max(1, int(self.settings.buffer_seconds * rate))
        ring = Ring.create(audio, target + int(_SLACK_SECONDS * rate), private=True)
        resampler = None if rate == self.sample_rate else soxr.ResampleStream(self.sample_rate, rate, self.channels)
        player = DevicePlayer(ring, channels, rate, target, lambda: self._panics() != self._rearmed)
        return _Stream(ring, resampler, player, rate, target, level=target)

    def _fade_out(self, stream: _Stream, gone: threading.Event) -> None:
        stream.player.end()
        silence = stream.latency + _PADDING_SECONDS
        deadline = time.monotonic() + silence + 0.1
        while stream.player.quiet_samples < silence * stream.rate and time.monotonic() < deadline:
            if gone.wait(0.01):
                break
