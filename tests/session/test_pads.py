"""Pads move the hand to points; the engine glides there."""

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


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=[])
    made.stage.points.place((-1, 0))
    made.stage.points.place((1, 0.5))
    made.stage.points.place((0, -1))
    yield made
    made.close()


def here(session):
    return session.sound.start().status().place


def test_a_pad_jumps_glides_in_the_engine_and_is_released(session):
    host, pads = with_hands(session), session.stage.pads
    pads.strike(1, seconds=5.0)  # the first touch lands there: there is nowhere to come from
    assert not pads.gliding
    until(lambda: here(session) == (-1.0, 0.0))
    session.stage.tracer.start()
    pads.strike("q2", seconds=0.3)
    assert pads.held == "q2" and pads.gliding
    until(lambda: here(session) == (1.0, 0.5))
    way = session.stage.tracer.stop().spatial.values
    assert len(host.places) == 2, "one gesture, and the engine goes by itself"
    assert len(way) > 20 and (np.diff(way[:, 0]) >= 0).all() and np.allclose(way[:, 1], (way[:, 0] + 1) / 4, atol=1e-6)
    assert np.diff(way[:, 0]).max() < 0.15, "frame by frame at 80 Hz, eased"
    pads.release()
    assert host.places[-1] == ([1.0, 0.5], False) and pads.held == "" and not pads.gliding
    assert not [thread for thread in threading.enumerate() if "pads" in thread.name]


def test_a_pad_struck_on_the_way_goes_on_from_there(session):
    with_hands(session)
    pads = session.stage.pads
    pads.strike(1, 0.0)
    until(lambda: here(session) == (-1.0, 0.0))
    session.stage.tracer.start()
    pads.strike(2, 2.0)
    until(lambda: here(session)[0] > -0.99)
    pads.strike(3, 0.3)
    until(lambda: here(session) == (0.0, -1.0))
    way = session.stage.tracer.stop().spatial.values
    assert np.linalg.norm(np.diff(way, axis=0), axis=1).max() < 0.2


def test_another_hand_takes_over(session):
    with_hands(session)
    pads = session.stage.pads
    pads.strike(1, 0.0)
    until(lambda: here(session) == (-1.0, 0.0))
    pads.strike(2, 30.0)
    session.move((0.7, 0.7))
    assert pads.held == "" and not pads.gliding
    until(lambda: here(session) == pytest.approx((0.7, 0.7)))


def test_another_finger_leaves_a_pad_alone(session):
    with_hands(session)
    session.stage.pads.strike(1, 0.0)
    session.sound.move((0.3, 0.3), hand=1)
    assert session.stage.pads.held == "q1"
    session.sound.lift(hand=1)
    assert session.sound.hand.down and not session.sound.hands[1].down
    session.sound.lift()
    assert not session.sound.hand.down
    with pytest.raises(ValueError, match="hands 0 to 7, got 8"):
        session.sound.move((0, 0), hand=8)


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
