"""Ways through latent space: formulas by analysis, and what must hold for any latents."""

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.attributes import Attribute, measured, moved_along, of_examples
from terrain_widgets.core.exploration.find import find_places
from terrain_widgets.core.exploration.measures import measure
from terrain_widgets.core.exploration.morph import between, morph
from terrain_widgets.core.exploration.neighbour_map import NeighbourMap
from terrain_widgets.core.exploration.projection import normalised, project
from terrain_widgets.core.exploration.steering import steered
from terrain_widgets.core.exploration.variations import variations
from terrain_widgets.core.exploration.walk import direction, grid_walk, spacing, walked, within_range, within_reach
from terrain_widgets.core.mapping import Mapping, mapping_from_state

SEEDS = st.integers(0, 2**32 - 1)
RATE = 16000


def table(seed, rows, columns):
    return np.random.default_rng(seed).normal(size=(rows, columns)).astype(np.float32)


# --- the plane


def test_a_plane_in_many_dimensions_is_found_again_and_filled():
    flat = table(0, 200, 2)
    basis = np.linalg.qr(table(1, 6, 2))[0]
    places = normalised(project(flat @ basis.T))
    assert places.min(axis=0).tolist() == [0, 0] and places.max(axis=0).tolist() == [1, 1]
    # what was near stays near: the plane is the same up to a linear map
    asked = np.column_stack([flat, np.ones(200)])
    assert np.abs(asked @ np.linalg.lstsq(asked, places, rcond=None)[0] - places).max() < 1e-4
    assert normalised([[3, 1], [3, 2]]).tolist() == [[0.5, 0], [0.5, 1]]


def test_tsne_keeps_families_together_and_says_what_is_missing(monkeypatch):
    families = np.concatenate([table(2, 20, 5), table(3, 20, 5) + 30])
    places = normalised(project(families, "tsne", seed=1))
    inside, between_them = places[:20].std(axis=0).max(), np.linalg.norm(places[:20].mean(0) - places[20:].mean(0))
    assert between_them > 2 * inside
    monkeypatch.setitem(sys.modules, "sklearn.manifold", None)
    with pytest.raises(ModuleNotFoundError, match="terrain_widgets\\[tsne\\]"):
        project(families, "tsne")


# --- snap and blend


@settings(max_examples=30, deadline=None)
@given(SEEDS, st.integers(1, 60), st.integers(1, 4), st.integers(1, 8), st.floats(0.5, 4))
def test_a_map_meets_its_points_and_stays_between_them(seed, rows, columns, neighbours, power):
    places, latents = table(seed, rows, columns), table(seed + 1, rows, 5)
    made = NeighbourMap(places, latents, neighbours, power)
    assert isinstance(made, Mapping) and (made(places) == latents).all()
    asked = table(seed + 2, 20, columns)
    there = mapping_from_state(made.to_state())
    assert (there(asked) == made(asked)).all()
    assert (made(asked) <= latents.max(axis=0) + 1e-5).all() and (made(asked) >= latents.min(axis=0) - 1e-5).all()
    assert (np.concatenate([made(asked[i : i + 1]) for i in range(20)]) == made(asked)).all()


def test_blending_is_latent_audio_s_formula_in_units_of_the_map():
    places, latents = table(4, 30, 2), table(5, 30, 3)
    asked, unit = np.array([[0.1, -0.2]], np.float32), np.array([4.0, 0.5])
    squared = (((asked - places) / unit) ** 2).sum(axis=1)
    five = np.argsort(squared)[:5]
    weights = 1 / (squared[five] + 1e-6)
    expected = weights @ latents[five] / weights.sum()
    assert np.allclose(NeighbourMap(places, latents, unit=unit)(asked)[0], expected, atol=1e-6)
    assert (NeighbourMap(places, latents, 1, unit=unit)(asked)[0] == latents[five[0]]).all()


