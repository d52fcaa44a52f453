"""The shortest way to a terrain: three jobs in a row, which can be stopped, gone on with and undone."""

from __future__ import annotations

import time

import numpy as np
import pytest

from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session():
    session = Session(codec=LevelCodec(), sounds=tones(3))
    yield session
    session.close()


def test_from_nothing_to_a_terrain(session):
    kinds = []
    session.jobs.observe(lambda change: kinds.append(change["new"]), "working")
    session.shortcut.start(seconds=0.5, wait=True)
    assert [kind for kind in kinds if kind] == ["encode", "train"] and not session.shortcut.running
    assert len(session.sounds.encoded) == len(session.state.paths) == 3 and session.stage.sources.shown is not None
    session.undo()
    assert len(session.state.paths) == 0


def test_what_is_there_is_kept(session):
    one = session.state.clips[0].id
    session.encode(wait=True)
    session.draw(one, [[-0.5, 0.1], [0.5, 0.3]])
    latents, drawn = session.latents[one], session.state.paths[one]
    session.shortcut.start(seconds=0.5, wait=True)
    assert session.latents[one] is latents and session.state.paths[one] is drawn
    assert len(session.state.paths) == 3


def test_it_can_be_stopped_and_gone_on_with(session):
    session.shortcut.start(seconds=60)
    deadline = time.monotonic() + 30
    while session.jobs.working != "train" and time.monotonic() < deadline:
        time.sleep(0.01)
    with pytest.raises(RuntimeError, match="still being encoded or trained"):
        session.shortcut.start()
    session.shortcut.stop()
    while session.shortcut.running and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not session.shortcut.running and session.jobs.status.state == "cancelled"
    session.shortcut.start(seconds=0.5, wait=True)
    assert session.jobs.status.state == "done" and np.isfinite(session.training.losses).all()


def test_a_session_without_sounds_says_so():
    session = Session(codec=LevelCodec(), sounds=[])
    session.shortcut.start(wait=True)
    assert "pair" in session.jobs.notices.newest["train"].why and not session.shortcut.running
    session.close()
