"""What the picture says of a place is what is decoded there, for any mapping, as soon as places have been decoded."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.core.pictures.sampling import sample_grid
from terrain_widgets.core.pictures.territory import territory
from terrain_widgets.io.sound_files import sounds as bundled
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.ahead.held_places import held_places, most_alike, sound_levels
from terrain_widgets.widgets.plane.terrain_picture import terrain_picture
from tests.session.doubles import LevelCodec, tones

PLACES = 60


@pytest.fixture(scope="module")
def session():
    made = Session(codec="pebble", sounds=bundled()[:6])
    made.encode(wait=True)
    made.explore.map.make("sounds", wait=True)
    made.explore.map.play()
    yield made
    made.close()


def share(session: Session) -> float:
    """How often a random place, decoded, is one of the two sounds nearest to what the picture names."""
    codec, mapping, boundary = session.codec, session.stage.sources.shown, session.document.boundary
    unit = np.random.default_rng(0).uniform(size=(PLACES, 2))
    _, heard = held_places(codec, np.asarray(mapping(boundary.from_unit(unit).astype(np.float32))))
    own = [sound_levels(codec, session.latents[clip.id].values, 10_000) for clip in session.state.clips]
    apart = np.stack([((heard[:, None] - levels) ** 2).mean(axis=2).min(axis=1) for levels in own], axis=1)
    named = territory(sample_grid(mapping, boundary, 128, 128), session.stage.territory.landmarks).named
    there = named[(unit[:, 1] * 128).astype(int), (unit[:, 0] * 128).astype(int)]
    return float((np.argsort(apart, axis=1)[:, :2] == there[:, None]).any(axis=1).mean())


def test_the_sound_that_a_colour_names_is_among_the_two_nearest(session: Session) -> None:
    ahead, mapping, boundary = session.stage.territory, session.stage.sources.shown, session.document.boundary
    by_latents = share(session)
    ahead.learn(mapping, boundary, wait=True)
    assert share(session) >= max(0.8, by_latents)
    learned = ahead.learned
    ahead.learn(mapping, boundary, wait=True)
    assert ahead.learned == learned, "what is known is not decoded again"
    picture, _ = terrain_picture(session)
    assert picture.shape[2] == 4
    names = {clip.name for clip in session.state.clips}
    assert set(ahead.names(mapping(np.zeros((3, 2), np.float32)))) <= names


def test_another_codec_or_sound_is_learnt_anew_and_no_sound_has_no_name() -> None:
    session = Session(codec=LevelCodec(), sounds=tones(3))
    ahead = session.stage.territory
    assert ahead.landmarks is None and ahead.names(np.zeros((2, 3))) == ["", ""]
    session.encode(wait=True)
    session.explore.map.make(wait=True)
    session.explore.map.play()
    mapping, boundary, frames = session.stage.sources.shown, session.document.boundary, ahead.landmarks.frames
    assert len(ahead.landmarks.latents) == frames
    ahead.learn(mapping, boundary, wait=True)
    assert len(ahead.landmarks.latents) > frames
    session.add_sound(tones(4)[3])
    session.encode(wait=True)
    assert ahead.landmarks.owners.max() == 3, "the new sound counts at once, by its latents"
    learned = ahead.learned
    ahead.learn(mapping, boundary, wait=True)
    assert ahead.learned == learned + 1
    session.stage.forget_codec()
    assert len(ahead.landmarks.latents) == ahead.landmarks.frames
    session.close()


def test_levels_tell_which_sound_is_alike() -> None:
    low, high = np.zeros((4, 64)), np.full((3, 64), 10.0)
    assert most_alike(np.array([[1.0] * 64, [8.0] * 64]), {5: high, 2: low}).tolist() == [2, 5]