def test_points_at_one_place_sound_as_the_first():
    made = NeighbourMap([[0, 0], [1, 1], [0, 0]], [[1], [2], [3]], 1)
    assert made([[0, 0.1], [0.9, 1]])[:, 0].tolist() == [1, 2]


# --- morph


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 16), st.floats(0, 1))
def test_an_arc_keeps_its_ends_and_turns_evenly(seed, dim, share):
    a, b = table(seed, 2, dim).astype(np.float64)
    way = morph([a, b], 7)
    assert (way[0] == a.astype(np.float32)).all() and (way[-1] == b.astype(np.float32)).all()
    u, v = a / np.linalg.norm(a), b / np.linalg.norm(b)
    angle = np.arccos(np.clip(u @ v, -1, 1))
    there = between(a, b, share)
    length = np.linalg.norm(there)
    assert length == pytest.approx(np.linalg.norm(a) + share * (np.linalg.norm(b) - np.linalg.norm(a)), rel=1e-3)
    assert np.arccos(np.clip(there / length @ u, -1, 1)) == pytest.approx(share * angle, abs=2e-3)


@pytest.mark.parametrize("dim", [1, 2, 8])
def test_opposite_equal_and_missing_directions_have_a_way_too(dim):
    a = table(6, 1, dim)[0]
    for b in (-a, a, 2 * a, 0 * a, -a * (1 + 1e-7)):
        way = morph([a, b], 9)
        assert np.isfinite(way).all() and (way[-1] == b.astype(np.float32)).all()
        assert np.linalg.norm(np.diff(way, axis=0), axis=1).max() < 0.5 * (np.linalg.norm(a - b) + 1e-6) + 1e-6
    if dim > 1:  # half a turn, and not through the middle
        assert np.allclose(np.linalg.norm(morph([a, -a], 9), axis=1), np.linalg.norm(a), rtol=1e-5)


def test_a_morph_passes_through_every_point_and_a_line_is_a_line():
    points = table(7, 4, 3)
    for course in ("linear", "spherical"):
        assert np.allclose(morph(points, 13, course)[::4], points, atol=1e-6)
    assert np.allclose(morph(points[:2], 5, "linear")[2], points[:2].mean(axis=0), atol=1e-6)


# --- walk and variations


def test_a_step_is_the_formula():
    start, seed = np.array([3.0, -4.0]), 8
    first, second, third = walked(3, start, seed, step=0.5, momentum=0.7, pull=0.2, temperature=2.0)
    v, z = np.zeros(2), start
    for number, there in enumerate((second, third)):
        chance = 5 * direction(seed, number, 2)
        size = np.linalg.norm(z)
        v = 0.7 * v + 0.3 * chance / np.linalg.norm(chance) + 0.2 * (size / 10) * (-z / size)
        v /= np.linalg.norm(v)
        z = z + v * 0.5 * 2.0
        assert np.allclose(there, z, atol=1e-6)
    assert (first == start).all()


@settings(max_examples=25, deadline=None)
@given(SEEDS, st.integers(1, 8), st.floats(0.05, 3), st.floats(0, 1))
def test_a_walk_stays_within(seed, dim, step, momentum):
    data = table(seed, 30, dim)
    low, high = data.min(axis=0), data.max(axis=0)
    inside = walked(60, data[0], seed, step=step, momentum=momentum, within=within_range(low, high))
    assert (inside >= low - 1e-6).all() and (inside <= high + 1e-6).all()
    radius = spacing(data) + 1e-3
    near = walked(60, data[0], seed, step=step, momentum=momentum, within=within_reach(data, radius))
    gaps = np.linalg.norm(near[:, None] - data[None], axis=-1).min(axis=1)
    assert (gaps <= radius + 1e-5).all()


