"""Playing a sine through a device as the engine does, and judging what a recorder heard of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import DeviceStatus
from terrain_widgets.audio.device.device_output import DeviceOutput
from tests.audio.pulse import RATE

FloatArray = NDArray[np.float32]
TONE, LEVEL, FRAME = 997.0, 0.5, 1024
OWN_STEP = LEVEL * 2 * np.pi * TONE / RATE  # the largest between two samples of the sine as recorded


class Renderer:
    """A render loop of one thread, as the engine's, with a sine for a codec."""

    def __init__(self, output: DeviceOutput, channels: int = 1) -> None:
        self.output, self.writing, self.frequency = output, True, TONE
        self.todo: list[Callable[[], None]] = []  # done in the renderer's thread, as the protocol wants
        self.said: list[DeviceStatus] = []
        self._channels, self._phase = channels, 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.005):
            while self.todo:
                self.todo.pop(0)()
            status = self.output.poll()
            if status is not None:
                self.said.append(status)
            missing = self.output.missing() if self.writing else 0
            if missing:
                self.output.write(self._render(-(-missing // FRAME) * FRAME))

    def _render(self, count: int) -> FloatArray:
        step = 2 * np.pi * self.frequency / self.output.sample_rate
        phase = self._phase + step * np.arange(count)
        self._phase = float((phase[-1] + step) % (2 * np.pi))
        audio = np.tile(LEVEL * np.sin(phase), (self._channels, 1))
        audio[1:] *= 0.5
        return audio.astype(np.float32)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self.output.close()


def wait_for(condition: Callable[[], object], seconds: float = 8.0) -> float:
    """How long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.01)
    return time.monotonic() - began


def sounding(audio: FloatArray) -> list[FloatArray]:
    """The pieces of ``[S]`` between silences of at least 1 ms."""
    on = np.flatnonzero(np.abs(audio) > 1e-6)
    if not len(on):
        return []
    ends = np.flatnonzero(np.diff(on) > RATE // 1000)
    starts = np.concatenate([[on[0]], on[ends + 1]])
    stops = np.concatenate([on[ends], [on[-1]]])
    return [audio[a : b + 1] for a, b in zip(starts, stops, strict=True)]


def fidelity(audio: FloatArray, frequency: float = TONE) -> tuple[float, float]:
    """Of a sine ``[S]``: the lowest signal-to-noise ratio of all 100 ms in dB, and the drift of its phase in rad."""
    window, decibels, phases = RATE // 10, [], []
    for start in range(0, len(audio) - window, window):
        angle = 2 * np.pi * frequency / RATE * np.arange(start, start + window)
        basis = np.stack([np.sin(angle), np.cos(angle)], axis=1)
        heard = audio[start : start + window].astype(np.float64)
        fit = np.linalg.lstsq(basis, heard, rcond=None)[0]
        noise = heard - basis @ fit
        decibels.append(10 * np.log10((heard**2).mean() / max((noise**2).mean(), 1e-30)))
        phases.append(np.arctan2(fit[1], fit[0]))
    drift = np.unwrap(phases)
    return min(decibels), float(drift.max() - drift.min())
