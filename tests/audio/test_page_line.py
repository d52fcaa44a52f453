"""The engine's own line: a page that Jupyter's server hands over to it."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Ping

from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.hosts.starting import start_host
from terrain_widgets.audio.page_stream import socket as page_socket
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.process.handover import Upgrade
from terrain_widgets.process.page_channel import line_path, new_name
from tests.audio.line_page import UPGRADE, Page, connected, until
from tests.real_time import ALONE

pytestmark = [
    *ALONE,
    pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="without such sockets the kernel sends the sound itself"),
]


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


@pytest.mark.parametrize(
    "said", ["not JSON", "[1]", '{"type": "report", "stream": "x"}', b"bytes", "x" * 70_000], ids=range(5)
)
def test_nonsense_from_a_page_ends_at_most_its_own_line(host: ProcessHost, said: str | bytes) -> None:
    page = Page(host.page_line)
    assert page.hears("hello")
    page.says(said)
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
    asleep = connected(host.page_line)
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


def test_it_answers_as_a_websocket_must(host: ProcessHost) -> None:
    page = Page(host.page_line)
    assert page.hears("hello")
    status, *headers = page.answer.decode().split("\r\n")
    assert status.startswith("HTTP/1.1 101") and "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in headers
    assert not any(header.startswith("Sec-WebSocket-Extensions") for header in headers), "sound is not compressed"
    assert "secret" not in str(UPGRADE), "what logs in stays with the server"
    page.close()


@pytest.mark.parametrize(
    "handed",
    [b"\xff\xff\xff\xff", b"\x02\0\0\0{}", b"\x04\0\0\0[1]]", b"\x0c\0\0\0", b""],
    ids=["of no end", "of another shape", "no JSON", "cut off", "nothing"],
)
def test_what_hands_nothing_over_is_hung_up_on(host: ProcessHost, handed: bytes) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stranger:
        stranger.connect(line_path(host.page_line))
        stranger.sendall(handed)
        stranger.shutdown(socket.SHUT_WR)
        stranger.settimeout(5)
        assert stranger.recv(1) == b""
    page = Page(host.page_line)
    assert page.hears("hello")
    page.close()


@pytest.mark.parametrize("missing", ["Sec-WebSocket-Key", "Upgrade", "Host"])
def test_a_request_for_something_else_is_hung_up_on(host: ProcessHost, missing: str) -> None:
    upgrade = Upgrade("/", tuple(header for header in UPGRADE.headers if header[0] != missing))
    with connected(host.page_line, upgrade) as page:
        page.settimeout(5)
        assert page.recv(1) == b""
    assert host.status().alive


def test_no_descriptor_is_left_behind(host: ProcessHost) -> None:
    assert host.pid is not None

    def held() -> int:
        return len(os.listdir(f"/proc/{host.pid}/fd"))

    before = held()
    for _ in range(10):
        page = Page(host.page_line)
        assert page.hears("hello")
        page.close()
        connected(host.page_line, Upgrade("/", ())).close()
    assert until(lambda: held() <= before), "pages that have gone are still open"


def test_a_page_that_says_goodbye_is_answered() -> None:
    ours, theirs = socket.socketpair()
    page, protocol = page_socket.PageSocket(theirs, UPGRADE), Connection(ConnectionType.CLIENT)
    ours.recv(1 << 16)  # the answer to its request
    ours.sendall(protocol.send(CloseConnection(1000)))
    assert list(page.texts()) == []
    protocol.receive_data(ours.recv(1 << 16))
    (goodbye,) = protocol.events()
    assert isinstance(goodbye, CloseConnection) and goodbye.code == 1000
    with pytest.raises(OSError, match="the page has gone"):
        page.send(b"sound")
    page.hang_up()
    ours.close()


def test_a_silent_page_is_asked_whether_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_socket, "_PATIENCE_SECONDS", 0.2)
    ours, theirs = socket.socketpair()
    page = page_socket.PageSocket(theirs, UPGRADE)
    heard: list[str] = []
    listening = threading.Thread(target=lambda: heard.extend(page.texts()))
    listening.start()
    protocol, asked = Connection(ConnectionType.CLIENT), 0
    ours.recv(1 << 16)  # the answer to its request
    ours.settimeout(5)
    for _ in range(3):
        protocol.receive_data(ours.recv(1 << 16))
        for event in protocol.events():
            assert isinstance(event, Ping)
            ours.sendall(protocol.send(event.response()))
            asked += 1
    assert asked == 3 and listening.is_alive(), "it says that it is there"
    listening.join(2.0)  # it no longer does
    assert not listening.is_alive() and heard == []
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        while time.monotonic() - began < 5:
            page.send(bytes(1 << 16))  # nobody takes it
    page.hang_up()
    ours.close()


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
