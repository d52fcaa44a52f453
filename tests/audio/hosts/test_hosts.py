from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.null_sink import NullSink
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.hosts.starting import start_host
from terrain_widgets.audio.page_stream.remote import RemoteSink
from terrain_widgets.audio.update import Update
from tests.audio.doubles import LoadableToneCodec, Plane, ToneCodec
from tests.real_time import ALONE

pytestmark = ALONE

PATIENCE = 40.0  # another test may be training on the same cores


def wait(condition: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.01)
    return False


def collect(host: LocalHost, seconds: float) -> np.ndarray:
    """That much sound, in as much time as it takes."""
    parts, count = [], 0
    end = time.monotonic() + PATIENCE
    while count < seconds * host.sample_rate and time.monotonic() < end:
        parts.append(host.read(1024))
        count += parts[-1].shape[1]
        if parts[-1].shape[1] == 0:
            time.sleep(0.002)
    return np.concatenate(parts, axis=1)


@pytest.fixture(scope="module", autouse=True)
def plug_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Installs the codec double as a plug-in for child processes."""
    folder = tmp_path_factory.mktemp("plug-in")
    info = folder / "test_tone-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: test-tone\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[terrain_widgets.codecs]\ntest-tone = tests.audio.doubles:LoadableToneCodec\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
        yield


@pytest.fixture(scope="module")
def process() -> Iterator[ProcessHost]:
    with start_host(LoadableToneCodec(), Plane()) as host:
        assert isinstance(host, ProcessHost)
        assert not host.status().ready and "starting" in host.status().message
        assert wait(lambda: host.status().ready), host.status()
        yield host


def check_life(host: LocalHost) -> None:
    host.move((0.0, 0.0), gate=True)
    sound = collect(host, 0.5)
    assert np.abs(sound).max() > 0.1 and np.abs(sound).max() <= 10 ** (-1 / 20)
    assert wait(lambda: host.status().frames > 0) and host.status().peak_db > -20 and not host.status().silent
    host.move((0.0, 0.0), gate=False)
    collect(host, 0.3)
    assert not collect(host, 0.2).any() and host.status().silent
    host.move((0.0, 0.0), gate=True)
    collect(host, 0.3)
    host.panic()
    collect(host, 0.2)
    assert not collect(host, 0.2).any()
    host.move((0.0, 0.0), gate=False)
    host.move((0.0, 0.0), gate=True)  # quicker than a block: still an onset
    collect(host, 0.2)
    assert np.abs(collect(host, 0.3)).max() > 0.1
    host.set_gain(0.0)
    collect(host, 0.3)
    assert np.abs(collect(host, 0.2)).max() < 1e-6
    host.set_gain(1.0)
    host.set_mapping(Plane((0.0, 0.0)))
    time.sleep(0.2)
    collect(host, 0.5)
    assert np.abs(collect(host, 0.2)).max() < 0.02
    host.set_mapping(Plane((8.0, 0.0)))
    host.update(Update({"latents.limits": "own", "latents.low": -1.0, "latents.high": 0.5}))
    time.sleep(0.2)
    collect(host, 0.5)
    assert 0.1 < np.abs(collect(host, 0.2)).max() < 0.16
    host.update(Update({"latents.limits": "own", "latents.low": -4.0, "latents.high": 4.0}))
    host.set_mapping(Plane())
    host.move((0.0, 0.0), gate=False)


def test_process_host(process: LocalHost) -> None:
    assert process.kind == "process" and process.status().alive
    check_life(process)


def test_thread_host_for_a_codec_of_this_process_only() -> None:
    with start_host(ToneCodec(), Plane()) as host:
        assert host.kind == "thread: this codec lives only in this process"
        assert wait(lambda: host.status().ready)
        check_life(host)
    assert not host.status().alive and not [t for t in threading.enumerate() if t.name == "terrain-audio"]
    host.close()


def test_a_forgotten_thread_host_ends() -> None:
    def forget() -> None:
        host = start_host(ToneCodec(), Plane(), prefer="thread")
        assert wait(lambda: host.status().ready)

    forget()
    gc.collect()
    assert wait(lambda: not [t for t in threading.enumerate() if t.name == "terrain-audio"], 5)


def test_an_engine_that_is_given_up_leaves_its_codec_without_a_collection() -> None:
    codec = LoadableToneCodec()
    gone = weakref.ref(codec)
    host = ProcessHost(codec)
    host.move((0.0, 0.0), True)
    gc.collect()
    gc.disable()
    try:
        del host, codec
        assert gone() is None
    finally:
        gc.enable()


def test_moves_are_checked(process: LocalHost) -> None:
    with pytest.raises(ValueError, match="finite"):
        process.move((0.0, float("nan")), gate=True)
    with pytest.raises(ValueError, match="1 to 16"):
        process.move(np.zeros(17), gate=True)
    with pytest.raises(ValueError, match="gives 3 latents"):
        from terrain_widgets.core.mapping import ConstantMapping

        process.set_mapping(ConstantMapping(2, np.zeros(3, np.float32)))
    with pytest.raises(ValueError, match="upside down"):
        process.update(Update({"latents.limits": "own", "latents.low": 1.0, "latents.high": -1.0}))


def test_a_busy_kernel_loses_no_sample(process: LocalHost) -> None:
    """The pump's thread pulls while this thread runs plain Python."""
    got: list[np.ndarray] = []
    sink = RemoteSink(lambda message, buffers: got.extend(np.frombuffer(b, np.float32) for b in buffers), 0.3)
    process.move((0.0, 0.0), gate=True)
    collect(process, 0.5)
    sink.start(process)
    end, k = time.monotonic() + 3.0, 0
    while time.monotonic() < end:
        k = (k * 31 + 7) % 1000003
    sink.close()
    process.move((0.0, 0.0), gate=False)
    sound = np.concatenate(got)[int(0.3 * 16000) + 1024 :]  # after the silence that fills the page
    assert len(sound) > 2.0 * 16000
    # The double plays 220 Hz at 0.3; its second difference is tiny unless samples are missing between two blocks.
    assert np.abs(np.diff(sound, 2)).max() < 1.5 * 0.3 * (2 * np.pi * 220 / 16000) ** 2


