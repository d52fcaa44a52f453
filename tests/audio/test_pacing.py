"""Pacing and audience in virtual time: what is sent when, to a page whose clock and line are not ours."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.page_stream.pacing import Audience, Pacer
from tests.audio.node_page import NodePage

RATE = 48000


def simulate(
    drift: float,
    lead: float,
    seconds: float,
    stalls: dict[float, float] | None = None,
    delay: float = 0.03,
    page_busy: tuple[float, float] = (0.0, 0.0),
) -> tuple[NodePage, Pacer]:
    """A pacer and a page whose clock is wrong by ``drift``, in virtual time; ``delay`` seconds each way."""
    page, now, block = NodePage(RATE * (1 + drift), RATE), 0.0, 1024
    pacer = Pacer(RATE, lead, now)
    page.take({"type": "start", "stream": 1, "rate": RATE, "channels": 1, "lead": lead, "spare": 0.25}, 0)
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
                page.set_lead(pacer.lead)
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
    page.report()
    page.close()
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


@pytest.mark.parametrize("late", [0.09, 0.12, 0.18])
def test_what_is_only_rendered_late_is_not_sent_twice(late: float) -> None:
    pacer = Pacer(RATE, 0.2, 0.0)
    pacer.sent = round((1.2 - late) * RATE)  # all that there was; the rest is due, and will be there soon
    assert pacer.behind(1.0) == pytest.approx(late * RATE, abs=2)
    pacer.report(round((0.2 - late) * RATE), pacer.sent, 0, 1.0)
    assert pacer.behind(1.0) == pytest.approx(late * RATE, abs=2)


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
    assert abs(pacer.behind(1.0) - before) <= 0.036 * RATE


@pytest.mark.parametrize("extra", [0.07, 0.04, -0.04, -0.07])
@pytest.mark.parametrize(("delay", "settled"), [(0, 0.8), (7, 1.2), (20, 1.6)])  # hundredths of a second; seconds
def test_what_a_hiccup_has_added_is_gone_soon_and_what_it_has_taken_later(
    extra: float, delay: int, settled: float
) -> None:
    pacer, played, sent, levels = Pacer(RATE, 0.2, 0.0), 0.0, [0] * delay, []
    under_way: list[tuple[int, int, int, float]] = []
    for tick in range(1, 700):
        pacer.sent += max(0, pacer.behind(tick / 100))
        sent.append(pacer.sent)
        received = sent[-1 - delay]
        played += 0.01 * RATE if tick > delay else 0.0
        played -= extra * RATE if tick == 200 else 0.0
        levels.append(received - played)
        news = abs(levels[-1] - levels[-10]) > 0.03 * RATE and tick > 150 if tick > 10 else False
        if tick % 30 == 0 or (news and tick % 10 == 0):  # as the page tells
            under_way.append((tick + delay, round(levels[-1]), received, float(np.mean(levels[-10:]))))
        for report in [report for report in under_way if report[0] == tick]:
            pacer.report(report[1], report[2], 0, tick / 100, mean=report[3])
    off = np.array(levels) / RATE - 0.2
    assert abs(off[202]) > 0.9 * abs(extra)
    # nobody hears that there is too little, unless it runs dry
    assert np.abs(off[200 + int(100 * (settled if extra > 0 else 3.0)) :]).max() < 0.02
    assert np.abs(off[600:]).max() < 0.01
    assert (off[200:] * np.sign(extra)).min() > -0.02, "and not too much of it"


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
