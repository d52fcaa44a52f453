"""The kernel's end of the way that files take, against pages that behave and pages that do not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from terrain_widgets.process.worker import WorkCancelled
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.controls import Controls
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.file_transfers import PIECE
from tests.protocol import assert_stated


class Wired(Controls):
    """A file button without a page: what is sent is kept, and what a page would send comes by ``page``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sent: list[tuple[dict[str, Any], bytes]] = []
        self.button = FileButton(*args, **kwargs)
        super().__init__([self.button])

    def send(self, content: Any, buffers: Any = None) -> None:
        assert_stated("controls", "to_page", content)
        if content["type"] == "file":
            assert content["id"] == self.button.id
            self.sent.append((content["file"], bytes(buffers[0]) if buffers else b""))

    def page(self, content: Any, data: bytes | None = None) -> dict[str, Any]:
        message = {"type": "file", "id": self.button.id, "file": content}
        self._receive(self, message, [] if data is None else [memoryview(data)])
        assert ui.flush()
        return self.sent[-1][0] if self.sent else {}


TAKEN: list[tuple[str, bytes]] = []


def take(name: str, content: bytes) -> str:
    if content.startswith(b"bad"):
        raise ValueError("this is no sound")
    TAKEN.append((name, content))
    return f"took {name}"


@pytest.fixture
def port() -> Iterator[Wired]:
    TAKEN.clear()
    port = Wired(take)
    yield port
    port.close()