def test_a_guided_walk_comes_to_its_target():
    target = np.full(4, 5.0)
    way = walked(200, np.zeros(4), 1, pull=1.0, momentum=0.3, target=target)
    assert np.linalg.norm(way - target, axis=1).min() < 0.5
    assert (way == walked(200, np.zeros(4), 1, pull=1.0, momentum=0.3, target=target)).all()


def test_a_grid_is_walked_without_leaps():
    way = grid_walk([0, 0, 1], [2, 0, 0], [0, 2, 0], 5)
    assert len(np.unique(way, axis=0)) == 25 and np.allclose(np.linalg.norm(np.diff(way, axis=0), axis=1), 1.0)


def test_variations_lie_around_their_centre():
    centre = table(9, 1, 6)[0]
    some = variations(centre, 1, 0.5, 9)
    assert (some[40] == centre).all() and (some - centre).std() == pytest.approx(0.5, rel=0.1)
    assert np.allclose(variations(centre, 1, 1.0, 9) - centre, 2 * (some - centre), atol=1e-5)


# --- attributes


def test_an_attribute_that_was_planted_in_a_codec_is_found():
    random = np.random.default_rng(10)
    planted = np.array([0.0, 3.0, 0.0, -4.0, 0.0]) / 5
    latents, group = random.normal(size=(400, 5)), np.repeat(np.arange(20), 20)
    loud = 2 * latents @ planted + 0.05 * random.normal(size=400)
    found = measured("loudness", latents, loud, group)
    assert found.direction @ planted > 0.999 and found.r2 > 0.99
    noise = measured("noise", latents, random.normal(size=400), group)
    assert noise.r2 < 0.1
    assert measured("flat", latents, np.ones(400), group) is None
    more, less = latents[loud > 1], latents[loud < -1]
    named = of_examples("mine", more, less)
    assert named.direction @ planted > 0.95 and named.r2 is None
    assert (named.read(more).mean() > 0) and (named.read(less).mean() < 0)


def test_whether_a_sound_follows_is_tried_on_what_is_decoded():
    random = np.random.default_rng(12)
    latents, group = random.normal(size=(300, 4)), np.repeat(np.arange(10), 30)
    bright = latents[:, 1]
    assert steered("bright", latents, bright, group, lambda z: z[:, 1]) == 1.0
    assert steered("bright", latents, bright, group, lambda z: -z[:, 1]) == 0.0
    deaf = steered("bright", latents, bright, group, lambda z: np.zeros(len(z)))
    assert deaf == 0.0 and not Attribute("bright", np.ones(4), 0.9, deaf).works
    pitched = np.where(group < 4, bright, np.nan)  # six sounds have no pitch: they do not count
    heard = []
    assert steered("pitch", latents, pitched, group, lambda z: heard.append(z) or z[:, 1]) == 1.0 and len(heard) == 8
    assert steered("pitch", latents, np.full(300, np.nan), group, lambda z: z[:, 1]) == 0.0


def test_amounts_are_absolute_and_add_up():
    along = {"a": Attribute("a", np.array([2.0, 0])), "b": Attribute("b", np.array([0, 5.0]))}
    assert moved_along([1, 1], {"a": 3.0, "b": -2.0}, along).tolist() == [4, -1]
    assert along["b"].read([[7, 2], [0, -1]]).tolist() == [2, -1]


