from __future__ import annotations

import threading
import time
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.sinks.pacing import Audience, Pacer
from terrain_widgets.audio.sinks.remote import RemoteSink
from tests.audio.doubles import HostDouble, PageDouble

RATE = 48000


def simulate(
    drift: float,
    lead: float,
    seconds: float,
    stalls: dict[float, float] | None = None,
    delay: float = 0.03,
    page_busy: tuple[float, float] = (0.0, 0.0),
) -> tuple[PageDouble, Pacer]:
    """A pacer and a page whose clock is wrong by ``drift``, in virtual time; ``delay`` seconds each way."""
    page, now, block = PageDouble(RATE * (1 + drift)), 0.0, 1024
    pacer = Pacer(RATE, lead, now)
    page.take({"type": "start", "stream": 1, "lead": lead}, 0)
    flying: list[tuple[float, int]] = []
    answers: list[tuple[float, dict[str, Any]]] = []
    next_report, stalled_until = 0.1, -1.0
    stalls = dict(stalls or {})
    while now < seconds:
        now += 0.002
        for at in [at for at in stalls if at <= now]:
            stalled_until = now + stalls.pop(at)
        if now >= stalled_until:
            for arrival, answer in [a for a in answers if a[0] <= now]:
                answers.remove((arrival, answer))
                pacer.report(answer["level"], answer["received"], answer["underruns"], now)
                page.lead = pacer.lead * RATE
            while pacer.behind(now) >= block:
                pacer.sent += block
                flying.append((now + delay, block))
        busy = page_busy[0] < now < page_busy[1]
        for arrival, count in [f for f in flying if f[0] <= now and not busy]:
            flying.remove((arrival, count))
            page.take({"type": "pcm", "stream": 1}, count)
        page.advance(0.002)
        if now >= next_report and not busy:
            next_report += 0.1
            answers.append((now + delay, page.report()))
            page.levels.append((now, page.level / RATE))
    return page, pacer


@pytest.mark.parametrize("drift", [-0.02, 0.0, 0.02])
@pytest.mark.parametrize("delay", [0.003, 0.07])
def test_the_level_stays_at_the_lead(drift: float, delay: float) -> None:
    page, pacer = simulate(drift, 0.3, 40.0, delay=delay)
    levels = np.array([level for now, level in page.levels if now > 4])
    assert np.abs(levels - 0.3).max() < 0.04
    assert page.underruns == 0 and pacer.lead == 0.3


@pytest.mark.parametrize("delay", [0.003, 0.07, 0.2])
def test_after_a_stall_the_level_returns(delay: float) -> None:
    page, pacer = simulate(0.0, 0.3, 20.0, {5.0: 0.8}, delay)
    levels = np.array([level for now, level in page.levels if now > 10])
    assert page.underruns == 1
    assert 0.3 < pacer.lead < 0.45  # an underrun raises it
    assert np.abs(levels - pacer.lead).max() < 0.04
    assert max(level for _, level in page.levels) < 0.65  # and never was there a burst


def test_what_a_busy_page_gets_late_is_no_latency_for_good() -> None:
    page, pacer = simulate(0.0, 0.3, 15.0, page_busy=(5.0, 6.5))
    levels = np.array([level for now, level in page.levels if now > 10])
    assert page.underruns == 1 and np.abs(levels - pacer.lead).max() < 0.04


def test_a_short_stall_is_ridden_out() -> None:
    page, pacer = simulate(0.0, 0.3, 12.0, {5.0: 0.2})
    assert page.underruns == 0 and pacer.lead == 0.3
    assert abs(page.levels[-1][1] - 0.3) < 0.04


def test_time_without_underruns_lowers_the_lead_again() -> None:
    page, pacer = simulate(0.0, 0.2, 150.0, {2.0: 0.5})
    assert page.underruns == 1 and pacer.lead == pytest.approx(0.2)


def test_a_line_that_needs_its_lead_keeps_it() -> None:
    """Lowered as long as enough was left at the worst moment, and no further: else it would run dry every minute."""
    pacer, now, least = Pacer(RATE, 0.2, 0.0), 0.0, 0.15  # seconds that the line eats of every lead

    def report(underruns: int) -> bool:
        lowest = max(0, pacer.lead - least) * RATE
        return pacer.report(round(pacer.lead * RATE), pacer.sent, underruns, now, mean=pacer.lead * RATE, lowest=lowest)

    for underruns in (1, 2):
        now += 5.0
        assert report(underruns)
    raised = pacer.lead
    for _ in range(4000):
        now += 0.1
        report(2)
    assert 0.15 + 0.04 <= pacer.lead < 0.15 + 0.04 + 0.02 + 0.02 < raised


def test_one_wrong_report_moves_little() -> None:
    pacer = Pacer(RATE, 0.2, 0.0)
    pacer.sent = RATE
    before = pacer.behind(1.0)
    pacer.report(round(0.2 * RATE), RATE, 0, 1.0, mean=5.0 * RATE)
    assert abs(pacer.behind(1.0) - before) <= 0.017 * RATE


class _Room:
    """An audience and a clock."""

    def __init__(self) -> None:
        self.now, self.audience = 0.0, Audience(0.0)
        self.gate, self.ready, self.silent = True, True, False
        self.page: dict[str, Any] = {"peak": 0.1, "muted": False, "hidden": False}

    def after(self, seconds: float, **page: Any) -> bool:
        self.page |= page
        heard = True
        for _ in range(max(1, round(seconds * 10))):
            self.now += 0.1
            heard = self.audience.hears(
                self.now, gate=self.gate, ready=self.ready, silent=self.silent, page=self.page, report_age=0.05
            )
        return heard


def test_a_page_turned_down_lets_the_engine_rest() -> None:
    room = _Room()
    assert room.after(20)
    assert not room.after(0.1, muted=True) and not room.after(60)
    assert room.after(0.1, muted=False)


def test_a_hidden_tab_that_sounds_plays_on_and_a_silent_one_rests() -> None:
    room = _Room()
    assert room.after(60, hidden=True)
    assert room.after(9, peak=0.0) and not room.after(2)  # the gate is open, but nothing comes
    room.gate = False
    assert not room.after(1)
    room.gate = True
    assert room.after(0.1) and room.after(1)  # before the page can have heard anything
    assert room.after(30, peak=0.2)
    assert not room.after(11, peak=0.0) and room.after(0.1, hidden=False)


def test_a_closed_gate_rests_after_its_sound_has_ended() -> None:
    room = _Room()
    room.gate = False
    assert room.after(5)  # it still rings
    room.silent = True
    assert room.after(1.5) and not room.after(1.0)
    room.silent = False  # something plays that no gate holds
    assert room.after(0.1)
    assert not room.audience.hears(room.now, gate=True, ready=True, silent=False, page=None, report_age=400.0)
    room.ready = False
    assert not room.after(0.1)


@pytest.mark.parametrize("page", [None, {}, {"peak": None, "muted": 0, "hidden": None}, {"peak": "loud"}])
def test_an_audience_takes_any_report(page: Any) -> None:
    assert Audience(0.0).hears(0.1, gate=True, ready=True, silent=False, page=page, report_age=0.0)


class Line:
    """Carries messages to a page double and its reports back, in real time."""

    def __init__(self, lead: float) -> None:
        self.messages: list[dict[str, Any]] = []
        self.pcm: list[np.ndarray] = []
        self.block = 0.0
        self.facts: dict[str, Any] = {}  # more that the page reports
        self.page = PageDouble(HostDouble.sample_rate)
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
                report = self.page.report() | self.facts
            last = now
            if k % 20 == 0:
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
    line.sink.panic()
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
