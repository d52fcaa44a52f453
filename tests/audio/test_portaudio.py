from __future__ import annotations

import atexit
import dataclasses
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.device import portaudio
from terrain_widgets.audio.device.device import DeviceError, DeviceSettings, DeviceStatus
from terrain_widgets.audio.device.device_output import DeviceOutput
from terrain_widgets.audio.device.portaudio import output_devices
from tests.audio.listening import FRAME, LEVEL, OWN_STEP, Renderer, fidelity, sounding, wait_for
from tests.audio.pulse import RATE, PulseServer, pulse
from tests.real_time import ALONE, real_time

pytestmark = ALONE

__all__ = ["pulse"]

# more than the defaults: these tests ask what the code does to the sound, not how long the machine stands still
SAFE = DeviceSettings(latency_seconds=0.2, buffer_seconds=0.3)


@pytest.fixture(autouse=True)
def living_server(request: pytest.FixtureRequest) -> None:
    """No test finds the server dead because another failed."""
    if "pulse" in request.fixturenames:
        server: PulseServer = request.getfixturevalue("pulse")
        if not server.answers():
            server.kill()
            server.start()


@pytest.fixture
def playing(pulse: PulseServer) -> Iterator[Callable[..., Renderer]]:
    renderers: list[Renderer] = []

    def start(channels: int = 1, rate: int = RATE, settings: DeviceSettings = SAFE, **more: Any) -> Renderer:
        renderer = Renderer(DeviceOutput(channels, rate, settings, **more), channels)
        renderers.append(renderer)
        wait_for(lambda: renderer.output.status().state == "playing")
        return renderer

    yield start
    for renderer in renderers:
        renderer.close()


