"""A sound device of the kernel's machine that is listened to."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

import numpy as np

from terrain_widgets.audio.device import portaudio
from terrain_widgets.audio.device.device import InputSettings
from terrain_widgets.audio.device.device_input import DeviceInput, _Stream
from terrain_widgets.audio.device.portaudio import input_devices
from tests.audio.listening import TONE, wait_for
from tests.audio.pulse import RATE, PulseServer, pulse
from tests.real_time import ALONE

pytestmark = ALONE

__all__ = ["pulse"]


def test_a_device_is_listened_to_and_what_is_no_device_is_said(pulse: PulseServer) -> None:
    assert {"pulse", "default"} <= {device.name for device in input_devices()}
    player = subprocess.Popen(
        ["pacat", "--format=float32le", "--rate=48000", "--channels=1"], stdin=subprocess.PIPE, env=pulse.environment
    )
    assert player.stdin is not None
    player.stdin.write((0.5 * np.sin(2 * np.pi * TONE * np.arange(RATE * 8) / RATE)).astype(np.float32).tobytes())
    device = DeviceInput(44100, InputSettings(latency_seconds=0.05, margin_seconds=0.05))
    level = 0.0
    end = time.monotonic() + 30.0
    while level < 0.3 and time.monotonic() < end:
        time.sleep(0.05)
        part = device.take(2048)
        level = float(np.abs(np.fft.rfft(part * np.hanning(len(part)))).max() * 4 / len(part))
    loudest = np.argmax(np.abs(np.fft.rfft(part * np.hanning(len(part))))) * 44100 / len(part)
    assert level > 0.3 and abs(loudest - TONE) < 22, (level, loudest, device.status())
    assert device.status().state == "playing" and device.status().latency_seconds > 0.05
    player.kill()
    player.wait()
    device.close()
    lost = DeviceInput(44100, InputSettings("Interface X"))
    wait_for(lambda: lost.status().state == "lost")
    assert "no sound device 'Interface X'" in lost.status().message
    lost.close()
    assert not portaudio._open_streams


class SilentDevice(DeviceInput):
    """Opens nothing: its stream is filled by the test."""

    def _use(self, gone: threading.Event, finished: Callable[[], None]) -> None:
        self._stream = _Stream(22050, self.sample_rate)


def test_what_has_not_come_is_silence_and_what_is_too_old_is_left_out() -> None:
    device = SilentDevice(44100, InputSettings(margin_seconds=0.01))
    wait_for(lambda: device._stream is not None)
    stream = device._stream
    assert stream is not None
    came = np.sin(np.arange(22050) * 0.1).astype(np.float32)

    def come(first: int, count: int) -> None:
        for at in range(first, first + count, 500):
            stream(np.stack([came[at : at + 500]] * 2, axis=1), 500, None, None)

    assert not device.take(1024).any() and device.status().gaps == 0  # nothing has come yet
    come(0, 2000)
    first = device.take(1024)
    assert np.abs(first).max() > 0.5
    come(2000, 500)
    second = device.take(1024)
    assert abs(second[0] - first[-1]) <= 1.5 * np.abs(np.diff(first)).max()  # without a hole
    assert not device.take(4096)[2000:].any() and device.status().gaps == 1
    come(2500, 15000)  # the renderer has stood still: it is not heard a second late
    assert np.abs(device.take(1024)).max() > 0.5 and len(device._held) < 1500
    device.close()
