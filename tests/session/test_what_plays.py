"""Terrain, points and sliders take turns; none takes the sound away from another unasked."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.core.points.point_map import PointMap
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones())
    made.encode(wait=True)
    made.arrange()
    yield made
    made.close()


def corners(session):
    for k, (x, y) in enumerate([(-1, -1), (1, -1), (0, 1)]):
        session.stage.points.place((x, y), [0.1 * k, 1.0, -0.5 * k])


def test_training_does_not_take_the_sound_from_the_points(session):
    host = with_hands(session)
    corners(session)
    session.stage.points.play()
    points = session.stage.sources.shown
    assert isinstance(points, PointMap) and host.mappings == [points]
    session.train(seconds=None, epochs=3, wait=True)
    assert session.stage.sources.shown is points and host.mappings == [points], (
        "a terrain in training stays in the background"
    )
    session.stage.points.play_terrain()
    assert isinstance(session.stage.sources.shown, Terrain) and host.mappings[-1] is session.stage.sources.shown
    session.stage.points.train("idw")
    assert isinstance(session.stage.sources.shown, Terrain), "nor do points that are trained take it from the terrain"
    session.stage.points.play()
    assert session.stage.sources.shown is session.stage.points.fitted and session.stage.sources.shown.method == "idw"


def test_latents_are_kept_within_what_plays(session):
    with_hands(session)
    corners(session)
    session.stage.points.play()
    points = session.stage.latents
    assert points.low[0] < 0.0 < 0.2 < points.high[0] < 0.5 and points.low[2] < -1.0
    session.train(seconds=None, epochs=3, wait=True)
    session.stage.points.play_terrain()
    low, high = session.training.dataset.latent_range()
    np.testing.assert_allclose(session.stage.latents.low, low)
    np.testing.assert_allclose(session.stage.latents.high, high)
    # A terrain of unknown data gets the engine's own limits back.
    session.training.adopt(Terrain(2, 3, 1.0, seed=1))
    session.stage.sources.publish("terrain", session.stage.sources.shown)
    assert (session.stage.latents.low == -4).all() and (session.stage.latents.high == 4).all()


def test_starting_over_leaves_points_playing(session):
    corners(session)
    session.train(seconds=None, epochs=3, wait=True)
    session.stage.points.play()
    session.training.reset()
    assert isinstance(session.stage.sources.shown, PointMap) and session.terrain is None
    with pytest.raises(ValueError, match="no terrain to play yet"):
        session.stage.points.play_terrain()
    session.stage.points.forget()
    assert session.stage.sources.shown is None and session.stage.sources.source == "terrain"


def test_sliders_have_no_picture(session):
    host = with_hands(session)
    session.train(seconds=None, epochs=3, wait=True)
    terrain = session.stage.sources.shown
    session.stage.sliders.hear()
    assert session.stage.sources.shown is terrain and isinstance(host.mappings[-1], ConstantMapping)
    session.train(seconds=None, epochs=2, wait=True)
    assert session.stage.sources.shown is not terrain and isinstance(host.mappings[-1], ConstantMapping)
    session.stage.sliders.hear(False)
    assert host.mappings[-1] is session.stage.sources.shown and not host.gate_open
    session.stage.sliders.hear()
    session.training.reset()
    assert session.stage.sources.shown is None and session.stage.sliders.hearing
    session.stage.sliders.hear(False)
    assert session.stage.sources.source == "terrain" and host.mappings[-1] is None


def test_the_terrain_is_saved_and_exported_while_points_play(session, tmp_path):
    corners(session)
    session.train(seconds=None, epochs=3, wait=True)
    terrain = session.stage.sources.shown
    session.stage.points.play()
    session.export(tmp_path / "t.pt")
    assert session.files.checkpoint().terrain is terrain and (tmp_path / "t.pt").stat().st_size > 1000


def test_points_of_six_dimensions_play_and_render(session):
    host = with_hands(session)
    random = np.random.default_rng(0)
    for _ in range(10):
        session.stage.points.place(random.normal(size=6), random.normal(size=3))
    session.stage.points.play()
    session.move(np.arange(6.0))
    assert host.places[-1] == ([0, 1, 2, 3, 4, 5], True) and session.stage.sources.shown.control_dim == 6
    from terrain_widgets.widgets.plane.terrain_picture import terrain_grid

    assert terrain_grid(session) is None


def test_what_does_not_exist_is_said(session):
    with pytest.raises(ValueError, match="not trained yet"):
        session.stage.sources.select("points")
    with pytest.raises(ValueError, match="what plays is one of"):
        session.stage.sources.select("birds")
