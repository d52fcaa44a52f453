"""Pairs are made once: training tells by identity what is new."""

from __future__ import annotations

import time

import numpy as np

from terrain_widgets.session.document import commands
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones


def encoded() -> Session:
    session = Session(codec=LevelCodec(), sounds=tones())
    session.encode(wait=True)
    return session


def test_what_did_not_change_stays_the_same_object():
    session = encoded()
    session.draw("c1", [[0, 0], [1, 1]])
    first = session.training.dataset
    session.draw("c2", [[0, 0], [1, -1]])
    second = session.training.dataset
    assert second is not first and second.pairs[0] is first.pairs[0] and len(second) == 2
    session.add_sound(tones()[0])
    assert session.training.dataset is second, "a sound without a path teaches nothing"
    session.draw("c1", [[0, 0], [0.5, 1]])
    third = session.training.dataset
    assert third.pairs[0] is not second.pairs[0] and third.pairs[1] is second.pairs[1]
    session.undo()
    assert session.training.dataset.pairs[1] is second.pairs[1]
    session.close()


def test_training_that_goes_on_learns_what_is_added():
    session = encoded()
    session.draw("c1", [[-1, 0], [1, 0]])
    job = session.train(continuous=True)
    session.draw("c2", [[-1, 0.5], [1, 0.5]])
    frames = session.training.dataset.frame_count
    places = session.training.dataset.coordinates
    apart = np.inf
    end = time.monotonic() + 60
    while apart > 0.05 and time.monotonic() < end:  # of what the second path teaches
        time.sleep(0.05)
        if session.stage.sources.shown is not None:
            apart = np.square(session.stage.sources.shown(places) - session.training.dataset.latents).mean()
    assert apart <= 0.05, job.status
    session.jobs.cancel()
    job.wait(30)
    assert job.status.state == "cancelled"
    job = session.train(seconds=None, epochs=100, wait=True)
    assert f"on {frames} frames" in job.status.message
    session.close()


def test_earlier_trainings_are_kept_to_compare_with():
    session = encoded()
    session.draw("c1", [[-1, 0], [1, 0]])
    for scale in (0.5, 1.0, 2.0):
        session.training.gauss_scale = scale
        session.training.reset()
        session.train(seconds=None, epochs=5, wait=True)
    assert [name for name, _ in session.training.runs] == ["ruggedness 0.5", "ruggedness 1"]
    session.close()


def test_pairs_follow_rules_and_muted_paths_are_left_out():
    session = encoded()
    session.arrange()
    session.document.apply(commands.mute, ["p1"])
    session.draw("c2", [[-0.5, 0.0], [0.5, 0.2]])
    session.document.apply(commands.set_rule, ["p2"], "nn.terrain", 0.2)
    data = session.training.dataset
    assert [each.name for each in data] == ["tone 1", "tone 2"] and data.frame_count == 6 + 40
    assert len(data.warnings) == 1 and "left out" in data.warnings[0]
    session.close()
