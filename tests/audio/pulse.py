"""A sound server of its own for each test module: a sink that nobody hears, and a recorder of what would be heard.

Needs the Debian packages of ``tests/system-packages.sh``. The server has a clock, which ALSA's ``null`` device has not:
that would take 30 million samples in the time of 96 thousand.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.family import Family

FloatArray = NDArray[np.float32]

RATE = 48000
_SCRIPT = """
load-module module-null-sink sink_name=ci rate={rate} channels=2 format=float32le
load-module module-native-protocol-unix auth-anonymous=1 socket={socket}
set-default-sink ci
set-default-source ci.monitor
"""
_ALSA = """
pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.pulse { type pulse }
ctl.pulse { type pulse }
"""


def missing_packages() -> str:
    """The Debian packages that are not here, ``""`` if all are."""
    missing = [p for p, tool in (("pulseaudio", "pulseaudio"), ("pulseaudio-utils", "parec")) if not shutil.which(tool)]
    libraries = Path("/usr/lib")
    if not any(libraries.glob("*/libportaudio.so.2")):
        missing.append("libportaudio2")
    if not any(libraries.glob("*/alsa-lib/libasound_module_pcm_pulse.so")):
        missing.append("libasound2-plugins")
    return " ".join(missing)


class Recorder:
    """Records what the sink plays.

    Args:
        environment: Of the server.
        channels: A.
    """

    def __init__(self, environment: dict[str, str], channels: int = 1) -> None:
        self._environment, self._channels = environment, channels
        self._process: subprocess.Popen[bytes] | None = None
        self._file = tempfile.TemporaryFile()

    def start(self) -> None:
        """Begin; returns when sound, or silence, comes in."""
        self._process = subprocess.Popen(
            ["parec", "--format=float32le", f"--rate={RATE}", f"--channels={self._channels}", "--device=ci.monitor",
             "--latency-msec=50"],
            env=self._environment, stdout=self._file,
        )  # fmt: skip
        _until(lambda: os.fstat(self._file.fileno()).st_size > 0, 5.0, "the recorder hears nothing")

    @property
    def seconds(self) -> float:
        """How much is recorded."""
        return os.fstat(self._file.fileno()).st_size / (4 * RATE * self._channels)

    def stop(self) -> FloatArray:
        """End; what was heard, ``[A, S]`` at ``RATE``."""
        if self._process is None:
            raise RuntimeError("the recorder was not started")
        # what is played now is under way to the recorder for as long as its latency
        time.sleep(0.15)
        self._process.terminate()
        self._process.wait(5)
        self._process = None
        self._file.seek(0)
        data = np.frombuffer(self._file.read(), dtype=np.float32)
        self._file.close()
        return data[: len(data) // self._channels * self._channels].reshape(-1, self._channels).T.copy()


class PulseServer:
    """A private PulseAudio that can be killed and started again.

    Attributes:
        environment: What a process needs to play on it, a whole environment.
    """

    def __init__(self, rate: int = RATE) -> None:
        # short: a socket's name has about 100 bytes
        self._folder = Path(tempfile.mkdtemp(prefix="pulse-"))
        (self._folder / "pulse").mkdir()
        (self._folder / "state").mkdir()
        self._socket = self._folder / "native"
        (self._folder / "ci.pa").write_text(_SCRIPT.format(rate=rate, socket=self._socket))
        (self._folder / "asound.conf").write_text(_ALSA)
        self.variables = {
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_RUNTIME_PATH": str(self._folder / "pulse"),
            "PULSE_STATE_PATH": str(self._folder / "state"),
            "PULSE_SERVER": f"unix:{self._socket}",
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{self._folder / 'asound.conf'}",
        }
        self.environment = {**os.environ, **self.variables}
        self._family: Family | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._family = Family(
            ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit=no",
             "--high-priority=no", "--realtime=no", f"--log-target=file:{self._folder / 'log'}",
             "-F", str(self._folder / "ci.pa")],
            self.environment,
        )  # fmt: skip
        _until(self.answers, 10.0, f"PulseAudio does not start: {self._log()}")

    def answers(self) -> bool:
        """Whether it plays for who asks."""
        asked = subprocess.run(["pactl", "info"], env=self.environment, capture_output=True, timeout=10)
        return asked.returncode == 0

    def kill(self) -> None:
        """End it as a crash would."""
        if self._family is not None:
            self._family.kill()
            self._family = None

    def recorder(self, channels: int = 1) -> Recorder:
        """A recorder of what it plays."""
        return Recorder(self.environment, channels)

    def close(self) -> None:
        """End it and remove its files."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            return (self._folder / "log").read_text()[-500:]
        return "no log"


@contextlib.contextmanager
def pulse_server(rate: int = RATE) -> Iterator[PulseServer]:
    """A running server, which this process and its children play on while the context lasts."""
    server = PulseServer(rate)
    before = {name: os.environ.get(name) for name in server.variables}
    try:
        server.start()
        os.environ.update(server.variables)
        yield server
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        server.close()


@pytest.fixture(scope="module")
def pulse() -> Iterator[PulseServer]:
    """``pulse_server`` for a module; import it there."""
    missing = missing_packages()
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"tests/system-packages.sh should have installed {missing}")
        pytest.skip(f"a sound server needs: sudo apt-get install --no-install-recommends {missing}")
    with pulse_server() as server:
        yield server


def _until(condition: object, seconds: float, otherwise: str) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise)
        time.sleep(0.05)
