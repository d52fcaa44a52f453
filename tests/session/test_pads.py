"""Pads move the hand to points; their clock lives only while one glides."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from terrain_widgets.session.jobs.ticker import Ticker
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec
from tests.session.hands import with_hands


def until(what, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


def clocks():
    return [thread for thread in threading.enumerate() if thread.name.startswith("terrain_widgets pads")]


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=[])
    made.stage.points.place((-1, 0))
    made.stage.points.place((1, 0.5))
    made.stage.points.place((0, -1))
    yield made
    made.close()


def test_a_pad_jumps_glides_and_is_released(session):
    host, pads = with_hands(session), session.stage.pads
    pads.strike(1, seconds=5.0)  # the first touch lands there: there is nowhere to come from
    until(lambda: host.places == [([-1.0, 0.0], True)] and not pads.gliding)
    pads.strike("q2", seconds=0.15)
    assert pads.held == "q2"
    until(lambda: not pads.gliding)
    way = np.array([place for place, _ in host.places])
    assert way[-1].tolist() == [1.0, 0.5] and len(way) > 4 and host.gate_open
    assert (np.diff(way[:, 0]) >= 0).all() and np.allclose(way[:, 1], (way[:, 0] + 1) / 4)
    pads.release()
    assert host.places[-1] == ([1.0, 0.5], False) and pads.held == ""
    assert clocks() == []


def test_a_pad_struck_on_the_way_goes_on_from_there(session):
    host, pads = with_hands(session), session.stage.pads
    pads.strike(1, 0.0)
    until(lambda: not pads.gliding)
    pads.strike(2, 30.0)
    until(lambda: len(host.places) > 5)
    pads.strike(3, 0.1)
    until(lambda: not pads.gliding)
    way = np.array([place for place, _ in host.places])
    assert way[-1].tolist() == [0, -1] and np.linalg.norm(np.diff(way, axis=0), axis=1).max() < 1.2


def test_another_hand_takes_over(session):
    host, pads = with_hands(session), session.stage.pads
    pads.strike(1, 0.0)
    until(lambda: not pads.gliding)
    pads.strike(2, 30.0)
    until(lambda: len(host.places) > 3)
    session.move((0.7, 0.7))
    until(lambda: not pads.gliding)
    assert host.places[-1] == ([0.7, 0.7], True) and pads.held == ""


def test_closing_a_session_ends_the_clock(session):
    with_hands(session)
    session.stage.pads.strike(1, 0.0)
    until(lambda: not session.stage.pads.gliding)
    session.stage.pads.strike(2, 60.0)
    assert len(clocks()) == 1
    session.close()
    until(lambda: clocks() == [])


def test_what_cannot_be_struck_is_said(session):
    with pytest.raises(KeyError, match="no point 9"):
        session.stage.pads.strike(9)
    with pytest.raises(ValueError, match="seconds must be"):
        session.stage.pads.strike(1, -1.0)


def test_a_ticker_begins_again_ends_and_survives_a_fault():
    calls = []

    def tick():
        calls.append(threading.current_thread())
        if len(calls) == 3:
            raise ValueError("on purpose")
        return len(calls) < 3

    ticker = Ticker(0.001, tick, "ticker of a test")
    ticker.start()
    until(lambda: not ticker.running)
    assert len(calls) == 3
    ticker.start()
    until(lambda: not ticker.running)
    assert len(calls) == 4 and len(set(calls)) == 2
    ticker.close()
    ticker.start()
    assert not ticker.running and len(calls) == 4