def test_a_sink_that_nobody_hears_keeps_the_engine_running(process: LocalHost) -> None:
    process.move((0.0, 0.0), gate=True)
    collect(process, 0.2)
    null = NullSink()
    null.start(process)
    assert wait(lambda: null.status().samples > 3000)
    null.close()


def test_a_killed_child_is_noticed_and_restarts(process: ProcessHost) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGINT)  # Jupyter's interrupt: ignored
    time.sleep(0.2)
    assert process.status().alive
    os.kill(process.pid, signal.SIGKILL)
    assert wait(lambda: not process.status().alive)
    assert "killed by signal 9" in process.status().message and not process.status().ready
    process.move((0.0, 0.0), gate=True)
    process.restart()
    assert wait(lambda: process.status().ready), process.status()
    collect(process, 0.2)
    assert np.abs(collect(process, 0.2)).max() > 0.1
    process.close()
    assert not process.status().alive and process.read(100).shape == (1, 0)


def test_a_codec_that_cannot_be_loaded_is_told() -> None:
    class Lost(LoadableToneCodec):
        recipe = type(LoadableToneCodec.recipe)("no-such-codec", "0")

    with start_host(Lost(), Plane()) as host:
        assert wait(lambda: not host.status().alive)
        assert "no-such-codec" in host.status().message


PARENT = """
import sys, time
from terrain_widgets.audio.hosts.starting import start_host
from tests.audio.doubles import LoadableToneCodec, Plane
host = start_host(LoadableToneCodec(), Plane())
while not host.status().ready:
    time.sleep(0.05)
print(host.pid, host._ring.memory.path, flush=True)
time.sleep(100)
"""


def test_a_killed_kernel_leaves_nothing() -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid, path = parent.stdout.readline().split()
    parent.kill()
    parent.wait()
    parent.stdout.close()

    def gone() -> bool:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        return state == "Z"  # nobody reaps orphans in some containers

    assert wait(gone, 5) and not os.path.exists(path)
