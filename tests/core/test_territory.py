"""The terrain as a map of its sounds: what a place's colour, light and dark say is true of its latents."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.core.pictures.territory import frame_loudness, landmarks, territory

RED, BLUE = (220, 30, 30), (30, 30, 220)
LOUD, SILENT = np.full(20, -10.0, np.float32), np.full(20, -90.0, np.float32)


def cloud(centre: float, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(centre, 0.1, (20, 3)).astype(np.float32)


def seen(values: list[float], second: np.ndarray = LOUD) -> np.ndarray:
    """Colours of places with these latents, in a row: ``[N, 4]``."""
    marks = landmarks([cloud(-1.0, 0), cloud(1.0, 1)], [LOUD, second], [RED, BLUE])
    assert marks is not None
    grid = np.repeat(np.array(values, np.float32)[None, :, None], 3, axis=2)
    return territory(np.repeat(grid, 3, axis=0), marks).picture[1].astype(int)


def test_a_place_has_the_colour_of_the_sound_whose_latents_are_nearest() -> None:
    red, blue = seen([-1.0] * 5 + [1.0] * 5)[[2, 7]]
    assert red[0] > 2 * red[2] and blue[2] > 2 * blue[0]


def test_a_silent_place_is_dark_and_a_far_one_is_grey() -> None:
    loud, silent = seen([1.0] * 5)[2], seen([1.0] * 5, SILENT)[2]
    assert silent[:3].sum() < 0.4 * loud[:3].sum()
    far = seen([30.0] * 5)[2]
    assert np.ptp(far[:3]) < 0.5 * np.ptp(loud[:3])


def test_what_is_no_number_is_not_drawn() -> None:
    assert seen([0.0, np.nan, 0.0])[:, 3].tolist() == [255, 0, 255]


def test_of_no_sounds_there_is_no_map_and_of_long_ones_a_thinned_one() -> None:
    assert landmarks([], [], []) is None
    many = landmarks([np.zeros((5000, 3), np.float32)], [np.zeros(5000, np.float32)], [RED])
    assert many is not None and 300 <= len(many.latents) <= 640


def test_a_frames_loudness_is_its_mean_power() -> None:
    audio = np.concatenate([np.zeros(1000), np.full(1000, 0.5), np.full(1000, 1.0)]).astype(np.float32)
    assert frame_loudness(audio[None], 3) == pytest.approx([-100.0, 20 * np.log10(0.5), 0.0], abs=1e-4)


@pytest.mark.parametrize("near, helps", [(0.2, True), (8.0, False)])
def test_decoded_places_name_others_where_they_do_so_better_than_the_frames(near: float, helps: bool) -> None:
    """Places in pairs that sound alike, contrary to what the frames say, or as the frames say: one in four does not."""
    marks = landmarks([cloud(-1.0, 0), cloud(1.0, 1)], [LOUD, LOUD], [RED, BLUE])
    assert marks is not None
    centres = np.random.default_rng(2).uniform(-1.5, 1.5, (40, 3)).astype(np.float32)
    places = np.repeat(centres, 2, axis=0) + np.tile([0.0, near], 40)[:, None].astype(np.float32)
    by_frames = territory((places * 1.0)[None], marks).named[0]
    owners = 1 - by_frames if helps else by_frames
    if helps:
        owners[1::2] = owners[::2]
    learnt = marks.with_places(places, np.full(80, -10.0, np.float32), owners)
    assert (len(learnt.owners) > len(marks.owners)) == helps


def test_frames_that_mislead_among_decoded_places_do_not_name_them() -> None:
    """What sounds where is known to places on a grid, and has nothing to do with the frames between them."""
    marks = landmarks([cloud(0.0, 0), cloud(0.0, 1)], [LOUD, LOUD], [RED, BLUE])
    assert marks is not None
    random = np.random.default_rng(3)
    places = (random.uniform(-2, 2, (400, 3)) * marks.spread).astype(np.float32)
    owners = (places[:, 0] > 0).astype(np.intp)
    learnt = marks.with_places(places, np.full(400, -10.0, np.float32), owners)
    others = (random.uniform(-2, 2, (300, 3)) * marks.spread).astype(np.float32)
    named, before = (territory(others[None], each).named[0] for each in (learnt, marks))
    right = others[:, 0] > 0
    assert (named == right).mean() > 0.85 > 0.7 > (before == right).mean()
