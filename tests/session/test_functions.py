"""Python functions that move numbers: heard wherever the engine runs, and kept by nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.wording import words
from tests.session.doubles import LevelCodec, tones
from tests.session.test_where_it_runs import ElsewhereDouble


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(1))
    made.sound.add_place("elsewhere", ElsewhereDouble)
    made.sound.run_in("elsewhere")
    made.sound.start()
    yield made
    made.close()


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30.0
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def sounding(session: Session, address: str) -> object:
    return session.sound.engine.setup.patch[address]


def notice(session: Session) -> str:
    return words(session.jobs.notices.newest["modulate"])


def test_a_function_moves_the_latents_in_the_engine_and_leaves_no_step_of_undo(session: Session) -> None:
    session.stage.shape(offset=1.0)
    before = session.document.patch
    session.stage.modulators.call(lambda seconds: np.array([0.0, 1.0, 2.0]) + 0 * seconds)
    assert until(lambda: sounding(session, "latents.offset") == (1.0, 2.0, 3.0))
    assert session.sound.passing == ("latents.offset",)
    assert session.document.patch == before and session.stage.setup.patch["latents.offset"] == 1.0
    assert "not saved" in repr(session.stage.modulators) and "it is not saved" in notice(session)
    session.stage.shape(offset=-1.0)  # what is set is moved
    assert until(lambda: sounding(session, "latents.offset") == (-1.0, 0.0, 1.0))
    session.undo()
    assert until(lambda: sounding(session, "latents.offset") == (0.0, 1.0, 2.0))
    session.stage.modulators.call(None)
    assert session.sound.passing == () and sounding(session, "latents.offset") == 0.0
    assert "function" not in repr(session.stage.modulators)


def test_its_seconds_go_on_from_the_beginning_and_begin_again_with_a_trigger(session: Session) -> None:
    asked: list[float] = []
    session.stage.modulators.call(lambda seconds: asked.append(seconds) or 0.0)
    assert until(lambda: asked[-1] > 0.3)
    assert asked[:2] == sorted(asked[:2]) and asked[0] == 0.0
    session.stage.modulators.trigger()
    assert until(lambda: asked[-1] < 0.3) and until(lambda: asked[-1] > 0.1)


def test_a_second_function_leaves_the_seconds_of_the_first_and_one_may_end_itself(session: Session) -> None:
    asked: list[float] = []
    session.stage.movers.call("place x", lambda seconds: asked.append(seconds) or 0.0)
    assert until(lambda: asked[-1] > 0.1)

    def once(seconds: float) -> float:
        if seconds > 0.0:
            session.stage.movers.call("level", None)
        return 0.25

    session.stage.movers.call("level", once)
    assert until(lambda: "output.level" not in session.stage._functions.now)
    asked_then = len(asked)
    assert until(lambda: len(asked) > asked_then + 1)
    assert asked == sorted(asked) and sounding(session, "output.level") == session.stage.patch["output.level"]
    session.stage.movers.call("place x", lambda seconds: session.stage.movers.call("place x", None) or 0.5 + seconds)
    assert until(lambda: session.stage._functions.now == {} and sounding(session, "hand.offset") == 0.0)


def test_a_function_of_a_place_moves_one_axis_and_stays_within_the_range(session: Session) -> None:
    session.stage.movers.call("place x", lambda _seconds: 0.25)
    assert until(lambda: sounding(session, "hand.offset") == (0.25, 0.0))
    session.stage.movers.call("level", lambda _seconds: 7.0)
    assert until(lambda: sounding(session, "output.level") == 1.0)
    assert "hand.offset" in repr(session.stage.movers)
    session.stage.movers.call("place x", None)
    assert until(lambda: sounding(session, "hand.offset") == 0.0)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda: 1 / 0, "ZeroDivisionError"),
        (lambda: np.nan, "finite numbers, got nan"),
        (lambda: np.zeros(2), "one number or 3, got an array of shape"),
        (lambda: "loud", "could not convert"),
    ],
)
def test_one_that_fails_while_it_runs_is_stopped_with_a_sentence_and_the_sound_goes_on(
    session: Session, wrong: Callable[[], object], words: str
) -> None:
    fails: list[bool] = []

    def wobble(_seconds: float) -> object:
        return wrong() if fails else 0.5

    session.stage.modulators.call(wobble)
    assert until(lambda: sounding(session, "latents.offset") == 0.5)
    fails.append(True)
    assert until(lambda: sounding(session, "latents.offset") == 0.0)
    assert notice(session).startswith("wobble was stopped after ") and words in notice(session)
    assert "\n" not in notice(session) and session.sound.engine.status().alive
    with pytest.raises(ValueError, match="wobble does not fit"):
        session.stage.modulators.call(wobble)
    assert "function" not in repr(session.stage.modulators)


def test_what_is_no_function_and_what_cannot_be_moved_is_refused(session: Session) -> None:
    with pytest.raises(TypeError, match="a function of seconds, got float"):
        session.stage.modulators.call(0.5)
    with pytest.raises(ValueError, match="cannot be moved"):
        session.stage.movers.call("clock.tempo", lambda _seconds: 1.0)
