"""The engine's own line: a page at the other end of its socket, as Jupyter's server hands it on."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import struct
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.process_host import ProcessHost
from terrain_widgets.audio.starting import start_host
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.terrain import Terrain
from terrain_widgets.io.line_frames import line_path, new_name
from tests.real_time import ALONE

pytestmark = [
    *ALONE,
    pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="without such sockets the kernel sends the sound itself"),
]


class Page:
    """What the page's worker sees, in plain Python."""

    def __init__(self, name: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.connect(line_path(name))
        self.messages: list[dict[str, Any]] = []
        self.sound: list[np.ndarray] = []
        self.ended = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(ConnectionError):
            self._read(self.socket.makefile("rb"))
        self.ended.set()

    def _read(self, stream: Any) -> None:
        while len(head := stream.read(4)) == 4:
            message = stream.read(struct.unpack("<I", head)[0])
            (length,) = struct.unpack_from("<I", message)
            assert length % 4 == 0, "samples must lie where a Float32Array can begin"
            self.messages.append(json.loads(message[4 : 4 + length]))
            if sound := message[4 + length :]:
                self.sound.append(np.frombuffer(sound, np.float32))

    def says(self, text: bytes) -> None:
        self.socket.sendall(struct.pack("<I", len(text)) + text)

    def reports(self, **fields: Any) -> None:
        self.says(json.dumps({"type": "report", "level": 4000, "received": 4000, "underruns": 0} | fields).encode())

    def kinds(self) -> list[str]:
        return [message["type"] for message in list(self.messages)]

    def hears(self, kind: str, times: int = 1, seconds: float = 5.0) -> bool:
        return until(lambda: self.kinds().count(kind) >= times, seconds)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def until(condition: Any, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not (holds := bool(condition())) and time.monotonic() < end:
        time.sleep(0.01)
    return holds


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessHost]:
    with pytest.MonkeyPatch.context() as patch:
        # Not there yet, as in a home in which no Jupyter has run.
        patch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path_factory.mktemp("r") / "runtime"))
        yield from _engine()


def _engine() -> Iterator[ProcessHost]:
    with start_host(load_codec(), Terrain(2, 8, seed=1)) as host:
        assert isinstance(host, ProcessHost) and host.page_line
        assert until(lambda: host.status().ready, 40), host.status()
        yield host


def rests(engine: ProcessHost) -> bool:
    """Whether nobody takes its sound: the ring is full and nothing is rendered."""
    frames = engine.status().frames
    time.sleep(0.2)
    return engine.available > 0 and engine.status().frames == frames


@pytest.fixture
def host(engine: ProcessHost) -> Iterator[ProcessHost]:
    """At rest, before and after."""
    yield engine
    engine.use_page_line(None)
    engine.move((0.1, 0.1), False)
    assert until(lambda: not engine.status().alive or rests(engine)), (engine.status(), engine.available)


def test_sound_flows_while_kernel_and_page_want_it(host: ProcessHost) -> None:
    page = Page(host.page_line)
    assert page.hears("hello") and page.kinds() == ["hello"], "it sends before the kernel has said so"
    host.move((0.1, 0.1), True)
    host.use_page_line(0.1)
    assert page.hears("pcm", 20)
    start = page.messages[1]
    assert start["type"] == "start" and start["stream"] < 0 and start["rate"] == host.sample_rate
    assert [m["seq"] for m in page.messages if m["type"] == "pcm"][:10] == list(range(10))
    assert until(lambda: any(np.abs(sound).max() > 1e-3 for sound in page.sound)), "nothing but silence"
    page.reports(stream=start["stream"])
    assert until(lambda: host.page_status() is not None and host.page_status().running)
    assert host.page_status().stream == start["stream"] and host.page_status().lead == 0.1

    host.use_page_line(0.3)
    assert until(lambda: {"type": "lead", "stream": start["stream"], "lead": 0.3} in page.messages)

    host.use_page_line(None)
    assert page.hears("stop") and until(lambda: host.available > 0)
    assert host.read(64).shape[1] == 64, "the kernel cannot read what the line has let go"
    page.close()


