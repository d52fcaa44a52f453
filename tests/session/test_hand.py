"""One place decides whether a gesture may sound, and tells as an event why it does not."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec
from tests.session.hands import HandsHost, with_hands

PLACE = (0.25, -0.5)


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=[])
    yield made
    made.close()


def something(session: Session, source: str = "terrain") -> None:
    session.stage.sources.publish(source, ConstantMapping(2, np.zeros(session.codec.info.latent_dim, np.float32)))


def test_nothing_is_played_before_there_is_something_to_play(session):
    host, hand = with_hands(session), session.stage.hand
    assert hand.move(PLACE) is Silence.NO_TERRAIN and host.places == []
    something(session, "sliders")
    session.stage.sources.select("sliders")
    session.sound.listening = True
    assert hand.move(PLACE) is None and host.places == [(list(PLACE), True)]


def test_a_gesture_is_played_but_nobody_hears_it_while_the_sound_is_off(session):
    something(session)
    hand = session.stage.hand
    assert hand.move(PLACE) is Silence.SOUND_OFF and session.sound.hand.place.tolist() == list(PLACE)
    host = with_hands(session)
    assert hand.move(PLACE) is Silence.SOUND_OFF and host.gate_open
    session.sound.listening = True
    assert hand.move(PLACE) is None and repr(hand) == "Hand(heard)"


def test_a_lifted_hand_is_always_told_and_needs_no_explanation(session):
    host = with_hands(session)
    assert session.stage.hand.move(PLACE, on=False) is None
    assert host.places == [(list(PLACE), False)]


class MortalHost(HandsHost):
    """Says that it has died, and waits to be started again."""

    alive = True

    def __init__(self, codec):
        self.restarted = threading.Event()
        super().__init__(codec)

    def status(self):
        return replace(super().status(), alive=self.alive)

    def restart(self):
        self.alive = True
        self.restarted.set()


def test_an_engine_that_died_is_started_again_by_the_next_gesture(session, monkeypatch):
    monkeypatch.setattr("terrain_widgets.session.stage.hand._LOOK_SECONDS", 0.0)
    something(session)
    host = MortalHost(session.codec)
    session.sound.take(host)
    session.sound.listening = True
    assert session.stage.hand.move(PLACE) is None
    host.alive = False
    assert session.stage.hand.move(PLACE) is Silence.REVIVED
    assert host.restarted.wait(10.0)
    assert session.stage.hand.move(PLACE) is None
