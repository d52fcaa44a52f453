"""The three ways to make sound beside a notebook that the engine's benchmark compares, all with 200 ms of buffering.

All run the same ``Engine`` with the same codec, terrain, hand and resampler: they differ in where it runs.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import soxr
import torch
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import DeviceSettings, DeviceStatus
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.hosts.thread import ThreadHost
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]

BUFFERING = 0.2  # seconds between what renders and what is heard, in all designs
SETTINGS = DeviceSettings(latency_seconds=0.05, buffer_seconds=BUFFERING - 0.05)
_READY_SECONDS = 120.0


def wait(condition: Callable[[], object], what: Callable[[], object], seconds: float = _READY_SECONDS) -> None:
    """Wait for something.

    Raises:
        RuntimeError: If it does not come; says ``what``.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"this did not come to play: {what()}")
        time.sleep(0.02)


class Design(ABC):
    """Something that plays on the default sound device; a context."""

    name = ""

    def __init__(self, codec: Codec, mapping: Mapping, latents: Update) -> None:
        self.codec, self.mapping, self.latents = codec, mapping, latents
        self.place = np.zeros(2)

    @abstractmethod
    def __enter__(self) -> Design:
        """Play; returns when it does."""

    @abstractmethod
    def __exit__(self, *_: object) -> None:
        """Stop."""

    def move(self, place: NDArray[np.float64]) -> None:
        """The hand is here, and down."""
        self.place = place

    @abstractmethod
    def xruns(self) -> int:
        """Times that the sound ran out, as this design knows itself."""

    @abstractmethod
    def load(self) -> float:
        """Render time over sound time, of late."""


class _Hosted(Design):
    """A host and its device."""

    def __enter__(self) -> Design:
        self.host = self._host()
        self.host.update(self.latents)
        self.host.start()
        self.host.move(self.place, True)
        self.host.use_device(SETTINGS)
        wait(
            lambda: self._device().state == "playing" and self.host.status().frames > 10,
            lambda: (self.host.status(), self._device()),
        )
        return self

    def __exit__(self, *_: object) -> None:
        self.host.use_device(None)
        self.host.close()

    @abstractmethod
    def _host(self) -> LocalHost: ...

    def _device(self) -> DeviceStatus:
        return self.host.device_status() or DeviceStatus()

    def move(self, place: NDArray[np.float64]) -> None:
        super().move(place)
        self.host.move(place, True)

    def xruns(self) -> int:
        return self._device().xruns

    def load(self) -> float:
        return self.host.status().load


class Process(_Hosted):
    """This package's way: an engine in a process of its own, which owns the device."""

    name = "process"

    def _host(self) -> LocalHost:
        return ProcessHost(self.codec, self.mapping)

    @property
    def niceness(self) -> int:
        """Of the child; negative where this user may."""
        assert isinstance(self.host, ProcessHost)
        return int(psutil.Process(self.host.pid).nice())


class Thread(_Hosted):
    """The same engine in a thread of the kernel, between ring and device."""

    name = "thread in kernel"

    def _host(self) -> LocalHost:
        return ThreadHost(self.codec, self.mapping)


class Callback(Design):
    """The shortest way: decode when the device asks. Its whole buffering is the device's."""

    name = "decode in callback"

    def __enter__(self) -> Design:
        info = self.codec.info
        self._engine = Engine(self.codec, self.mapping)
        self._engine.update(self.latents)
        rate = 48000  # as the other two: PulseAudio's own resampling would break up, and be blamed on the design
        self._resampler = soxr.ResampleStream(info.sample_rate, rate, 1)
        self._ready = np.zeros(0, dtype=np.float32)
        self._flags, self._load = 0, 0.0
        with torch.inference_mode():
            for _ in range(4):
                self._render()
        import sounddevice  # not before the server plays: importing it starts PortAudio, which looks for devices

        self._stream = sounddevice.OutputStream(
            samplerate=rate,
            channels=2,
            dtype="float32",
            latency=BUFFERING,
            callback=self._play,
        )
        self._stream.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.abort()
        self._stream.close()

    def _render(self) -> None:
        began = time.perf_counter()
        audio = self._engine.render(np.asarray(self.place)[None], 1.0)
        self._ready = np.concatenate([self._ready, self._resampler.resample_chunk(audio[0])])
        took = (time.perf_counter() - began) * self.codec.info.frame_rate
        self._load += 0.2 * (took - self._load)

    def _play(self, out: FloatArray, frames: int, _when: Any, status: Any) -> None:
        self._flags += bool(status.output_underflow)
        with torch.inference_mode():
            while len(self._ready) < frames:
                self._render()
        out[:] = self._ready[:frames, None]
        self._ready = self._ready[frames:]

    def xruns(self) -> int:
        """Callbacks that PortAudio flags, which misses most."""
        return self._flags

    def load(self) -> float:
        """As decoded in the callback."""
        return self._load


class Hand:
    """Moves a design's hand in a circle, once in three seconds, from a thread of its own, as a page would.

    Args:
        design: What plays.
    """

    def __init__(self, design: Design) -> None:
        self._design, self._stop = design, threading.Event()
        self._thread = threading.Thread(target=self._run, name="benchmark-hand", daemon=True)

    def __enter__(self) -> Hand:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(1 / 60):
            angle = 2 * np.pi * time.monotonic() / 3.0
            self._design.move(0.6 * np.array([np.cos(angle), np.sin(angle)]))
