"""Tracing live controls and latents: what was played is what is kept, learnt and exchanged."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from terrain_widgets.interop.nn_terrain.dataset import load_dataset
from terrain_widgets.session.notices.events import TraceEnded
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands


def until(what, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones(1))
    for place in ((-1, -1), (1, -1), (0, 1)):
        made.stage.points.place(place, [*place, 0.5])
    made.stage.points.train("idw")
    made.stage.points.play()
    made.stage.points.follow = False
    yield made
    made.close()


def here(session):
    return session.sound.start().status().place


def test_a_performance_is_traced_frame_by_frame(session):
    with_hands(session)
    session.stage.tracer.start()
    until(lambda: session.sound.start().status().ready)
    assert session.stage.tracer.frames == 0, "nothing sounds yet"
    session.move((-0.5, 0.0))
    until(lambda: session.stage.tracer.frames >= 3)
    session.move((0.5, 0.0))
    until(lambda: here(session) == (0.5, 0.0))
    trace = session.stage.tracer.stop()
    assert session.stage.tracer.traces == (trace,) and not session.stage.tracer.tracing
    assert trace.spatial.values[0].tolist() == [-0.5, 0.0] and trace.spatial.values[-1].tolist() == [0.5, 0.0]
    limits = session.stage.latents
    expected = np.clip(session.stage.sources.shown(trace.spatial.values), limits.low, limits.high)
    np.testing.assert_allclose(trace.latent.values[5:], expected[5:], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.diff(trace.spatial.times), 1 / session.codec.info.frame_rate)
    assert session.stage.tracer.stop() is None
    assert not [thread for thread in threading.enumerate() if "tracer" in thread.name]


def test_a_trace_goes_on_with_an_engine_that_is_started_later(session):
    session.stage.tracer.start()
    with_hands(session)
    session.move((-0.5, 0.0))
    until(lambda: session.stage.tracer.frames >= 3)
    assert len(session.stage.tracer.stop()) >= 3


def test_it_ends_at_its_limit_and_takes_the_sliders_latents(session):
    with_hands(session)
    session.stage.sliders.move(0, 2.0)
    session.move((0.1, 0.2))
    session.stage.tracer.start("sliders", limit=5)
    until(lambda: not session.stage.tracer.tracing)
    until(lambda: len(session.stage.tracer.traces) == 1)
    (trace,) = session.stage.tracer.traces
    assert len(trace) == 5 and (trace.latent.values == [2, 0, 0]).all()
    with pytest.raises(ValueError, match="limit must be"):
        session.stage.tracer.start(limit=0)
    with pytest.raises(ValueError, match="not 'birds'"):
        session.stage.tracer.start("birds")


def test_a_trace_whose_controls_change_ends_and_says_so(session):
    with_hands(session)
    session.stage.tracer.start()
    session.move((0.1, 0.2))
    until(lambda: session.stage.tracer.frames > 1)
    session.stage.points.clear()
    for place in np.eye(3):
        session.stage.points.place(place, place)
    session.stage.points.train("idw")
    session.stage.points.play()
    until(lambda: not session.stage.tracer.tracing and len(session.stage.tracer.traces) == 1)
    assert session.jobs.notices.newest["trace"] == TraceEnded(before=2, now=3)


def test_controls_of_any_dimension_are_taken_by_hand(session):
    session.stage.tracer.start(clock=False)
    for k in range(4):
        session.stage.tracer.take(np.full(23, k), [k, k, k])
    with pytest.raises(ValueError, match="23 and latents of 3"):
        session.stage.tracer.take([1, 2], [0, 0, 0])
    trace = session.stage.tracer.stop()
    assert trace.spatial.values.shape == (4, 23) and trace.latent.values[:, 0].tolist() == [0, 1, 2, 3]
    with pytest.raises(RuntimeError, match="nothing is being traced"):
        session.stage.tracer.take([0, 0])
    with pytest.raises(ValueError, match="23 dimensions"):
        session.stage.tracer.add(trace.name)


def test_a_poke_is_one_pair(session):
    with pytest.raises(ValueError, match="nothing has played yet"):
        session.stage.tracer.poke()
    with_hands(session)
    session.move((0.0, 1.0))
    until(lambda: here(session) == (0.0, 1.0))
    poked = session.stage.tracer.poke()
    np.testing.assert_allclose(poked.latent.values, [[0, 1, 0.5]], atol=1e-4)
    assert session.stage.tracer.poke([1, 2, 3], [4, 5, 6]).spatial.values.tolist() == [[1, 2, 3]]
    assert [trace.name for trace in session.stage.tracer.traces] == ["trace 1", "trace 2"]
    session.stage.tracer.remove("trace 1")
    with pytest.raises(KeyError, match="no trace 'trace 1'"):
        session.stage.tracer.remove("trace 1")


def test_a_trace_becomes_a_pair_that_keeps_its_latents(session):
    angles = np.linspace(0, 5, 30)
    places = np.stack([np.cos(angles), np.sin(angles**1.3)], axis=1)  # not at an even speed
    session.stage.tracer.start(clock=False)
    for place in places:
        session.stage.tracer.take(place, [place[0], 0.1, place[1]])
    trace = session.stage.tracer.stop()
    clip = session.stage.tracer.add(trace.name)
    (pair,) = session.training.dataset
    assert pair.name == trace.name and pair.warnings == ()
    np.testing.assert_allclose(pair.spatial.values, trace.spatial.values, atol=1e-5)
    np.testing.assert_allclose(pair.latent.values, trace.latent.values)
    # LevelCodec decodes a hundred samples a frame.
    assert session.state.clip(clip).sound.audio.shape == (1, 3000)
    session.train(seconds=None, epochs=2, wait=True)
    session.undo()
    session.undo()
    assert len(session.training.dataset) == 0 and len(session.state.clips) == 1


def test_traces_go_to_nn_terrain_and_back(session, tmp_path):
    with pytest.raises(ValueError, match="no traces yet"):
        session.stage.tracer.save(tmp_path / "t.json")
    random = np.random.default_rng(0)
    for frames in (5, 1):
        session.stage.tracer.start(clock=False)
        for _ in range(frames):
            session.stage.tracer.take(random.normal(size=3), random.normal(size=3))
        session.stage.tracer.stop()
    made = session.stage.tracer.traces
    session.stage.tracer.save(tmp_path / "c.json", tmp_path / "z.json")
    loaded = load_dataset(tmp_path / "c.json", tmp_path / "z.json")
    assert [len(pair.latent) for pair in loaded] == [5, 1]
    session.stage.tracer.load(tmp_path / "c.json", tmp_path / "z.json")
    for one, other in zip(made, session.stage.tracer.traces[2:], strict=True):
        assert (one.spatial.values == other.spatial.values).all() and (one.latent.values == other.latent.values).all()
