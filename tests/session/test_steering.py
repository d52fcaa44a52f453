"""Point-by-point steering as methods: edits with undo, what to attach, maps, comparisons, files."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from terrain_widgets.audio.parameters import POINT_METHODS as METHODS
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.points.point_map import Method
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
    made = Session(codec=LevelCodec(), sounds=tones())
    yield made
    made.close()


def test_every_edit_is_undone_and_what_is_placed_is_selected(session):
    points, states = session.stage.points, [session.state]
    first = points.place((0.5, 0.5), label="bright", colour="teal")
    states.append(session.state)
    points.attach([1.0, 2.0, 3.0])
    states.append(session.state)
    points.move(first, (0.6, 0.5), "drag 1")
    points.move(first, (0.7, 0.5), "drag 1")
    states.append(session.state)
    second = points.place((-0.5, 0.0), [0, 0, 0])
    assert points.selected == second
    states.append(session.state)
    points.update(first, label="bright and loud")
    states.append(session.state)
    points.delete(second)
    assert points.selected == first
    states.append(session.state)
    points.clear()
    assert points.selected == "" and len(session.state.points) == 0
    for state in reversed(states):
        session.undo()
        assert session.state is state
    for _ in states:
        session.redo()
    assert len(session.state.points) == 0


def test_an_update_that_changes_nothing_leaves_no_step(session):
    session.stage.points.place((0, 0), label="a")
    before = session.state
    session.stage.points.update(label=before.points["q1"].label)
    assert session.state is before


def test_the_nearest_is_selected(session):
    a = session.stage.points.place((0, 0, 0))
    b = session.stage.points.place((1, 1, 1))
    assert session.stage.points.nearest((0.2, 0.1, 0.0)).id == a == session.stage.points.selected
    assert session.stage.points.nearest((0.4, 0.1, 0.0), 0.1) is None and session.stage.points.selected == a
    session.stage.points.select(b)
    assert session.state.points.numbered(2).id == b
    with pytest.raises(KeyError, match="no point 3"):
        session.state.points.numbered(3)


def test_what_plays_is_attached_and_sounds_the_same_again(session):
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=20, wait=True)
    host = with_hands(session)
    with pytest.raises(ValueError, match="nothing has played yet"):
        session.stage.points.playing()
    session.move((0.3, -0.2))
    until(lambda: host.status().place == pytest.approx((0.3, -0.2)))
    session.move((0.0, 0.0), on=False)  # the pointer leaves to press “attach”
    session.stage.points.place((0.9, 0.9), session.stage.points.playing())
    expected = session.stage.sources.shown(np.array([[0.3, -0.2]], np.float32))[0]
    shape = session.stage.latents
    np.testing.assert_allclose(session.state.points["q1"].latent, np.clip(expected, shape.low, shape.high), rtol=1e-5)
    # With a factor and an offset what is heard again is what was heard, not shaped twice.
    session.stage.shape(scale=0.5, offset=0.2)
    heard = np.clip(expected * 0.5 + 0.2, session.stage.latents.low, session.stage.latents.high)
    session.move((0.3, -0.2))
    until(lambda: np.allclose(session.stage.points.playing() * 0.5 + 0.2, heard, rtol=1e-4, atol=1e-6))
    session.move((0.0, 0.0), on=False)
    # A playhead, while the hand is up.
    session.stage.reset_shape()
    session.stage.playheads.play("c1", speed=0.0)
    path = session.stage.playheads.now["c1"].path
    until(lambda: host.status().place == pytest.approx(tuple(path[0])))
    want = session.stage.sources.shown(path[:1].astype(np.float32))[0]
    until(lambda: np.allclose(session.stage.points.playing(), np.clip(want, shape.low, shape.high), rtol=1e-5))


def test_a_sound_s_frame_and_the_sliders_are_attached(session):
    with pytest.raises(ValueError, match="not encoded yet"):
        session.stage.points.frame("c1", 0)
    session.encode(wait=True)
    latents = session.latents["c2"].values
    assert (session.stage.points.frame("c2", 7) == latents[7]).all() and (
        session.stage.points.frame("c2", -1) == latents[-1]
    ).all()
    with pytest.raises(IndexError, match=f"has {len(latents)} frames"):
        session.stage.points.frame("c2", len(latents))
    session.stage.sliders.move(1, -1.5)
    session.stage.points.place((0, 0), session.stage.sliders.now.values)
    assert session.state.points["q1"].latent.tolist() == [0, -1.5, 0]
    with_hands(session)
    session.stage.sliders.hear()
    until(lambda: session.sound.start().status().latents == (0, -1.5, 0))
    assert session.stage.points.playing().tolist() == [0, -1.5, 0]


@pytest.mark.parametrize("control_dim", [2, 3, 6, 15])
@pytest.mark.parametrize("method", METHODS)
def test_any_space_and_any_method(session, control_dim, method):
    random = np.random.default_rng(control_dim)
    for _ in range(12):
        session.stage.points.place(random.uniform(-1, 1, control_dim), random.normal(size=3))
    assert session.stage.points.stale
    made = session.stage.points.train(method)
    assert session.stage.points.fitted is made and made.method == method and not session.stage.points.stale
    places, latents = session.state.points.tables()
    assert made(places).shape == (12, 3)
    if method in ("nearest", "idw", "rbf"):
        np.testing.assert_allclose(made(places), latents, atol=1e-4)
    session.stage.points.update("q1", label="renamed")
    assert not session.stage.points.stale, "a name changes no map"
    session.stage.points.move("q1", np.zeros(control_dim))
    assert session.stage.points.stale


def test_methods_are_those_of_the_core():
    assert set(METHODS) == {str(method) for method in Method}


def test_methods_are_compared_in_the_background(session):
    random = np.random.default_rng(1)
    for _ in range(8):
        x, y = random.uniform(-1, 1, 2)
        session.stage.points.place((x, y), [x + y, x - y, 0.5 * x])
    session.stage.points.place((0, 0))  # without latents: no part of it
    job = session.stage.points.compare(wait=True)
    errors = session.stage.points.errors
    assert job.status.state == "done" and set(errors) == set(METHODS)
    assert errors["rbf"] == min(errors.values()) < 1e-4 and "rbf" in job.status.message
    session.stage.points.place(session.state.points["q1"].control, [0, 0, 0])  # two at one place
    assert session.stage.points.errors == {}, "they were of other points"
    session.stage.points.compare(wait=True)
    assert np.isnan(session.stage.points.errors["rbf"]) and session.stage.points.errors["nearest"] > 0
    with pytest.raises(ValueError, match="one place"):
        session.stage.points.train("rbf")
    session.stage.points.clear()
    with pytest.raises(ValueError, match="needs 3 points"):
        session.stage.points.compare(wait=True)
    assert "needs 3 points" in session.jobs.notices.newest["compare"].why


def test_the_map_follows_edits_while_it_plays(session):
    host = with_hands(session)
    for place in ((0, 0), (1, 0), (0, 1)):
        session.stage.points.place(place, [*place, 1])
    session.stage.points.follow = True
    session.stage.points.train("nearest")
    session.stage.points.move("q1", (0.1, 0))
    assert session.stage.points.stale and not host.mappings, "nothing follows what does not play"
    session.stage.points.play()
    session.stage.points.attach([5, 5, 5], "q1")
    deadline = time.monotonic() + 10
    while session.stage.points.stale and time.monotonic() < deadline:
        time.sleep(0.01)
    assert host.mappings[-1](np.zeros((1, 2)))[0].tolist() == [5, 5, 5]
    session.close()
    assert not [thread for thread in threading.enumerate() if "points" in thread.name]


def test_latents_of_another_codec_do_not_fit_and_go_with_it(session):
    with pytest.raises(ValueError, match="needs 3 latents"):
        session.stage.points.place((0, 0), [1, 2])
    session.stage.points.place((0, 0), [1, 2, 3], "a")
    session.stage.points.play()
    other = LevelCodec()
    other.recipe = "another"
    session.sounds.use_loaded(other, "other")
    assert session.state.points["q1"].latent is None and session.state.points["q1"].label == "a"
    assert (
        session.stage.points.fitted is None
        and session.stage.sources.shown is None
        and session.stage.sources.source == "terrain"
    )
    with pytest.raises(ValueError, match="no point has latents yet"):
        session.stage.points.train()


def test_points_go_through_a_session_file(session, tmp_path):
    session.stage.points.place((0.5, 0.25), [1, 2, 3], "bright", "teal")
    session.stage.points.place((-0.5, 0.25))
    again = Session(codec=LevelCodec(), sounds=[])
    again.files.fill(session.files.content())
    (one, two) = again.state.points
    assert (one.id, one.label, one.colour, one.latent.tolist()) == ("q1", "bright", "teal", [1, 2, 3])
    assert two.latent is None and not again.document.can_undo
    # The map is not in the file: the same points make the same one.
    places = np.random.default_rng(0).normal(size=(5, 2))
    assert (again.stage.points.train()(places) == session.stage.points.train()(places)).all()
    again.close()


def test_nn_terrain_exchange_is_undone_and_knows_planes(session, tmp_path):
    session.stage.points.place((0.5, -0.25), [1, 2, 3])
    session.stage.points.place((-1.0, 1.0), [4, 5, 6])
    session.stage.points.place((0, 0))
    before = session.state
    session.stage.points.save(tmp_path / "points.json")
    session.stage.points.load(tmp_path / "points.json")
    assert [p.control.tolist() for p in session.state.points] == [[0.5, -0.25], [-1, 1]]
    session.undo()
    assert session.state is before
    # The same file read as if from nn.terrain's plane, whose y grows downward.
    session.stage.points.load(tmp_path / "points.json", boundary=Boundary(-16, -4, 16, 4))
    np.testing.assert_allclose(session.state.points.tables()[0], [[0.5 / 16, 0.25 / 4], [-1 / 16, -1 / 4]])
    (tmp_path / "long.json").write_text(
        '{"coordinates": {"1": {"0": [0, 1], "1": [0, 1]}}, "latents": {"1": {"0": [0, 1], "1": [1, 1], "2": [2, 2]}}}'
    )
    held = session.state
    with pytest.raises(ValueError, match="2 frames, and a point has one"):
        session.stage.points.load(tmp_path / "long.json")
    assert session.state is held


def test_what_is_missing_is_said(session):
    for act in (session.stage.points.delete, lambda: session.stage.points.attach([1, 2, 3])):
        with pytest.raises(ValueError, match="no point is selected"):
            act()
    with pytest.raises(ValueError, match="no point has latents yet"):
        session.stage.points.train()
    with pytest.raises(KeyError, match="no point 'q7'"):
        session.stage.points.select("q7")
