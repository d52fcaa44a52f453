"""How long from a gesture to its sound: steps of the hand, found again in a recording of the device's monitor."""

from __future__ import annotations

import contextlib
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.designs import wait
from terrain_widgets.audio.device.device import DeviceSettings, DeviceStatus
from terrain_widgets.audio.hosts.latency import latency_parts
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.mapping import Mapping
from tests.audio.pulse import RATE, PulseServer, Recorder

FloatArray = NDArray[np.float32]

LEFT, RIGHT = np.array([-0.5, 0.0]), np.array([0.5, 0.0])
_WINDOW = 92  # samples of the envelope: two periods of the tone that is played


class Clock:
    """When a recorder's samples came: the monotonic time of its first sample, from the earliest arrival of any.

    What it says is late by the shortest way from the device's monitor into the recorder's file, never by a longer one.

    Args:
        recorder: One that runs.
    """

    def __init__(self, recorder: Recorder) -> None:
        self._recorder, self.start = recorder, float("inf")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="benchmark-clock", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.0005):
            self.start = min(self.start, time.monotonic() - self._recorder.seconds)

    def stop(self) -> None:
        """No more."""
        self._stop.set()
        self._thread.join()


@contextlib.contextmanager
def short_periods(server: PulseServer) -> Iterator[None]:
    """Have the server's sink render 5 ms at a time, as a sound card of short periods.

    A null sink has no periods of its own: it renders as far ahead as the most demanding listener of its monitor allows,
    50 ms with our recorder alone, and then takes 50 ms at once from a player that has only 10.
    """
    command = ["parec", "--format=float32le", f"--rate={RATE}", "--channels=1", "--device=ci.monitor"]
    listener = subprocess.Popen(
        [*command, "--latency-msec=5"], env=server.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        listener.terminate()
        listener.wait(5)


class Reference:
    """Single samples from a plain stream, and when PortAudio says that each of them is heard.

    Args:
        latency: What PortAudio is asked for. It must be that of what is measured: a sound server renders, and its
            monitor hears, as far ahead of the moment that it calls "now" as its most demanding client allows.
    """

    def __init__(self, latency: float | str) -> None:
        self._latency = latency
        self.heard: list[float] = []  # monotonic seconds

    def play(self, count: int, every: float = 0.25) -> None:
        """Play so many, one every so many seconds."""
        import sounddevice  # not before the server plays: importing it starts PortAudio, which looks for devices

        step, position = int(every * RATE), 0
        pending: list[float] = []

        def callback(out: FloatArray, frames: int, when: Any, _status: object) -> None:
            nonlocal position
            out[:] = 0.0
            first = -(-position // step) * step
            for at in range(first, position + frames, step):
                if at > 0:
                    out[at - position] = 0.9
                    pending.append(when.outputBufferDacTime + (at - position) / RATE)
            position += frames

        with sounddevice.OutputStream(
            samplerate=RATE, channels=2, dtype="float32", latency=self._latency, callback=callback
        ) as stream:
            apart = min(((time.monotonic() - stream.time) for _ in range(200)), key=abs)
            time.sleep(every * (count + 1) + stream.latency)
        self.heard += [moment + apart for moment in pending[:count]]


@dataclass(frozen=True)
class Response:
    """What was measured with one setting; all in seconds.

    Args:
        settings: Of the device.
        delays: From each gesture to half of its change in level, in what is heard; of those that met no dropout.
        recorder: What was taken off for the recorder: how late it gets what PortAudio says is heard; negative where the
            monitor is ahead of that.
        parts: What ``latency.py`` says, without the page's part.
        xruns: While it was measured.
    """

    settings: DeviceSettings
    delays: NDArray[np.float64]
    recorder: float
    parts: tuple[tuple[str, float], ...]
    xruns: int


def respond(
    server: PulseServer, codec: Codec, mapping: Mapping, settings: DeviceSettings, steps: int, seed: int = 0
) -> Response:
    """Step between two places that sound differently loud, and find each step.

    Args:
        server: Whose monitor is recorded.
        codec: What plays, with a tone of about 1047 Hz.
        mapping: 24 dB quieter at ``LEFT`` than at ``RIGHT``.
        settings: Of the device.
        steps: How many.
        seed: Of the moments.

    Raises:
        RuntimeError: If half of the steps, or of the reference's samples, are not in the recording.
    """
    with short_periods(server):
        return _respond(server, codec, mapping, settings, steps, np.random.default_rng(seed))


def _respond(
    server: PulseServer,
    codec: Codec,
    mapping: Mapping,
    settings: DeviceSettings,
    steps: int,
    rng: np.random.Generator,
) -> Response:
    recorder = server.recorder()
    recorder.start()
    clock = Clock(recorder)
    reference = Reference(settings.latency_seconds)
    reference.play(12)
    moments: list[float] = []
    parts = []
    with ProcessHost(codec, mapping) as host:
        host.move(LEFT, True)
        host.use_device(settings)
        wait(lambda: (host.device_status() or DeviceStatus()).samples > RATE or host.status().frames > 60, host.status)
        time.sleep(1.0)
        before = (host.device_status() or DeviceStatus()).xruns
        began = time.monotonic()
        for k in range(steps):
            place = RIGHT if k % 2 == 0 else LEFT
            moments.append(time.monotonic())
            host.move(place, True)
            time.sleep(float(rng.uniform(0.35, 0.4)))  # at any moment of a latent frame
            parts.append([seconds for _, seconds in latency_parts(host)])
        ended = time.monotonic()
        names = [name for name, _ in latency_parts(host)]
        xruns = (host.device_status() or DeviceStatus()).xruns - before
        host.use_device(None)
        time.sleep(0.6)
    reference.play(12)
    time.sleep(0.3)
    clock.stop()
    heard = recorder.stop()[0]
    arrivals = _impulses(heard, reference, clock.start, began, ended)
    late = float(np.median(arrivals))
    delays = np.array([part_way(heard, moment, clock.start) for moment in moments]) - late
    means = np.mean(parts, axis=0)
    said = tuple((name, float(value)) for name, value in zip(names, means, strict=True) if name != "gesture")
    found = delays[np.isfinite(delays)]
    if len(found) < steps / 2:
        raise RuntimeError(f"only {len(found)} of {steps} steps are in the recording: it is full of dropouts")
    return Response(settings, found, late, said, xruns)


def _impulses(heard: FloatArray, reference: Reference, start: float, began: float, ended: float) -> list[float]:
    """How late each impulse of the reference came, where it stands alone."""
    late = []
    for moment in reference.heard:
        if began - 0.3 < moment < ended + 0.3:
            continue
        first = max(0, int((moment - start - 0.05) * RATE))
        piece = np.abs(heard[first : first + RATE // 5])
        if len(piece) and piece.max() > 0.5:
            late.append((first + int(piece.argmax())) / RATE + start - moment)
    if len(late) < 6:
        raise RuntimeError(f"of {len(reference.heard)} reference samples only {len(late)} were recorded")
    return late


def part_way(
    heard: FloatArray, moment: float, start: float, rate: int = RATE, part: float = 0.5, within: float = 0.33
) -> float:
    """When a step is heard.

    Args:
        heard: A recording ``[S]`` of a tone of about 1047 Hz.
        moment: When the hand stepped.
        start: When the first sample was heard, on the same clock.
        rate: Hz.
        part: Of the way from the old level to the new one, above 0 and below 1.
        within: Seconds in which it is looked for; the new level has to be there in the last twentieth of a second.

    Returns:
        Seconds from the moment until the level has gone that part of its way; NaN if it does not change by 24 dB.
    """
    window = round(_WINDOW / RATE * rate)
    at = int((moment - start) * rate)
    power = np.convolve(heard[at - window : at + int(within * rate)].astype(np.float64) ** 2, np.ones(window) / window)
    level = np.sqrt(np.maximum(power, 0.0))[window : -window + 1]
    before, after = np.median(level[:200]), np.median(level[-rate // 20 :])
    if not 8.0 < max(before, after) / max(1e-9, min(before, after)) < 32.0:
        return float("nan")  # a dropout there
    beyond = (level > before + part * (after - before)) == (after > before)
    # half the envelope's window: the mean of what is around a sample, not of what came before it
    return (int(np.argmax(beyond)) - window / 2) / rate + (at / rate + start - moment)