@real_time
@pytest.mark.parametrize(
    ("rate", "settings", "least"),
    [
        (48000, SAFE, 120.0),
        (48000, dataclasses.replace(SAFE, block=256), 120.0),
        (44100, SAFE, 120.0),  # through our own resampler
    ],
)
def test_a_sine_comes_back(
    pulse: PulseServer, playing: Callable[..., Renderer], rate: int, settings: DeviceSettings, least: float
) -> None:
    recorder = pulse.recorder()
    recorder.start()
    renderer = playing(rate=rate, settings=settings)
    wait_for(lambda: renderer.output.status().samples > 3.2 * renderer.output.status().rate)
    assert [device.is_default for device in output_devices()].count(True) == 1  # looking at devices while one plays
    status = renderer.output.status()
    renderer.close()
    pieces = sounding(recorder.stop()[0])
    assert len(pieces) == 1, f"{len(pieces) - 1} dropouts"
    assert len(pieces[0]) > 3.1 * RATE, "what was played was heard to its end"
    decibels, drift = fidelity(pieces[0][RATE // 2 : 3 * RATE])
    print(f"{rate} Hz, {settings}: {decibels:.1f} dB, {drift:.5f} rad, {status}")
    assert decibels > least and drift < 0.01
    assert np.abs(np.diff(pieces[0])).max() < 1.05 * OWN_STEP
    assert status.state == "playing" and status.message == "" and status.xruns == 0 == status.starved_samples
    assert status.rate == RATE and 0.15 < status.latency_seconds < 0.25 and 0.25 < status.ring_seconds < 0.4


@real_time
def test_mono_is_heard_on_both_sides_and_stereo_keeps_its_sides(
    pulse: PulseServer, playing: Callable[..., Renderer]
) -> None:
    for channels, balance in ((1, 1.0), (2, 0.5)):
        recorder = pulse.recorder(channels=2)
        recorder.start()
        renderer = playing(channels=channels)
        wait_for(lambda r=renderer: r.output.status().samples > RATE)
        renderer.close()
        heard = recorder.stop()
        np.testing.assert_allclose(heard[1], balance * heard[0], atol=1e-6)
        assert np.abs(heard[0]).max() == pytest.approx(LEVEL, abs=0.01)


@pytest.mark.parametrize(
    ("takes", "wanted", "rate"),
    [
        ((), None, 44100),  # what PulseAudio's device says of itself
        ((32000, 45678), None, 48000),  # a sound server: it takes anything, and is spared the work
        ((32000,), None, 32000),  # a sound card
        ((32000, 45678), 96000, 96000),
    ],
)
def test_the_rate_that_a_device_runs_at(
    pulse: PulseServer, monkeypatch: pytest.MonkeyPatch, takes: tuple[int, ...], wanted: int | None, rate: int
) -> None:
    monkeypatch.setattr(portaudio, "_takes", lambda *asked: asked[-1] in takes)
    output = DeviceOutput(1, 32000, DeviceSettings(latency_seconds="high", rate=wanted))
    wait_for(lambda: output.status().state == "playing")
    assert output.status().rate == rate
    output.close()


@real_time
def test_the_sound_server_dies_and_comes_back(pulse: PulseServer, playing: Callable[..., Renderer]) -> None:
    renderer = playing()
    wait_for(lambda: renderer.output.status().samples > RATE // 2)
    pulse.kill()
    took = wait_for(lambda: renderer.output.status().state == "lost")
    assert took < 1.0
    message = renderer.output.status().message
    assert "'default' stopped" in message and "plays on when it is back" in message
    assert renderer.output.missing() == 0
    renderer.output.write(np.zeros((1, FRAME), np.float32))
    time.sleep(0.8)  # a try or two in vain
    status = renderer.output.status()
    assert status.state == "lost" and status.message and status.rate == 0 and status.samples > RATE // 2
    pulse.start()
    recorder = pulse.recorder()
    recorder.start()
    back = wait_for(lambda: renderer.output.status().state == "playing", 6.0)
    print(f"lost after {took:.2f} s, back after {back:.2f} s; {message}")
    before = renderer.output.status().samples
    wait_for(lambda: renderer.output.status().samples > before + 1.5 * RATE)
    status = renderer.output.status()
    renderer.close()
    pieces = sounding(recorder.stop()[0])
    assert len(pieces) == 1 and fidelity(pieces[0][RATE // 4 : RATE])[0] > 60.0
    assert status.message == "" and status.xruns == 0


@real_time
def test_panic_is_heard_within_a_block_and_leaves_nothing_behind(
    pulse: PulseServer, playing: Callable[..., Renderer]
) -> None:
    count = 0
    recorder = pulse.recorder()
    recorder.start()
    renderer = playing(panics=lambda: count)
    output = renderer.output
    wait_for(lambda: output.status().samples > RATE)
    stream = output._now[0]
    assert stream is not None
    before, count = output.status().samples, 1
    time.sleep(0.4)  # the renderer has not seen it yet, and goes on writing
    assert output.status().samples - before <= stream.player.largest

    def retrigger() -> None:
        output.retrigger(1)
        renderer.frequency = 440.0

    renderer.todo.append(retrigger)
    time.sleep(1.5)
    status = output.status()
    renderer.close()
    heard = recorder.stop()[0]
    pieces = sounding(heard)
    assert len(pieces) == 2
    # all that went to the device before the panic is heard, and at most two blocks more: one may have been under way
    assert before <= len(pieces[0]) + 10 and len(pieces[0]) <= before + 2 * stream.player.largest
    decibels, _ = fidelity(pieces[1][RATE // 50 : RATE // 2], 440.0)
    after = len(pieces[0]) - before
    print(f"{after} samples after the panic, blocks of {stream.player.largest}; then {decibels:.1f} dB")
    assert decibels > 60.0, "only what was rendered after the panic"
    assert np.abs(np.diff(heard)).max() < 1.1 * OWN_STEP
    assert status.xruns == 0


@real_time
def test_starving_does_not_click_and_is_counted(pulse: PulseServer, playing: Callable[..., Renderer]) -> None:
    recorder = pulse.recorder()
    recorder.start()
    renderer = playing()
    wait_for(lambda: renderer.output.status().samples > RATE // 2)
    renderer.writing = False
    wait_for(lambda: renderer.output.status().xruns == 1)
    assert renderer.output.status().starved_samples > 0
    time.sleep(0.3)
    renderer.writing = True
    wait_for(lambda: renderer.output.status().samples > 1.5 * RATE)
    renderer.todo.append(renderer.output.rest)
    renderer.writing = False
    time.sleep(0.5)
    status = renderer.output.status()
    renderer.close()
    heard = recorder.stop()[0]
    pieces = sounding(heard)
    assert len(pieces) == 2
    assert status.xruns == 1, "and the rest that was meant is none"
    gap = np.flatnonzero(np.abs(heard) > 1e-6)
    silent = int(np.diff(gap).max())
    step = np.abs(np.diff(heard)).max() / OWN_STEP
    print(f"gap of {silent} samples, {status.starved_samples} counted, step {step:.3f} of the music's own")
    assert abs(silent - status.starved_samples) < 0.01 * RATE
    assert step < 1.1
    assert renderer.said[-1].xruns == 1, "poll tells of it"
    assert renderer.said[-1].ring_seconds > 0.2, "and, twice a second, of what the sound waits for"


def test_a_fault_in_the_callback_is_told_and_survived(pulse: PulseServer) -> None:
    broken = threading.Event()

    def panics() -> int:
        if broken.is_set():
            broken.clear()
            raise OSError("no counter")
        return 0

    renderer = Renderer(DeviceOutput(1, RATE, SAFE, panics))
    try:
        wait_for(lambda: renderer.output.status().samples > 4800)
        broken.set()
        wait_for(lambda: any(status.state == "lost" for status in renderer.said))
        assert "failed (OSError: no counter)" in [s for s in renderer.said if s.state == "lost"][0].message
        wait_for(lambda: renderer.output.status().state == "playing")
    finally:
        renderer.close()


def test_closing_in_silence_does_not_wait(pulse: PulseServer) -> None:
    settings = DeviceSettings(latency_seconds=1.0)
    output = DeviceOutput(1, RATE, settings)
    wait_for(lambda: output.status().state == "playing")
    time.sleep(0.3)
    began = time.monotonic()
    output.close()
    assert time.monotonic() - began < 0.5
    assert output.poll() == output.status() == DeviceStatus("closed", "", "default") and output.missing() == 0
    assert output.poll() is None
    output.close()
    DeviceOutput(1, RATE, settings).close()  # before it was open


def test_opening_and_closing_leaves_nothing(pulse: PulseServer) -> None:
    def cycle() -> None:
        output = DeviceOutput(1, 44100, DeviceSettings(latency_seconds=0.02, buffer_seconds=0.02, rate=48000))
        wait_for(lambda: output.status().state == "playing")
        output.write(np.full((1, 4096), 0.1, np.float32))
        output.close()

    def left() -> tuple[int, int]:
        return len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd"))

    cycle()
    before = left()
    for _ in range(20):
        cycle()
    # the kernel takes a moment to forget a thread that has been joined
    wait_for(lambda: all(now <= then for now, then in zip(left(), before, strict=True)))
    assert pulse.answers()


def test_a_process_that_forgets_to_close_ends_all_the_same(pulse: PulseServer) -> None:
    code = (
        "import time\n"
        "from terrain_widgets.audio.device.device_output import DeviceOutput\n"
        "output = DeviceOutput(1, 48000)\n"
        "while output.status().state != 'playing': time.sleep(0.01)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**pulse.environment}, capture_output=True, timeout=30)
    assert done.returncode == 0 and not done.stderr, done.stderr.decode()


def test_a_driver_that_never_lets_go_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """As ALSA's plug for PulseAudio after some underruns: then nothing, not even Python's end, may wait for it."""
    unregistered: list[object] = []
    library = SimpleNamespace(_exit_handler=lambda: None)
    monkeypatch.setattr(portaudio, "_LONGEST_CLOSE", 0.05)
    monkeypatch.setattr(portaudio, "_ended", False)
    monkeypatch.setattr(atexit, "unregister", unregistered.append)
    answers = threading.Event()
    stuck = SimpleNamespace(abort=answers.wait, close=lambda: None)  # a double of a stream
    assert not portaudio.close_stream(stuck)
    begun: list[str] = []
    again = SimpleNamespace(
        _initialized=True,
        _terminate=lambda: begun.append("terminate"),
        _initialize=lambda: begun.append("initialize"),
        PortAudioError=OSError,
    )
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "sounddevice", again)
        patch.setattr(portaudio, "_first", False)
        patch.setattr(portaudio, "_ours", True)
        assert portaudio._portaudio() is again and begun == [], "a thread is in the library still"

    monkeypatch.setattr(portaudio, "_open_streams", [stuck])
    portaudio._end(library)
    assert unregistered == [library._exit_handler] and not portaudio._open_streams
    with pytest.raises(DeviceError, match="ending"):
        output_devices()
    answers.set()
    for closing in portaudio._stuck:
        closing.join(20.0)
    monkeypatch.setattr(portaudio, "_stuck", [])


def test_devices(pulse: PulseServer) -> None:
    devices = output_devices()
    assert {"pulse", "default"} <= {device.name for device in devices}
    (default,) = [device for device in devices if device.is_default]
    assert default.name == "default" and default.channels >= 2 and default.label == "default, ALSA"
    for name in ("pulse", "pulse, ALSA"):
        output = DeviceOutput(1, RATE, DeviceSettings(name))
        wait_for(lambda o=output: o.status().state == "playing")
        assert output.status().device == "pulse"
        output.close()


def test_a_device_that_is_not_there(pulse: PulseServer) -> None:
    output = DeviceOutput(1, RATE, DeviceSettings("Interface X"))
    wait_for(lambda: output.status().state == "lost")
    assert output.status().message == "there is no sound device 'Interface X' now; there is 'default', 'pulse'"
    assert output.missing() == 0
    output.close()
    assert output.status().state == "closed"
