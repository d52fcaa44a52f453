"""The pump that sends a host's sound to a page, with doubles at both ends."""

from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.page_stream.remote import RemoteSink
from tests.audio.doubles import HostDouble
from tests.audio.node_page import NodePage
from tests.protocol import assert_stated
from tests.real_time import ALONE

pytestmark = ALONE

RATE = 48000


class Line:
    """Carries messages to a page's player and its reports back, in real time."""

    def __init__(self, lead: float) -> None:
        self.messages: list[dict[str, Any]] = []
        self.pcm: list[np.ndarray] = []
        self.block = 0.0
        self.facts: dict[str, Any] = {}  # more that the page reports
        self.page = NodePage(HostDouble.sample_rate)
        self.lock = threading.Lock()
        self.sink = RemoteSink(self.send, lead)
        self.host = HostDouble()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    def send(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        if self.block:
            pause, self.block = self.block, 0.0
            time.sleep(pause)
        with self.lock:
            assert_stated("sound", "to_page", message)
            samples = np.frombuffer(buffers[0], np.float32) if buffers else np.zeros(0, np.float32)
            self.messages.append(message)
            if buffers:
                self.pcm.append(samples)
            self.page.take(message, len(samples))

    def _live(self) -> None:
        last, k = time.monotonic(), 0
        while not self._stop.wait(0.005):
            now, k = time.monotonic(), k + 1
            with self.lock:
                self.page.advance(now - last)
                report = self.page.report() | self.facts if k % 20 == 0 else None
            last = now
            if report is not None:
                self.sink.report(report)

    def kinds(self) -> list[str]:
        with self.lock:
            return [m["type"] for m in self.messages]

    def until(self, kind: str, seconds: float = 10.0) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if kind in self.kinds():
                return True
            time.sleep(0.01)
        return False

    def close(self) -> None:
        self.sink.close()
        self._stop.set()
        self._thread.join()
        self.page.close()


@pytest.fixture
def line():
    line = Line(0.3)
    yield line
    line.close()


def test_a_stream_from_start_to_stop(line: Line) -> None:
    line.sink.start(line.host)
    time.sleep(1.5)
    line.sink.stop()
    assert line.until("stop")
    first = line.messages[0]
    assert first["type"] == "start" and first["rate"] == 16000 and first["channels"] == 1 and first["lead"] == 0.3
    blocks = [m for m in line.messages if m["type"] == "pcm"]
    assert [m["seq"] for m in blocks] == list(range(len(blocks)))
    audio = np.concatenate(line.pcm)
    assert not audio[:4800].any()  # the page is filled with silence first
    faded, rest = audio[4800:5056], audio[5056:]
    np.testing.assert_array_equal(np.diff(rest), 1.0)  # then everything, in order
    # what follows silence is faded in: an engine may be in the middle of a sound
    ramp = 0.5 - 0.5 * np.cos(np.pi * np.arange(256) / 256)
    np.testing.assert_allclose(faded, (rest[0] - 256 + np.arange(256)) * ramp, atol=0.01)
    assert len(line.messages) < 100
    assert 0.9 * 1.5 * 16000 < len(audio) < 1.2 * (1.5 + 0.3) * 16000
    line.sink.close()
    assert not line.sink.status().running


def test_a_lead_shorter_than_a_block_plays_too() -> None:
    short = Line(lead=0.03)
    short.sink.start(short.host)
    time.sleep(0.8)
    short.close()
    assert np.abs(np.concatenate(short.pcm)).max() > 1000


@pytest.mark.parametrize("lead", [0.1, 0.5])
def test_another_lead_counts_at_once(line: Line, lead: float) -> None:
    line.sink.start(line.host)
    time.sleep(1.0)
    line.sink.set_lead(lead)
    time.sleep(2.5)
    status = line.sink.status()
    assert status.lead == lead and status.underruns == 0
    assert abs(status.page_level_ms / 1000 - lead) < 0.05
    assert [m["lead"] for m in line.messages if m["type"] == "lead"] == [lead]


def test_a_stalled_pump_skips_ahead(line: Line) -> None:
    line.sink.start(line.host)
    time.sleep(1.0)
    line.block = 0.8
    time.sleep(3.5)
    status = line.sink.status()
    assert status.underruns == 1 and status.lead > 0.3
    assert abs(status.page_level_ms / 1000 - status.lead) < 0.1  # not 0.8 s later than before
    assert len(np.concatenate(line.pcm)) < (4.5 + 0.5) * 16000


def test_reports_of_another_stream_are_ignored(line: Line) -> None:
    line.sink.start(line.host)
    assert line.until("pcm")
    line.sink.report({"stream": 99, "level": 0, "received": 0, "underruns": 40})
    line.sink.report({"stream": 0, "level": 0, "received": 0, "underruns": 40})
    line.sink.report({"type": "nonsense"})
    line.sink.report({"stream": 1, "level": "x", "received": None, "underruns": 40})
    time.sleep(0.3)
    assert line.sink.status().underruns == 0 and line.sink.status().lead == 0.3
    line.sink.start(line.host)
    time.sleep(0.4)
    assert line.sink.status().stream == 2 and line.kinds().count("start") == 2


def test_silence_rests_and_wakes_without_an_underrun(line: Line) -> None:
    line.host.gate_open, line.host.silent = False, True
    line.sink.start(line.host)
    assert line.until("idle", 5.0)
    time.sleep(0.6)
    with line.lock:
        count = len(line.pcm)
    time.sleep(0.3)
    assert len(line.pcm) == count and line.sink.status().idle
    line.host.gate_open, line.host.silent = True, False
    assert line.until("resume", 1.0)
    time.sleep(1.0)
    status = line.sink.status()
    assert status.underruns == 0 and status.lead == 0.3 and abs(status.page_level_ms - 300) < 100
    assert len(line.pcm) > count


def test_a_page_that_is_turned_down_is_sent_nothing(line: Line) -> None:
    line.sink.start(line.host)
    time.sleep(0.6)
    line.facts = {"muted": True}
    assert line.until("idle", 2.0)
    with line.lock:
        count, taken = len(line.pcm), line.host.at
    time.sleep(0.4)
    assert len(line.pcm) == count and line.host.at == taken and line.sink.status().idle
    line.facts = {"muted": False}
    assert line.until("resume", 1.0)
    time.sleep(0.6)
    assert len(line.pcm) > count and line.sink.status().underruns == 0


def test_reports_are_echoed_once(line: Line) -> None:
    line.facts = {"sent_at": 1234.5}
    line.sink.start(line.host)
    time.sleep(1.2)
    with line.lock:
        echoes = [m["echo"] for m in line.messages if "echo" in m]
    assert 3 <= len(echoes) <= 13 and all(at == 1234.5 and 0 <= held < 0.3 for at, held in echoes)


def test_an_engine_that_still_starts_is_waited_for(line: Line) -> None:
    line.host.ready = False
    line.sink.start(line.host)
    assert line.until("idle", 1.0)
    line.host.ready = True
    assert line.until("resume", 1.0)


def test_panic_starts_a_new_stream(line: Line) -> None:
    line.sink.start(line.host)
    assert line.until("pcm")
    line.host.panic()
    assert line.until("panic") and line.host.panics == 1
    time.sleep(0.6)
    assert line.sink.status().stream == 2 and line.kinds().count("start") == 2


def test_a_starved_host_is_not_padded(line: Line) -> None:
    line.sink.start(line.host)
    time.sleep(0.5)
    line.host.giving = False
    time.sleep(0.2)
    with line.lock:
        count = len(line.pcm)
    time.sleep(0.3)
    assert len(line.pcm) <= count + 1
    line.host.giving = True
    time.sleep(0.3)
    np.testing.assert_array_equal(np.diff(np.concatenate(line.pcm)[4800 + 256 :]), 1.0)


def test_a_line_that_breaks_ends_the_pump() -> None:
    def send(message: dict[str, Any], buffers: list[bytes]) -> None:
        raise ConnectionError("comm closed")

    sink = RemoteSink(send)
    sink.start(HostDouble())
    time.sleep(0.2)
    assert not sink.status().running and "comm closed" in sink.status().message
    sink.close()
    with pytest.raises(ValueError, match="0.02 to 2"):
        RemoteSink(send, 5.0)
