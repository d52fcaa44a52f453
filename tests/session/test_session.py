"""The instrument without a face: everything a click does, by method."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pytest

from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones

LINE = [[-0.5, 0.0], [0.5, 0.2]]


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones())
    yield made
    made.close()


def ids(session):
    return [clip.id for clip in session.state.clips]


def test_the_whole_job(session):
    session.encode(wait=True)
    for clip_id in ids(session):
        session.draw(clip_id, LINE)
    assert len(session.training.dataset) == 3 and session.training.dataset.frame_count == 20 + 30 + 40
    session.train(seconds=None, epochs=60, wait=True)
    assert session.stage.sources.shown is not session.terrain and len(session.training.losses) > 3
    assert session.training.losses[-1, 1] < session.training.losses[0, 1]
    assert (
        session.stage.sources.shown(session.training.dataset.coordinates)
        == session.terrain(session.training.dataset.coordinates)
    ).all()
    assert "trained" in repr(session) and session.jobs.status.state == "done"


def test_each_stroke_moves_on_to_the_next_sound(session):
    first, second, third = ids(session)
    assert session.document.selected == first
    session.draw(first, LINE)
    session.document.select_next()
    assert session.document.selected == second
    session.draw(third, LINE)
    session.draw(second, LINE)
    session.document.select_next()
    assert session.document.selected == second  # all have one: stay


def test_undo_and_redo_cover_every_edit(session):
    first, second, _ = ids(session)
    states = [session.state]
    for edit in (
        lambda: session.draw(first, LINE),
        lambda: session.draw(first, LINE[::-1]),
        lambda: session.arrange(),
        lambda: session.document.erase(second),
        lambda: session.document.remove_sound(first),
        lambda: session.add_sound(tones(1)[0]),
        lambda: session.document.clear_paths(),
    ):
        edit()
        states.append(session.state)
    for state in states[-2::-1]:
        session.undo()
        assert session.state is state
    assert not session.document.can_undo
    session.undo()
    for state in states[1:]:
        session.redo()
        assert session.state is state
    assert not session.document.can_redo


def test_a_new_edit_ends_redo(session):
    first, second, _ = ids(session)
    session.draw(first, LINE)
    session.undo()
    session.draw(second, LINE)
    assert not session.document.can_redo and list(session.state.paths) == [second]


def test_arranging_leaves_drawn_paths_alone(session):
    first = ids(session)[0]
    session.draw(first, LINE)
    drawn = session.state.paths[first]
    session.arrange()
    assert session.state.paths[first] is drawn and len(session.state.paths) == 3


def test_encoding_does_only_what_is_left(session):
    session.encode(wait=True)
    session.add_sound(tones(1)[0])
    session.encode(wait=True)
    assert session.codec.encoded == 4


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda s: s.draw("c1", [[0, 0], [0, 0]]), "single point"),
        (lambda s: s.draw("c1", [[0, 0], [np.nan, 0]]), "finite"),
        (lambda s: s.draw("c9", LINE), "c9"),
        (lambda s: s.sounds.set_latents("c1", np.ones((4, 7))), "3 latents"),
        (lambda s: s.sounds.set_latents("c1", np.full((4, 3), np.nan)), "finite"),
        (lambda s: s.train(wait=True), "no sound is encoded yet"),
        (lambda s: s.render([[0, 0]]), "no terrain yet"),
        (lambda s: s.add_sound(b"no sound"), "could not be read"),
        (lambda s: s.sounds.use_codec("nowhere/model.ts"), "no codec file"),
    ],
)
def test_mistakes_are_sentences_and_change_nothing(session, act, words):
    before = session.state, session.latents, session.stage.sources.shown, session.codec
    with pytest.raises((ValueError, KeyError), match=words):
        act(session)
    assert (session.state, session.latents, session.stage.sources.shown, session.codec) == before


def test_a_failed_job_is_told_to_its_panel(session):
    heard = []
    session.jobs.notices.observe(lambda change: heard.append(change["new"].get("train")), names="newest")
    job = session.train()
    with pytest.raises(ValueError):
        job.wait(10)
    assert "encoded" in heard[-1].why and heard[-1].level == "error"
    session.encode(wait=True)
    job = session.train()
    with pytest.raises(ValueError):
        job.wait(10)
    assert "draw a path" in heard[-1].why and session.jobs.working == ""


def test_one_job_at_a_time_and_cancel(session):
    session.encode(wait=True)
    session.arrange()
    job = session.train(seconds=60)
    with pytest.raises(RuntimeError, match="still"):
        session.encode()
    began = time.monotonic()
    while (
        session.stage.sources.shown is None and time.monotonic() - began < 30
    ):  # its process may have to be started first
        time.sleep(0.01)
    began = time.monotonic()
    session.jobs.cancel()
    job.wait(10)
    assert time.monotonic() - began < 5 and job.status.state == "cancelled" and session.stage.sources.shown is not None


def test_training_goes_on_where_it_stood(session):
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=20, wait=True)
    terrain = session.terrain
    session.train(seconds=None, epochs=20, wait=True)
    assert session.terrain is terrain and session.training.losses[-1, 0] == 40
    session.training.gauss_scale = 3.0  # of the next new terrain
    session.train(seconds=None, epochs=5, wait=True)
    assert session.terrain is terrain and session.training.losses[-1, 0] == 45
    session.training.reset()
    session.train(seconds=None, epochs=5, wait=True)
    assert session.terrain.config.gauss_scale == 3.0
    assert session.terrain is not terrain and session.training.losses[-1, 0] == 5


def test_the_same_seed_gives_the_same_terrain():
    results = []
    for _ in range(2):
        session = Session(codec=LevelCodec(), sounds=tones(), seed=3)
        session.encode(wait=True)
        session.arrange()
        session.train(seconds=None, epochs=15, wait=True)
        results.append(session.stage.sources.shown(session.training.dataset.coordinates))
        session.close()
    assert (results[0] == results[1]).all()


def test_published_snapshots_never_change(session):
    session.encode(wait=True)
    session.arrange()
    snapshots = []
    session.stage.sources.observe(
        lambda change: snapshots.append((change["new"], change["new"]([[0.1, 0.2]]))), names="shown"
    )
    session.train(seconds=2.0, wait=True)
    assert len(snapshots) >= 2
    assert all((mapping([[0.1, 0.2]]) == then).all() for mapping, then in snapshots)


def test_observers_on_other_threads_see_whole_states(session):
    """Two threads draw while a third undoes; every state seen is one that an edit made."""
    problems = []

    def check(change):
        for clip_id in change["new"].paths:
            if clip_id not in [clip.id for clip in change["new"].clips]:
                problems.append(clip_id)

    session.document.observe(check, names="state")
    first, second, _ = ids(session)
    threads = [
        threading.Thread(target=lambda c=c: [session.draw(c, LINE) or session.undo() for _ in range(100)])
        for c in (first, second)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems


def test_starting_over_keeps_the_engine_and_falls_silent():
    """With the bundled codec and a real process: the page's sink must not lose its engine under its feet."""
    session = Session(sounds=tones(1))
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=3, wait=True)
    host = session.sound.start()
    deadline = time.monotonic() + 30
    while not host.status().ready and time.monotonic() < deadline:
        time.sleep(0.05)
    session.move(session.training.dataset.coordinates[5])
    assert host.gate_open
    session.training.reset()
    assert session.sound.start() is host and not host.gate_open and session.stage.sources.shown is None
    session.train(seconds=None, epochs=3, wait=True)
    assert session.sound.start() is host and host.status().alive
    session.close()
    assert not host.status().alive


def test_starting_over_while_training_leaves_nothing_behind(session):
    session.encode(wait=True)
    session.arrange()
    job = session.train(seconds=60)
    while session.stage.sources.shown is None:
        time.sleep(0.02)
    session.training.reset()
    job.wait(20)
    assert session.stage.sources.shown is None and session.terrain is None and len(session.training.losses) == 0


def test_an_engine_that_was_killed_comes_back():
    session = Session(sounds=tones(1))
    host = session.sound.start()
    deadline = time.monotonic() + 30
    while not host.status().ready and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not session.sound.revive()
    os.kill(host.pid, signal.SIGKILL)
    while host.status().alive and time.monotonic() < deadline:
        time.sleep(0.05)
    assert session.sound.revive()
    while not host.status().ready and time.monotonic() < deadline:
        time.sleep(0.05)
    assert session.sound.start() is host and host.status().alive
    session.close()