def test_sound_goes_on_while_the_kernel_holds_the_lock(host: ProcessHost) -> None:
    host.move((0.1, 0.1), True)
    host.use_page_line(0.2)
    # The page is another process: this one is the kernel, and says nothing to its own threads.
    page = os.fork()
    if page == 0:
        ok = False
        try:
            listener = Page(host.page_line)
            time.sleep(3.0)
            seconds = sum(len(sound) for sound in listener.sound) / host.sample_rate
            ok = 2.5 < seconds < 4.0
        finally:
            os._exit(0 if ok else 1)
    time.sleep(0.5)
    numbers = np.random.default_rng(0).random(1_500_000).tolist()
    began = time.monotonic()
    while time.monotonic() - began < 2.5:
        sorted(numbers)
    assert os.waitstatus_to_exitcode(os.waitpid(page, 0)[1]) == 0, "sound was missing"


def test_panic_reaches_the_page_and_a_new_stream_begins(host: ProcessHost) -> None:
    page = Page(host.page_line)
    host.move((0.1, 0.1), True)
    host.use_page_line(0.1)
    assert page.hears("pcm", 10)
    host.panic()
    assert page.hears("panic") and page.hears("start", 2)
    first, second = [m for m in page.messages if m["type"] == "start"]
    assert second["stream"] == first["stream"] - 1 and second["panics"] == first["panics"] + 1
    page.close()


def test_a_second_page_takes_over_and_a_lost_one_costs_nothing(host: ProcessHost) -> None:
    first = Page(host.page_line)
    host.move((0.1, 0.1), True)
    host.use_page_line(0.1)
    assert first.hears("pcm", 5)
    second = Page(host.page_line)
    assert second.hears("pcm", 5) and first.ended.wait(5)
    second.close()
    assert until(lambda: host.available > 0)
    frames = host.status().frames
    time.sleep(0.5)
    assert host.status().frames - frames < 5, "it decodes for nobody"
    third = Page(host.page_line)
    assert third.hears("pcm", 5)
    third.close()


@pytest.mark.parametrize("text", [b"not JSON", b"[1]", b'{"type": "report", "stream": "x"}', b"\xff\xfe"])
def test_nonsense_from_a_page_ends_at_most_its_own_line(host: ProcessHost, text: bytes) -> None:
    page = Page(host.page_line)
    assert page.hears("hello")
    page.says(text)
    again = Page(host.page_line)
    host.move((0.1, 0.1), True)
    host.use_page_line(0.1)
    assert again.hears("pcm", 5) and host.status().alive
    again.close()


def test_a_report_that_makes_no_sense_ends_neither_line_nor_engine(host: ProcessHost) -> None:
    page = Page(host.page_line)
    host.move((0.1, 0.1), True)
    host.use_page_line(0.1)
    assert page.hears("start")
    page.reports(stream=page.messages[1]["stream"], level=None, mean="x")
    host.use_page_line(0.2)
    again = Page(host.page_line)
    assert again.hears("pcm", 5) and host.status().alive
    again.close()


def test_a_page_that_takes_nothing_holds_up_neither_engine_nor_kernel(host: ProcessHost) -> None:
    asleep = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    asleep.connect(line_path(host.page_line))
    host.move((0.1, 0.1), True)
    host.use_page_line(0.1)
    assert until(lambda: host.status().frames > 20) and until(lambda: rests(host), 15), "whatever is sent is taken"
    host.use_page_line(None)
    began = time.monotonic()
    heard = 0
    while heard < host.sample_rate // 2 and time.monotonic() - began < 3:
        heard += host.read(4096).shape[1]
        time.sleep(0.005)
    assert time.monotonic() - began < 1.0, "the engine waits for a page that sleeps"
    asleep.close()


def test_a_message_of_no_end_is_hung_up_on(host: ProcessHost) -> None:
    page = Page(host.page_line)
    page.socket.sendall(struct.pack("<I", 0xFFFFFFFF))
    assert page.ended.wait(5) and host.status().alive


def test_only_the_user_reaches_it_and_nothing_is_left(host: ProcessHost) -> None:
    path = line_path(host.page_line)
    assert os.stat(path).st_mode & 0o077 == 0
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    assert until(lambda: not host.status().alive)
    host.restart()
    assert until(lambda: host.status().ready, 40)
    page = Page(host.page_line)
    assert page.hears("hello"), "the name is the same after a restart"
    host.close()
    assert page.ended.wait(5) and until(lambda: not os.path.exists(path))


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0123456789ABCDEF", "0123456789abcdef0"])
def test_names_are_names(name: str) -> None:
    with pytest.raises(ValueError, match="16 hexadecimal digits"):
        line_path(name)
    assert len(new_name()) in (0, 16)
