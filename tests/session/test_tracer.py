"""Tracing live controls and latents: what was played is what is kept, learnt and exchanged."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from terrain_widgets.interop.nn_terrain.dataset import load_dataset
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
        made.points.place(place, [*place, 0.5])
    made.points.train("idw")
    made.points.play()
    made.points.follow = False
    yield made
    made.close()


def here(session):
    return session.host.status().place


def test_a_performance_is_traced_frame_by_frame(session):
    with_hands(session)
    session.tracer.start()
    until(lambda: session.host.status().ready)
    assert session.tracer.frames == 0, "nothing sounds yet"
    session.move((-0.5, 0.0))
    until(lambda: session.tracer.frames >= 3)
    session.move((0.5, 0.0))
    until(lambda: here(session) == (0.5, 0.0))
    trace = session.tracer.stop()
    assert session.tracer.traces == (trace,) and not session.tracer.tracing
    assert trace.spatial.values[0].tolist() == [-0.5, 0.0] and trace.spatial.values[-1].tolist() == [0.5, 0.0]
    limits = session.stage.latents
    expected = np.clip(session.mapping(trace.spatial.values), limits.low, limits.high)
    np.testing.assert_allclose(trace.latent.values[5:], expected[5:], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.diff(trace.spatial.times), 1 / session.codec.info.frame_rate)
    assert session.tracer.stop() is None
    assert not [thread for thread in threading.enumerate() if "tracer" in thread.name]


def test_a_trace_goes_on_with_an_engine_that_is_started_later(session):
    session.tracer.start()
    with_hands(session)
    session.move((-0.5, 0.0))
    until(lambda: session.tracer.frames >= 3)
    assert len(session.tracer.stop()) >= 3


def test_it_ends_at_its_limit_and_takes_the_sliders_latents(session):
    with_hands(session)
    session.sliders.move(0, 2.0)
    session.move((0.1, 0.2))
    session.tracer.start("sliders", limit=5)
    until(lambda: not session.tracer.tracing)
    until(lambda: len(session.tracer.traces) == 1)
    (trace,) = session.tracer.traces
    assert len(trace) == 5 and (trace.latent.values == [2, 0, 0]).all()
    with pytest.raises(ValueError, match="limit must be"):
        session.tracer.start(limit=0)
    with pytest.raises(ValueError, match="not 'birds'"):
        session.tracer.start("birds")


def test_a_trace_whose_controls_change_ends_and_says_so(session):
    with_hands(session)
    session.tracer.start()
    session.move((0.1, 0.2))
    until(lambda: session.tracer.frames > 1)
    session.points.clear()
    for place in np.eye(3):
        session.points.place(place, place)
    session.points.train("idw")
    session.points.play()
    until(lambda: not session.tracer.tracing and len(session.tracer.traces) == 1)
    said = session.notices["points"].text
    assert "the trace has ended: it has places of 2 dimensions, and what plays has 3 now" in said


def test_controls_of_any_dimension_are_taken_by_hand(session):
    session.tracer.start(clock=False)
    for k in range(4):
        session.tracer.take(np.full(23, k), [k, k, k])
    with pytest.raises(ValueError, match="23 and latents of 3"):
        session.tracer.take([1, 2], [0, 0, 0])
    trace = session.tracer.stop()
    assert trace.spatial.values.shape == (4, 23) and trace.latent.values[:, 0].tolist() == [0, 1, 2, 3]
    with pytest.raises(RuntimeError, match="nothing is being traced"):
        session.tracer.take([0, 0])
    with pytest.raises(ValueError, match="23 dimensions"):
        session.tracer.add(trace.name)


def test_a_poke_is_one_pair(session):
    with pytest.raises(ValueError, match="nothing has played yet"):
        session.tracer.poke()
    with_hands(session)
    session.move((0.0, 1.0))
    until(lambda: here(session) == (0.0, 1.0))
    poked = session.tracer.poke()
    np.testing.assert_allclose(poked.latent.values, [[0, 1, 0.5]], atol=1e-4)
    assert session.tracer.poke([1, 2, 3], [4, 5, 6]).spatial.values.tolist() == [[1, 2, 3]]
    assert [trace.name for trace in session.tracer.traces] == ["trace 1", "trace 2"]
    session.tracer.remove("trace 1")
    with pytest.raises(KeyError, match="no trace 'trace 1'"):
        session.tracer.remove("trace 1")


def test_a_trace_becomes_a_pair_that_keeps_its_latents(session):
    angles = np.linspace(0, 5, 30)
    places = np.stack([np.cos(angles), np.sin(angles**1.3)], axis=1)  # not at an even speed
    session.tracer.start(clock=False)
    for place in places:
        session.tracer.take(place, [place[0], 0.1, place[1]])
    trace = session.tracer.stop()
    clip = session.tracer.add(trace.name)
    (pair,) = session.dataset
    assert pair.name == trace.name and pair.warnings == ()
    np.testing.assert_allclose(pair.spatial.values, trace.spatial.values, atol=1e-5)
    np.testing.assert_allclose(pair.latent.values, trace.latent.values)
    # LevelCodec decodes a hundred samples a frame.
    assert session.state.clip(clip).sound.audio.shape == (1, 3000)
    session.train(seconds=None, epochs=2, wait=True)
    session.undo()
    session.undo()
    assert len(session.dataset) == 0 and len(session.state.clips) == 1


def test_traces_go_to_nn_terrain_and_back(session, tmp_path):
    with pytest.raises(ValueError, match="no traces yet"):
        session.tracer.save(tmp_path / "t.json")
    random = np.random.default_rng(0)
    for frames in (5, 1):
        session.tracer.start(clock=False)
        for _ in range(frames):
            session.tracer.take(random.normal(size=3), random.normal(size=3))
        session.tracer.stop()
    made = session.tracer.traces
    session.tracer.save(tmp_path / "c.json", tmp_path / "z.json")
    loaded = load_dataset(tmp_path / "c.json", tmp_path / "z.json")
    assert [len(pair.latent) for pair in loaded] == [5, 1]
    session.tracer.load(tmp_path / "c.json", tmp_path / "z.json")
    for one, other in zip(made, session.tracer.traces[2:], strict=True):
        assert (one.spatial.values == other.spatial.values).all() and (one.latent.values == other.latent.values).all()
