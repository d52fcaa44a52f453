from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from terrain_widgets.process.giving_way import GivingWay
from terrain_widgets.widgets.sound.sound_panel import SoundPanel
from tests.audio.doubles import HostDouble


class Sink(SoundPanel):
    """Without a page: what is sent is kept, and what a page would write comes by ``page``."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        super().__init__()

    def send(self, content: Any, buffers: Any = None) -> None:
        self.sent.append(content["type"])

    def page(self, **state: Any) -> None:
        self.set_state(state)

    def until(self, running: bool) -> bool:
        end = time.monotonic() + 3
        while self.page_output.remote.status().running != running and time.monotonic() < end:
            time.sleep(0.01)
        return self.page_output.remote.status().running == running


@pytest.fixture
def sink() -> Iterator[Sink]:
    sink = Sink()
    yield sink
    sink.close()


@pytest.fixture
def calls(sink: Sink) -> list[Any]:
    calls: list[Any] = []
    sink.on_sound(lambda on: calls.append(("sound", on)))
    sink.on_output(lambda output: calls.append(("output", output)))
    sink.on_output(lambda _output: sink.settle())  # as where no engine is left that is still heard
    sink.on_volume(lambda db: calls.append(("volume", db)))
    sink.on_panic(lambda: calls.append(("panic",)))
    return calls


def test_the_page_plays_only_while_it_is_the_output(sink: Sink, calls: list[Any]) -> None:
    host = HostDouble()
    sink.attach(host)
    assert sink.rate == 16000 and not sink.page_output.remote.status().running
    sink.page(sound_on=True)
    assert sink.until(True)
    sink.page(output="device:one")
    assert sink.until(False) and sink.sound_on
    sink.page(volume_db=-30.0)
    sink.page(output="stream")
    assert sink.until(True)
    sink.page(sound_on=False)
    assert sink.until(False)
    assert calls == [
        ("sound", True), ("output", "device:one"), ("volume", -30.0), ("output", "stream"), ("sound", False)
    ]  # fmt: skip


def test_the_kernel_may_move_the_sound_too(sink: Sink, calls: list[Any]) -> None:
    sink.attach(HostDouble())
    sink.output = "device:one"
    sink.page(sound_on=True)
    assert not sink.page_output.remote.status().running
    sink.output = "stream"  # the device has gone; no page has been clicked, so none may sound
    assert not sink.sound_on and not sink.page_output.remote.status().running
    assert calls == [("sound", True), ("sound", False)]


@pytest.mark.parametrize("output", ["stream", "device:one"])
def test_panic_reaches_the_engine_once(sink: Sink, calls: list[Any], output: str) -> None:
    host = HostDouble()
    sink.output = output
    sink.page(sound_on=True)
    sink.attach(host)
    sink._from_page(sink, {"type": "panic"}, [])
    assert host.panics == 1 and calls[-1] == ("panic",)
    sink.panic()
    assert host.panics == 2 and calls.count(("panic",)) == 1


class LinedHost(HostDouble):
    """Has a line of its own, and keeps what it is told of it."""

    page_line = "0123456789abcdef"

    def __init__(self) -> None:
        super().__init__()
        self.leads: list[float | None] = []

    def use_page_line(self, lead_seconds: float | None) -> None:
        self.leads.append(lead_seconds)

    def page_status(self) -> None:
        return None


def test_the_engine_sends_while_the_page_holds_its_line_and_else_the_kernel(sink: Sink) -> None:
    host = LinedHost()
    sink.attach(host)
    assert sink.page_line == host.page_line
    sink.page(connected_line=host.page_line, sound_on=True)
    assert host.leads[-1] == 0.2 and not sink.page_output.remote.status().running
    sink.set_lead(0.1)
    assert host.leads[-1] == 0.1
    sink.page(connected_line="")
    assert host.leads[-1] is None and sink.until(True)
    sink.page(connected_line=host.page_line)
    assert host.leads[-1] == 0.1 and sink.until(False)
    sink.page(output="device:one")
    assert host.leads[-1] == 0.1, "it is heard until the device is"
    sink.settle()
    assert host.leads[-1] is None and not sink.page_output.remote.status().running


@pytest.mark.parametrize("line", ["", "fedcba9876543210"])
def test_a_line_of_another_engine_counts_for_nothing(sink: Sink, line: str) -> None:
    host = LinedHost()
    sink.attach(host)
    sink.page(connected_line=line, sound_on=True)
    assert 0.2 not in host.leads and sink.until(True)


def test_a_panel_that_is_off_takes_nothing_from_one_that_plays(sink: Sink) -> None:
    host, other = LinedHost(), Sink()
    sink.attach(host)
    sink.page(connected_line=host.page_line, sound_on=True)
    other.attach(host)
    other.output = "device:one"
    other.close()
    assert host.leads == [0.2] * len(host.leads)


def test_the_panel_that_was_turned_on_last_plays(sink: Sink) -> None:
    host, other = LinedHost(), Sink()
    for panel in (sink, other):
        panel.attach(host)
    sink.page(connected_line=host.page_line, sound_on=True)
    other.page(connected_line=host.page_line, sound_on=True)
    assert other.sound_on and not sink.sound_on and host.leads[-1] == 0.2
    sink.page(connected_line="")  # its page hears late that it was hung up on
    assert host.leads[-1] == 0.2 and other.status() is not None
    sink.page(sound_on=True)
    assert sink.until(True) and not other.sound_on and host.leads[-1] is None
    other.close()


def test_the_default_lead_is_200_ms(sink: Sink) -> None:
    assert sink.lead_seconds == 0.2 and sink.page_output.remote.status().lead == 0.2
    with pytest.raises(ValueError, match="0.02 to 2"):
        SoundPanel(lead_seconds=3.0)


class Way(GivingWay):
    """Keeps who asks."""

    def __init__(self) -> None:
        self.asking: set[Any] = set()

    def ask(self, who: Any, wanted: bool) -> None:
        (self.asking.add if wanted else self.asking.discard)(who)


def test_the_kernel_gives_way_to_a_page_on_its_machine_that_makes_the_sound() -> None:
    way = Way()
    panel = SoundPanel(way=way)
    panel.set_state({"page_host": "127.0.0.1", "output": "page"})
    assert not way.asking
    panel.set_state({"sound_on": True})
    assert way.asking
    for away, back in (
        ({"output": "device:one"}, {"output": "page"}),
        ({"page_host": "hub.org"}, {"page_host": "::1"}),
    ):
        panel.set_state(away)
        assert not way.asking
        panel.set_state(back)
        assert way.asking
    panel.close()
    assert not way.asking
