"""Sound devices where there is none: settings, errors, and the kernel's handle."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from terrain_widgets.audio.device.device import DeviceSettings

_WITHOUT = """
import json, time
import numpy as np
{before}
from terrain_widgets.audio.device.device_output import DeviceOutput
from terrain_widgets.audio.device.portaudio import output_devices
try:
    devices = len(output_devices())
except RuntimeError as error:
    devices = str(error)
output = DeviceOutput(1, 48000)
deadline = time.monotonic() + 10
while output.status().state == "opening" and time.monotonic() < deadline:
    time.sleep(0.02)
status = output.status()
missing = output.missing()
output.write(np.zeros((1, 100), np.float32))
output.retrigger(1)
output.close()
print(json.dumps([devices, status.state, status.message, missing, output.status().state]))
"""


def _without(before: str, tmp_path: Path) -> list[Any]:
    # a server named, and not there: libpulse would start one of its own; and no settings of the user's
    environment = {**os.environ, "PULSE_SERVER": f"unix:{tmp_path / 'none'}"}
    environment.update(dict.fromkeys(("HOME", "XDG_RUNTIME_DIR", "PULSE_RUNTIME_PATH"), str(tmp_path)))
    environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
    environment.pop("ALSA_CONFIG_PATH", None)
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT.format(before=before)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answer: list[Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def test_without_the_portaudio_library(tmp_path: Path) -> None:
    devices, state, message, missing, end = _without(
        "import ctypes.util\nctypes.util.find_library = lambda name: None", tmp_path
    )
    assert devices == message and "sudo apt-get install libportaudio2" in message
    assert (state, missing, end) == ("closed", 0, "closed")


def test_without_any_device(tmp_path: Path) -> None:
    cards = Path("/proc/asound/cards")
    if cards.exists() and "no soundcards" not in cards.read_text():
        pytest.skip("this machine has a sound card")
    devices, state, message, missing, end = _without("", tmp_path)
    assert devices == 0 and message.startswith("this machine has no sound output: connect one")
    assert (state, missing, end) == ("lost", 0, "closed")


def test_importing_opens_nothing() -> None:
    code = "import sys, terrain_widgets.audio.device.portaudio, terrain_widgets.audio.device.device_output\n"
    code += "sys.exit('sounddevice' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"device": ""}, "a device's name"),
        ({"device": 3}, "a device's name"),
        ({"latency_seconds": 3.0}, "0.001 to 2 s, or 'low' or 'high', got 3.0"),
        ({"latency_seconds": "medium"}, "got 'medium'"),
        ({"latency_seconds": float("nan")}, "got nan"),
        ({"buffer_seconds": 0}, "buffer_seconds is 0.001 to 2 s"),
        ({"block": -1}, "block is 0"),
        ({"block": 1.5}, "block is 0"),
        ({"rate": 100}, "rate is 8000 to 384000"),
    ],
)
def test_settings_say_what_is_wrong(wrong: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        DeviceSettings(**wrong)


def test_settings_are_json() -> None:
    settings = DeviceSettings("Interface X", "low", 0.05, 256, 48000)
    assert DeviceSettings(**json.loads(json.dumps(dataclasses.asdict(settings)))) == settings