@pytest.mark.filterwarnings("ignore:All-NaN")
def test_measures_tell_tones_noise_and_beats():
    t = np.arange(RATE) / RATE
    sounds = {
        "low": np.sin(2 * np.pi * 110 * t),
        "high": 0.1 * np.sin(2 * np.pi * 880 * t),
        "noise": 0.3 * np.random.default_rng(11).standard_normal(RATE),
        "beating": 0.3 * np.sin(2 * np.pi * 440 * t) + 0.3 * np.sin(2 * np.pi * 475 * t),
        "octave": 0.3 * np.sin(2 * np.pi * 440 * t) + 0.3 * np.sin(2 * np.pi * 880 * t),
    }
    seen = {name: {k: np.nanmedian(v) for k, v in measure(s, RATE, 256, 60).items()} for name, s in sounds.items()}
    assert seen["low"]["loudness"] == pytest.approx(-3.0, abs=0.3)
    assert seen["low"]["loudness"] - seen["high"]["loudness"] == pytest.approx(20, abs=0.5)
    assert seen["low"]["pitch"] == pytest.approx(np.log2(1.1), abs=0.02)
    assert seen["high"]["pitch"] == pytest.approx(np.log2(8.8), abs=0.02)
    assert seen["low"]["brightness"] < seen["high"]["brightness"] < seen["noise"]["brightness"]
    assert seen["noise"]["noisiness"] > 0.7 > 0.2 > seen["low"]["noisiness"]
    assert seen["beating"]["roughness"] > 5 * seen["octave"]["roughness"]


@pytest.mark.filterwarnings("ignore:All-NaN")
def test_silence_has_no_timbre():
    silent = measure(np.zeros(4000), RATE, 512, 8)
    assert (silent["loudness"] == -80).all() and np.isnan(silent["pitch"]).all() and np.isnan(silent["noisiness"]).all()


# --- find


def test_two_tones_in_one_critical_band_are_rough_and_an_octave_is_as_smooth_as_one_tone():
    t = np.arange(22050) / 44100

    def roughness(*pitches: float) -> float:
        sound = sum(0.1 * np.sin(2 * np.pi * pitch * t) for pitch in pitches)
        return float(measure(sound, 44100, 1024, 20)["roughness"][2:18].mean())

    assert roughness(2000, 2119) > 5 * roughness(2000) and roughness(440, 880) < 1.1 * roughness(440)


def test_a_place_is_found_by_its_sound():
    places, latents = table(12, 40, 2) / 2, table(13, 40, 6)
    made = NeighbourMap(places, latents)
    plane, place = Boundary(-2, 2, 2, -2), places[7:8]
    found = find_places(made, made(place), plane, 96)
    best = found.ranked[0]
    assert np.abs(best.place - place[0]).max() < 0.1 and found.heat.shape == (96, 96)
    row, column = np.unravel_index(found.heat.argmin(), found.heat.shape)
    assert np.abs(plane.from_unit([[(column + 0.5) / 96, (row + 0.5) / 96]])[0] - best.place).max() < 1e-5
    assert [f.distance for f in found.ranked] == sorted(f.distance for f in found.ranked)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: NeighbourMap([[0, 0]], [[1], [2]]), "as many"),
        (lambda: NeighbourMap([[0, 0]], [[1]], 0), "neighbours"),
        (lambda: NeighbourMap([[0, 0]], [[1]], unit=np.zeros(2)), "unit"),
        (lambda: NeighbourMap([[0, 0]], [[1]])([0, 0]), r"\[N, 2\]"),
        (lambda: morph([[1, 2]], 5), "two or more"),
        (lambda: morph([[1], [2]], 1), "two steps"),
        (lambda: morph([[1], [2]], 3, "winding"), "winding"),
        (lambda: walked(2, [0], 1, pull=2.0), "pull"),
        (lambda: grid_walk([0], [1], [1], 1), "two places"),
        (lambda: variations([0], 1, 5.0), "deviation"),
        (lambda: of_examples("x", [[1, 2]], [[1, 2]]), "alike"),
        (lambda: of_examples("x", [[1, 2]], np.zeros((0, 2))), "both sides"),
        (lambda: Attribute("x", np.zeros(3)), "some length"),
        (lambda: moved_along([1.0], {"x": 11}, {"x": Attribute("x", np.ones(1))}), "amount"),
        (lambda: find_places(NeighbourMap([[0, 0]], [[1]]), [[1, 2]], Boundary()), "1 latents"),
    ],
)
def test_mistakes_are_sentences(act, words):
    with pytest.raises(ValueError, match=words):
        act()
