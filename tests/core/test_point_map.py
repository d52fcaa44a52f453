"""Points and what sounds between them: baselines meet every point, networks come near, seeds decide."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from terrain_widgets.core.exploration.sliders import LatentSliders
from terrain_widgets.core.glide import Glide
from terrain_widgets.core.mapping import Mapping, MappingState, mapping_from_state
from terrain_widgets.core.points.point_map import Method, PointMap
from terrain_widgets.core.points.points import ControlPoint, PointSet

EXACT = [Method.NEAREST, Method.IDW, Method.RBF]


def points(control_dim=2, latent_dim=3, count=12, seed=0):
    random = np.random.default_rng(seed)
    places = random.uniform(-1, 1, (count, control_dim))
    latents = np.tanh(places @ random.normal(size=(control_dim, latent_dim)) + random.normal(size=latent_dim))
    return PointSet(tuple(ControlPoint(f"q{i}", a, b) for i, (a, b) in enumerate(zip(places, latents, strict=True))))


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize(("control_dim", "latent_dim"), [(2, 8), (3, 4), (6, 1), (15, 16)])
def test_every_method_is_a_mapping_that_travels(method, control_dim, latent_dim):
    made = PointMap.fit(points(control_dim, latent_dim, 20), method)
    assert isinstance(made, Mapping) and (made.control_dim, made.latent_dim) == (control_dim, latent_dim)
    asked = np.random.default_rng(1).normal(size=(50, control_dim))
    there = mapping_from_state(made.to_state())
    assert made(asked).dtype == np.float32 and made(asked).shape == (50, latent_dim)
    assert (there(asked) == made(asked)).all() and np.isfinite(made(asked)).all()
    # Live, places come one at a time; offline all together.
    one_by_one = np.concatenate([made(asked[i : i + 1]) for i in range(50)])
    assert np.abs(one_by_one - made(asked)).max() < 1e-5


@pytest.mark.parametrize("method", EXACT)
@pytest.mark.parametrize("control_dim", [2, 3, 6, 15])
def test_interpolation_meets_the_points(method, control_dim):
    given = points(control_dim, 5, 30)
    places, latents = given.tables()
    assert np.abs(PointMap.fit(given, method)(places) - latents).max() < 1e-5


@pytest.mark.parametrize("method", [Method.NETWORKS, Method.JOINT])
def test_networks_come_near_and_without_decay_nearer(method):
    given = points(2, 4, 30)
    places, latents = given.tables()
    errors = [np.abs(PointMap.fit(given, method, decay=decay)(places) - latents).max() for decay in (1.0, 0.02, 0.0)]
    assert errors[0] > errors[1] > errors[2] and errors[2] < 0.02


def test_each_network_knows_its_own_latent_only():
    made = PointMap.fit(points(2, 3, 10))
    asked = np.random.default_rng(2).normal(size=(9, 2))
    weights = tuple(table.copy() for table in made.weights)
    for table in weights:
        table[1] += 1.0
    other = PointMap(made.method, made.places, made.latents, made.config, weights)(asked)
    assert (other[:, [0, 2]] == made(asked)[:, [0, 2]]).all() and (other[:, 1] != made(asked)[:, 1]).all()


def test_the_numpy_forward_pass_is_torch_s():
    made = PointMap.fit(points(3, 4, 15), layers=2, hidden=5)
    asked = np.random.default_rng(3).normal(size=(7, 3))
    x_mean, x_std = made.places.astype(float).mean(0), made.places.astype(float).std(0)
    y_mean, y_std = made.latents.astype(float).mean(0), made.latents.astype(float).std(0)
    columns = []
    for g in range(4):
        flow = torch.from_numpy((asked - x_mean) / x_std).float()
        for layer in range(3):
            w, b = torch.from_numpy(made.weights[2 * layer][g]), torch.from_numpy(made.weights[2 * layer + 1][g])
            flow = torch.nn.functional.linear(flow.tanh() if layer else flow, w.T, b[0])
        columns.append(flow[:, 0].numpy() * y_std[g] + y_mean[g])
    assert np.abs(made(asked) - np.stack(columns, axis=1)).max() < 1e-5


@pytest.mark.parametrize("method", [Method.NETWORKS, Method.JOINT])
def test_the_same_seed_is_the_same_map(method):
    asked = np.random.default_rng(4).normal(size=(20, 2))
    one, again, other = (PointMap.fit(points(), method, seed=seed)(asked) for seed in (5, 5, 6))
    assert (one == again).all() and (one != other).any()


def test_shepard_s_formula():
    given = PointSet().placed([0, 0], [1]).placed([3, 0], [5])
    assert PointMap.fit(given, "idw")([[1, 0]])[0, 0] == pytest.approx((1 * 1 + 5 / 4) / (1 + 1 / 4))
    assert PointMap.fit(given, "nearest")([[1, 0], [2, 0]])[:, 0].tolist() == [1, 5]


def test_rbf_gives_a_plane_back_exactly():
    places = np.random.default_rng(5).normal(size=(10, 2))
    latents = np.stack([places @ [2, -1] + 3], axis=1)
    given = PointSet(tuple(ControlPoint(f"q{i}", a, b) for i, (a, b) in enumerate(zip(places, latents, strict=True))))
    asked = np.array([[5.0, 7.0], [-3.0, 0.0]])
    assert np.allclose(PointMap.fit(given, "rbf")(asked)[:, 0], asked @ [2, -1] + 3, atol=1e-4)


@pytest.mark.parametrize("method", list(Method))
@pytest.mark.parametrize(
    "places", [[[0.3, 0.1]], [[0, 0], [1, 0]], [[0, 0], [1, 1], [2, 2]], [[0, 5], [0, 6], [0, 7], [0, 9]]]
)
def test_few_points_or_points_in_a_row_are_enough(method, places):
    given = PointSet()
    for k, place in enumerate(places):
        given = given.placed(place, [k, -k])
    made = PointMap.fit(given, method)
    far = made([[0.5, 0.5], [100.0, -100.0]])
    assert np.isfinite(far).all()
    if len(places) == 1:
        assert np.abs(far).max() < 1e-3  # the one point's latents everywhere


def test_a_big_picture_is_the_same_in_parts():
    asked = np.random.default_rng(6).uniform(-1, 1, (9000, 2))
    for method in Method:
        made = PointMap.fit(points(), method)
        assert np.abs(made(asked)[4500:4600] - made(asked[4500:4600])).max() < 1e-5


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: PointMap.fit(PointSet().placed([0, 0])), "no point has latents"),
        (lambda: PointMap.fit(PointSet().placed([0, 0], [1]).placed([0, 0], [2]), "rbf"), "points 1 and 2"),
        (lambda: PointMap.fit(points(), "magic"), "magic"),
        (lambda: PointMap.fit(points(), hidden=0), "hidden"),
        (lambda: PointMap.fit(points())([0, 0]), r"\[N, 2\]"),
        (lambda: PointMap.fit(points())([[0, 0, 0]]), r"\[N, 2\]"),
        (lambda: mapping_from_state(MappingState("points", {"method": "rbf"}, {})), "do not belong"),
        (lambda: PointMap(Method.NETWORKS, np.zeros((3, 2)), np.zeros((3, 1))), "expected"),
        (lambda: PointMap(Method.IDW, np.zeros((3, 2)), np.zeros((2, 1))), "as many"),
        (lambda: PointSet().placed([0, np.nan]), "finite"),
        (lambda: PointSet().placed([0, 0]).placed([0, 0, 0]), "one control space"),
        (lambda: PointSet().placed([0, 0], [1]).placed([0, 0], [1, 2]), "one codec"),
        (lambda: PointSet().placed([0], point_id="a").placed([1], point_id="a"), "of its own"),
        (lambda: Glide([0, 0], [1], 1), "one length"),
        (lambda: Glide([0], [1], -1), "0 seconds"),
        (lambda: LatentSliders([0, np.nan]), "finite"),
        (lambda: LatentSliders.centred(3).randomised(0, -1), "temperature"),
    ],
)
def test_mistakes_are_sentences(act, words):
    with pytest.raises(ValueError, match=words):
        act()


def test_points_are_edited_by_making_new_sets():
    first = PointSet().placed([0, 0], [1, 2], "soft").placed([1, 0], label="loud")
    assert [p.id for p in first] == ["q1", "q2"] and len(first.attached) == 1
    moved = first.updated("q1", control=[5, 5]).updated("q2", latent=[3, 4])
    assert moved["q1"].control.tolist() == [5, 5] and moved["q1"].label == "soft" and len(moved.attached) == 2
    assert first["q1"].control.tolist() == [0, 0]
    assert moved.without("q1").placed([2, 2]).points[-1].id == "q3"
    assert moved.nearest([0.9, 0.2]).id == "q2" and moved.nearest([0.9, 0.2], 0.1) is None
    assert PointSet().nearest([0, 0]) is None
    for act in (lambda: first["q9"], lambda: first.without("q9"), lambda: first.updated("q9", label="")):
        with pytest.raises(KeyError, match="q9"):
            act()
    with pytest.raises(TypeError, match="no keyword argument .id."):
        first.updated("q1", id="x")
    with pytest.raises(ValueError):
        first["q1"].control[0] = 9  # frozen


@given(st.floats(0, 10), st.floats(-5, 20), st.sampled_from(["even", "eased"]))
def test_a_glide_goes_from_start_to_end_and_never_beyond(seconds, time, course):
    glide = Glide([1.0, -2.0], [3.0, 0.5], seconds, course)
    assert (glide.at(-1e-9) == glide.start).all() and (glide.at(seconds) == glide.end).all()
    place = glide.at(time)
    assert (np.minimum(glide.start, glide.end) <= place).all() and (place <= np.maximum(glide.start, glide.end)).all()
    many = glide.at(np.linspace(-1, 11, 50))
    assert many.shape == (50, 2) and (np.diff(many[:, 0]) >= -1e-12).all()
    assert (glide.at([time])[0] == place).all() and glide.done(time) == (time >= seconds)


def test_a_glide_s_speed():
    assert Glide([0.0], [4.0], 2.0).at([0.5, 1.0])[:, 0].tolist() == [1, 2]
    assert Glide([0.0], [4.0], 2.0, "eased").at([0.5, 1.0])[:, 0].tolist() == [4 * (3 / 16 - 2 / 64), 2]
    assert Glide([0.0], [4.0], 0.0).at([-0.1, 0.0])[:, 0].tolist() == [0, 4]


@settings(deadline=None)
@given(st.integers(1, 64), st.integers(0, 2**31), st.floats(0, 10))
def test_locked_sliders_stay(latent_dim, seed, temperature):
    random = np.random.default_rng(seed)
    sliders = LatentSliders(random.normal(size=latent_dim), random.random(latent_dim) < 0.5)
    for changed in (sliders.randomised(seed, temperature), sliders.zeroed()):
        assert (changed.values[sliders.locked] == sliders.values[sliders.locked]).all()
        assert (changed.locked == sliders.locked).all() and np.abs(changed.values).max() <= 3
    assert (sliders.zeroed().values[~sliders.locked] == 0).all()
    free = LatentSliders(sliders.values).randomised(seed, temperature)
    assert (sliders.randomised(seed, temperature).values[~sliders.locked] == free.values[~sliders.locked]).all()


def test_sliders_by_hand_and_by_chance():
    sliders = LatentSliders.centred(4000).locked_at(1).moved(1, 9.0)
    assert sliders.values[1] == 3 and not sliders.locked_at(1, False).locked.any()
    assert sliders.randomised(1, 0.5).values.std() == pytest.approx(0.5, rel=0.1)
    assert (sliders.randomised(1).values == sliders.randomised(1).values).all()
    with pytest.raises(IndexError, match="0 to 3999"):
        sliders.moved(4000, 0.0)