def upload(port: Wired, name: str, content: bytes, piece: int = 1000) -> dict[str, Any]:
    answer = port.page({"type": "offer", "id": "a", "name": name, "size": len(content)})
    while answer["type"] == "more":
        at = answer["at"]
        answer = port.page({"type": "piece", "id": "a", "at": at}, content[at : at + piece])
    return answer


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 12_345])
def test_a_file_arrives_whole(port: Wired, size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    answer = upload(port, "a.wav", content[:size])
    assert answer == {"type": "end", "id": "a", "text": "took a.wav", "failed": False}
    assert TAKEN == [("a.wav", content[:size])]


def test_a_piece_that_comes_twice_counts_once_and_a_wrong_one_is_asked_for_again(port: Wired) -> None:
    port.page({"type": "offer", "id": "a", "name": "a", "size": 4})
    assert port.page({"type": "piece", "id": "a", "at": 0}, b"12")["at"] == 2
    assert port.page({"type": "piece", "id": "a", "at": 0}, b"12")["at"] == 2
    assert port.page({"type": "piece", "id": "a", "at": 3}, b"4")["at"] == 2
    assert port.page({"type": "offer", "id": "a", "name": "a", "size": 4})["at"] == 2, "an offer that was sent again"
    assert port.page({"type": "piece", "id": "a", "at": 2}, b"34567")["type"] == "end"
    assert TAKEN == [("a", b"1234")]


def test_what_cannot_be_used_is_named(port: Wired) -> None:
    assert upload(port, "x.wav", b"bad" * 500) == {
        "type": "end", "id": "a", "text": "x.wav: this is no sound", "failed": True
    }  # fmt: skip
    port.button.largest = 10
    assert "the limit is" in port.page({"type": "offer", "id": "b", "name": "big", "size": 11})["text"]
    assert port.page({"type": "piece", "id": "nobody", "at": 0}, b"1")["failed"]
    port.button.disabled = True
    assert port.page({"type": "offer", "id": "c", "name": "big", "size": 1})["failed"]
    assert not TAKEN


def test_a_name_is_no_path(port: Wired) -> None:
    upload(port, "../../etc/passwd", b"x")
    assert TAKEN[0][0] == "passwd"


@pytest.mark.parametrize("message", [None, 3, {}, {"type": "offer"}, {"type": "__init__", "id": "a"}, {"id": []}])
def test_nonsense_is_not_answered(port: Wired, message: Any) -> None:
    assert port.page(message) == {} and not TAKEN


def test_stopping_forgets(port: Wired) -> None:
    port.page({"type": "offer", "id": "a", "name": "a", "size": 4})
    port.page({"type": "stop", "id": "a"})
    assert port.page({"type": "piece", "id": "a", "at": 0}, b"1234")["failed"] and not TAKEN


def test_a_file_leaves_whole_and_is_made_once() -> None:
    content, made = bytes(range(256)) * 5000, []

    def give() -> tuple[str, bytes]:
        made.append(1)
        return "session.zip", content

    port = Wired(give=give)
    got, at = b"", 0
    while at < len(content):
        answer = port.page({"type": "want", "id": "a", "at": at})
        assert (answer["name"], answer["size"], answer["at"]) == ("session.zip", len(content), at)
        got += port.sent[-1][1]
        assert len(port.sent[-1][1]) <= PIECE
        at = len(got)
    port.page({"type": "stop", "id": "a"})
    assert got == content and made == [1] and not port.button.transfers.under_way
    assert port.page({"type": "want", "id": "b", "at": 7})["failed"], "of a file that was never begun"
    port.close()


def test_what_cannot_be_given_is_said() -> None:
    def give() -> tuple[str, bytes]:
        raise OSError("no space left")

    port = Wired(give=give)
    assert port.page({"type": "want", "id": "a", "at": 0})["text"] == "Nothing was saved: no space left."
    with pytest.raises(ValueError, match="take=… or give=…"):
        FileButton()


def test_what_takes_long_to_make_leaves_the_ui_thread_free_and_can_be_stopped() -> None:
    goes_on, made = threading.Event(), list[bool]()

    def make(cancelled: Callable[[], bool]) -> tuple[str, bytes]:
        assert threading.current_thread().name != ui_name and goes_on.wait(60)
        made.append(cancelled())
        if len(made) == 3:
            raise KeyError("no such way")
        return "walk.wav", b"1234"

    def answered(count: int) -> dict[str, Any]:
        end = time.monotonic() + 60
        while len(port.sent) < count:
            assert time.monotonic() < end and ui.flush()
            time.sleep(0.01)
        return port.sent[-1][0]

    names = list[str]()
    ui.submit(lambda: names.append(threading.current_thread().name))
    assert ui.flush()
    ui_name = names[0]
    port = Wired(make=make)
    assert port.page({"type": "want", "id": "a", "at": 0}) == {}, "the UI thread is free while it is made"
    assert port.page({"type": "want", "id": "a", "at": 0}) == {}, "an impatient page has it made once"
    goes_on.set()
    assert answered(1)["name"] == "walk.wav" and port.sent[-1][1] == b"1234" and made == [False]
    port.page({"type": "stop", "id": "a"})

    goes_on.clear()
    port.page({"type": "want", "id": "b", "at": 0})
    port.page({"type": "stop", "id": "b"})
    goes_on.set()
    while len(made) < 2:
        time.sleep(0.01)
    assert made == [False, True] and ui.flush() and len(port.sent) == 1, "nobody wants it any more"

    port.page({"type": "want", "id": "c", "at": 0})
    assert answered(2)["failed"] and port.sent[-1][0]["text"] == "Nothing was saved: no such way"
    port.close()


def test_what_is_made_stops_with_its_button_and_says_nothing_more() -> None:
    begun, ended = threading.Event(), threading.Event()

    def make(cancelled: Callable[[], bool]) -> tuple[str, bytes]:
        begun.set()
        end = time.monotonic() + 30
        while not cancelled() and time.monotonic() < end:
            time.sleep(0.01)
        ended.set()
        raise RuntimeError("was stopped" if cancelled() else "was never told")

    port = Wired(make=make)
    port.page({"type": "want", "id": "a", "at": 0})
    assert begun.wait(60)
    port.close()
    assert ended.wait(20)
    time.sleep(0.05)
    assert ui.flush() and port.sent == []


def test_what_stops_by_itself_says_so() -> None:
    """As when its session is closed and its widget is still there."""

    def make(_cancelled: Callable[[], bool]) -> tuple[str, bytes]:
        raise WorkCancelled

    port = Wired(make=make)
    port.page({"type": "want", "id": "a", "at": 0})
    end = time.monotonic() + 20
    while not port.sent and time.monotonic() < end:
        time.sleep(0.01)
    assert port.sent[-1][0]["text"] == "Nothing was saved: it was stopped"
    port.close()
