"""Bending: each edit by its formula, and the original always comes back, bit by bit."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrain_widgets.core.bending.applied import AppliedBend
from terrain_widgets.core.bending.bend import Bend, Step, model_hash
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import (
    Curve,
    Distribution,
    Flip,
    Noise,
    PermuteChannels,
    Scale,
    Towards,
    ZeroSmallest,
    edit_from_json,
)
from terrain_widgets.core.bending.large_layers import blended, mean_and_deviation
from terrain_widgets.core.bending.layer import LayerStatistics, histogram
from terrain_widgets.core.bending.loudness import weighted_level
from terrain_widgets.core.bending.output_edit import Output
from terrain_widgets.core.bending.outputs import LayerOutput, check_tables

LAYERS = {
    "first": np.random.default_rng(0).normal(0.2, 0.7, (40, 30)).astype(np.float32),
    "bias": np.random.default_rng(1).normal(0, 0.1, 40).astype(np.float32),
    "one": np.array(0.5, dtype=np.float32),
}
WEIGHTS = LAYERS["first"]

edits = st.one_of(
    st.just(Flip()),
    st.builds(Scale, st.floats(0, 3), st.booleans()),
    st.builds(
        Distribution, st.sampled_from(["uniform", "gaussian", "beta", "laplace"]), st.floats(0, 1), st.integers(0, 99)
    ),
    st.builds(Curve, st.lists(st.floats(-3, 3), min_size=1, max_size=9).map(tuple), st.sampled_from(["sorted", "raw"])),
    st.builds(Noise, st.floats(0, 3), st.integers(0, 99)),
    st.builds(ZeroSmallest, st.floats(0, 1)),
    st.builds(PermuteChannels, st.integers(0, 99)),
)
bends = st.builds(
    Bend,
    st.lists(st.builds(Step, st.sampled_from(list(LAYERS)), edits, st.booleans()), max_size=12).map(tuple),
)


def test_a_flip_twice_and_a_factor_of_one_change_nothing() -> None:
    assert (Flip().apply(Flip().apply(WEIGHTS)) == WEIGHTS).all() and (Flip().apply(WEIGHTS) == -WEIGHTS).all()
    assert (Scale(1.0).apply(WEIGHTS) == WEIGHTS).all() and np.allclose(Scale(2.5).apply(WEIGHTS), 2.5 * WEIGHTS)
    assert np.abs(WEIGHTS * 3).max() > 3.0 == np.abs(Scale(3.0, clipped=True).apply(WEIGHTS)).max()


@pytest.mark.parametrize(("name", "kurtosis"), [("uniform", -1.2), ("gaussian", 0.0), ("beta", -1.5), ("laplace", 3.0)])
def test_a_drawn_layer_has_its_distributions_shape_and_the_layers_own_size(name: str, kurtosis: float) -> None:
    large = np.random.default_rng(2).gamma(2.0, 0.3, (400, 500)).astype(np.float32)
    drawn = LayerStatistics.of(Distribution(name, 1.0, seed=5).apply(large))
    own = LayerStatistics.of(large)
    assert drawn.mean == pytest.approx(own.mean, abs=0.01) and drawn.deviation == pytest.approx(own.deviation, rel=0.02)
    assert drawn.kurtosis == pytest.approx(kurtosis, abs=0.15) and abs(drawn.skew) < 0.05 < own.skew


def test_chaos_goes_straight_from_the_layer_to_what_is_drawn() -> None:
    none, half, all_of_it = (Distribution("uniform", share, seed=3).apply(WEIGHTS) for share in (0.0, 0.5, 1.0))
    assert (none == WEIGHTS).all() and np.allclose(half, (WEIGHTS + all_of_it) / 2, atol=1e-6)
    assert (Distribution("uniform", 1.0, seed=4).apply(WEIGHTS) != all_of_it).any()


def test_a_rising_curve_over_sorted_weights_keeps_every_rank() -> None:
    bent = Curve((-2.0, 0.0, 0.5)).apply(WEIGHTS)
    assert (np.argsort(bent, axis=None) == np.argsort(WEIGHTS, axis=None)).all()
    assert bent.min() == -2.0 and bent.max() == 0.5
    raw = Curve((-1.0, 1.0), "raw").apply(WEIGHTS)
    assert np.allclose(raw.ravel(), np.linspace(-1, 1, WEIGHTS.size), atol=1e-6)


def test_noise_has_the_size_that_was_asked_for() -> None:
    noise = Noise(0.5, seed=1).apply(WEIGHTS) - WEIGHTS
    assert noise.std() == pytest.approx(0.5 * WEIGHTS.std(), rel=0.05) and (Noise(0.0).apply(WEIGHTS) == WEIGHTS).all()


def test_the_smallest_share_is_zero_and_the_rest_stays() -> None:
    bent = ZeroSmallest(0.25).apply(WEIGHTS)
    assert (bent == 0).mean() == pytest.approx(0.25, abs=1e-3)
    assert (bent[bent != 0] == WEIGHTS[bent != 0]).all() and np.abs(WEIGHTS[bent == 0]).max() <= np.abs(
        bent[bent != 0]
    ).min()


@pytest.mark.parametrize("law", ["standard_t", "normal", "uniform", "gamma"])
def test_a_large_layers_order_is_that_of_a_sort_but_for_what_nobody_hears(law: str) -> None:
    random = np.random.default_rng(3)
    settings = {"standard_t": (3,), "normal": (0.0, 0.02), "uniform": (-1, 1), "gamma": (2.0, 0.3)}[law]
    large = -getattr(random, law)(*settings, 600_000).astype(np.float32).reshape(600, 1000)
    large[0, :3] = -0.0, 0.0, -0.0
    order = np.argsort(large, axis=None, kind="stable")
    ranks = Curve((0.0, 1.0)).apply(large).ravel()[order]
    assert (np.diff(ranks) >= 0).all()
    assert np.abs(ranks - np.linspace(0, 1, large.size)).max() < 1e-4
    curve = Curve((-1.0, 0.5, 0.0)).apply(large).ravel()[order]
    away = np.abs(curve - np.interp(np.linspace(0, 1, large.size), (0, 0.5, 1), (-1, 0.5, 0))).max()
    assert away < (3e-4 if law == "standard_t" else 1e-3)
    assert (curve[0], curve[-1]) == pytest.approx((-1.0, 0.0), abs=1e-5)


def test_equal_weights_of_a_large_layer_have_one_height_whatever_they_are() -> None:
    few = np.random.default_rng(3).standard_t(3, 600_000).astype(np.float32).round(1)
    few[:4] = 1e-42, -1e-42, 1e-38, -1e-38
    bent = Curve((-1.0, 0.5, 0.0, 1.0)).apply(few)
    values = np.unique(few)
    assert len(values) < 1000 and np.isfinite(bent).all()
    assert all(len(np.unique(bent[few == value])) == 1 for value in values)
    assert len(np.unique(Curve((0.0, 1.0)).apply(np.zeros(600_000, np.float32)))) == 1


@pytest.mark.parametrize("size", [1, 2, 3, 40, 200_001])
@pytest.mark.parametrize("points", [(0.5,), (-1.0, 1.0), (0.0, 2.0, -2.0), tuple(np.sin(np.arange(65)).tolist())])
def test_a_curve_goes_straight_from_point_to_point(size: int, points: tuple[float, ...]) -> None:
    layer = np.random.default_rng(5).permutation(size).astype(np.float32)
    straight = np.interp(np.linspace(0, 1, size), np.linspace(0, 1, len(points)), points)
    assert np.allclose(Curve(points, "raw").apply(layer), straight, atol=1e-5)
    assert np.allclose(Curve(points).apply(layer), straight[layer.astype(int)], atol=1e-5)


def test_a_large_layers_size_and_smallest_weights_are_those_of_a_whole_sort() -> None:
    large = np.random.default_rng(3).normal(0.1, 0.4, 600_000).astype(np.float32).round(4)  # many are equal
    large[:3] = -0.0, 0.0, -0.0
    mean, deviation = mean_and_deviation(large)
    assert mean == pytest.approx(large.mean(dtype=float), rel=1e-6)
    assert deviation == pytest.approx(large.std(dtype=float), rel=1e-6)
    different = np.random.default_rng(4).permutation(np.linspace(-1, 1, 600_000, dtype=np.float32))
    for layer in (large, different):
        bent = ZeroSmallest(0.3).apply(layer)
        nearest = np.argsort(np.abs(layer), kind="stable")[:180_000]
        assert (bent[nearest] == 0.0).all() and (np.delete(bent, nearest) == np.delete(layer, nearest)).all()
        assert (ZeroSmallest(0.3).apply(bent) == bent).all()


def test_channels_change_places_whole() -> None:
    bent = PermuteChannels(7).apply(WEIGHTS)
    assert (bent != WEIGHTS).any() and {row.tobytes() for row in bent} == {row.tobytes() for row in WEIGHTS}


@settings(max_examples=60, deadline=None)
@given(bends)
def test_the_original_is_never_touched_and_comes_back_exactly(bend: Bend) -> None:
    before = model_hash(LAYERS)
    bent = bend.apply(LAYERS)
    assert model_hash(LAYERS) == before
    for layer, weights in bent.items():
        assert weights.shape == LAYERS[layer].shape and weights.dtype == np.float32 and np.isfinite(weights).all()
    assert Bend().apply(LAYERS) == {}
    for layer, weights in bent.items():
        assert (blended(LAYERS[layer], weights, 0.0) == LAYERS[layer]).all()
        assert (blended(LAYERS[layer], weights, 1.0) == weights).all()
    again = Bend.unpack(json.loads(json.dumps(bend.pack()[0])))
    assert again == bend and model_hash(again.apply(LAYERS)) == model_hash(bent)


def test_steps_are_applied_in_order_and_can_be_moved_switched_and_removed() -> None:
    bend = Bend().add("bias", Scale(2.0)).add("bias", Curve((0.0, 1.0), "raw")).add("first", Flip())
    assert np.allclose(bend.apply(LAYERS)["bias"], np.linspace(0, 1, 40), atol=1e-6)
    assert np.allclose(bend.move(0, 1).apply(LAYERS)["bias"], np.linspace(0, 2, 40), atol=1e-6)
    assert (bend.switch(1, False).apply(LAYERS)["bias"] == 2 * LAYERS["bias"]).all()
    assert (bend.remove(1).apply(LAYERS)["bias"] == 2 * LAYERS["bias"]).all()
    assert set(bend.without("bias").apply(LAYERS)) == {"first"}
    with pytest.raises(IndexError, match="edits 0 to 2, got 3"):
        bend.remove(3)
    with pytest.raises(ValueError, match="no layer 'second' in this model; it has first, bias, one"):
        bend.add("second", Flip()).apply(LAYERS)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "no bend of this program"),
        ({"format": "terrain_widgets/bend", "version": 2}, "of version 2"),
        ({"format": "terrain_widgets/bend", "version": 1}, "a list of at most"),
        ({"format": "terrain_widgets/bend", "version": 1, "steps": [5]}, "names a layer"),
        ({"format": "terrain_widgets/bend", "version": 1, "steps": [{"layer": "a", "edit": {"kind": "melt"}}]}, "melt"),
    ],
)
def test_a_strangers_bend_is_refused_in_a_sentence(content: object, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Bend.unpack(content)


@pytest.mark.parametrize(
    "content",
    [
        {"kind": "scale", "factor": float("nan")},
        {"kind": "scale", "factor": 4},
        {"kind": "scale", "speed": 1},
        {"kind": "curve", "points": []},
        {"kind": "curve", "points": [1, "two"]},
        {"kind": "noise", "seed": -1},
        {"kind": "distribution", "name": "cauchy"},
        {"kind": "towards", "weights": "AAAA"},
        {"kind": "towards", "weights": "no base64!"},
        {"kind": "towards", "weights": "AADAfw=="},  # NaN
    ],
)
def test_settings_out_of_range_are_refused(content: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        edit_from_json(content)


def test_statistics_and_histogram_count_every_weight() -> None:
    assert histogram(WEIGHTS, -1.0, 1.0).sum() == WEIGHTS.size
    flat = LayerStatistics.of(np.zeros((3, 2), dtype=np.float32))
    assert (flat.deviation, flat.skew, flat.kurtosis, flat.zeros) == (0.0, 0.0, 0.0, 1.0)


def test_every_edit_comes_back_from_json() -> None:
    made: list[Edit] = [
        Flip(),
        Scale(2.0, True),
        Distribution("beta", 0.3, 4),
        Curve((0.0, 1.0)),
        Noise(),
        ZeroSmallest(0.5),
        PermuteChannels(2),
    ]
    towards = Bend().add("first", Towards.of(WEIGHTS, 0.25, "other")).add("bias", Flip())
    content, arrays = towards.pack()
    assert Bend.unpack(json.loads(json.dumps(content)), arrays) == towards
    with pytest.raises(ValueError, match="names weights 'bend/[0-9a-f]+' that are not in the file"):
        Bend.unpack(content)
    content["steps"][0]["edit"]["weights"] = base64.b64encode(WEIGHTS.tobytes()).decode()  # of an earlier program
    assert Bend.unpack(content) == towards
    assert [edit_from_json(json.loads(json.dumps(edit.to_json()))) for edit in made] == made


def test_an_output_is_changed_in_some_channels_by_a_table() -> None:
    neutral = LayerOutput(4).neutral
    table = Output(hold=0.5, gain=2.0, offset=-1.0, fold=1.0, channels=(1, 3)).apply(neutral)
    assert (table[[0, 2]] == neutral[[0, 2]]).all() and (table[[1, 3]] == (0.5, 2.0, -1.0, 1.0)).all()
    edit = edit_from_json(json.loads(json.dumps(Output(gain=3.0, channels=(2,)).to_json())))
    assert edit == Output(gain=3.0, channels=(2,)) and (edit.apply(neutral)[2] == (0.0, 3.0, 0.0, 0.0)).all()
    with pytest.raises(ValueError, match="channels 0 to 3, got 4"):
        Output(channels=(4,)).apply(neutral)
    with pytest.raises(ValueError, match="whose name ends with"):
        Output().apply(WEIGHTS)
    with pytest.raises(ValueError, match="cannot be held or folded"):
        check_tables({"a.output": table}, {"a.output": LayerOutput(4, moves=False)})


def test_the_weighted_level_is_that_of_the_standards_curve() -> None:
    time = np.arange(44100) / 44100
    for hertz, below in ((1000, 0.0), (100, -19.1), (4000, 1.0), (63, -26.2)):
        level = weighted_level(np.sin(2 * np.pi * hertz * time).astype(np.float32)[None], 44100)
        assert level == pytest.approx(-3.01 + below, abs=0.12)
    assert weighted_level(np.zeros((1, 100), np.float32), 44100) == -200.0


@settings(max_examples=40, deadline=None)
@given(st.lists(bends, min_size=2, max_size=5), st.integers(0, 6), edits)
def test_what_was_applied_before_is_never_mistaken_for_what_is_applied_now(
    several: list[Bend], cut: int, more: Edit
) -> None:
    applied = AppliedBend(LAYERS)
    last = several[-1]
    for bend in (*several, Bend(last.steps[:cut]), last, last.add("first", more), last.add("first", Flip()), last):
        bent, fresh = applied.of(bend), bend.apply(LAYERS)
        assert list(bent) == list(fresh) and model_hash(bent) == model_hash(fresh)


def test_only_the_edit_that_is_new_is_applied() -> None:
    calls: list[str] = []

    class Counted(Flip):
        """A flip that tells of itself."""

        def __init__(self, name: str) -> None:
            object.__setattr__(self, "name", name)

        def apply(self, weights: np.ndarray) -> np.ndarray:
            calls.append(self.name)
            return -weights

        def __eq__(self, other: object) -> bool:
            return self is other

    applied, bend = AppliedBend(LAYERS), Bend().add("first", Counted("a")).add("bias", Counted("b"))
    for present in (bend, bend.add("first", Counted("c")), bend.add("first", Counted("d")), bend):
        applied.of(present)
    assert calls == ["a", "b", "c", "d"]
