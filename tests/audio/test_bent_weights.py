"""Bent weights in the engine: heard without a click, the same in blocks of any size, and taken back exactly."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from terrain_widgets.audio.assets import MAPPING, EditsAsset, MappingAsset, WeightsAsset, weights_assets, weights_key
from terrain_widgets.audio.engine.bent_cause import blame
from terrain_widgets.audio.engine.bent_layers import BentLayers
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.resolution import bends_of
from terrain_widgets.audio.render_loop.live_input import LiveInput, LiveSource
from terrain_widgets.audio.takes.whole_bends import WholeBends
from terrain_widgets.audio.update import Packed, Update
from terrain_widgets.codecs.base import Codec, TensorCodec, bendable_of
from terrain_widgets.codecs.bent_outputs import BentOutputs
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edits import Distribution, Flip, Noise, Scale, Towards
from terrain_widgets.core.bending.output_edit import Output
from terrain_widgets.core.bending.outputs import LayerOutput
from terrain_widgets.core.terrain.terrain import Terrain
from tests.audio.doubles import ToneCodec
from tests.audio.inspector import Inspector

FRAMES, AT = 60, 30
PLACE = np.array([[0.2, -0.3]], dtype=np.float32)
LAST = "net.9.weight"


@pytest.fixture(scope="module")
def codec() -> PebbleCodec:
    return PebbleCodec()


def asset(codec: TensorCodec, bend: Bend) -> Update:
    return Update(assets=weights_assets(bend.apply(codec.tensors())))


def played(codec: Codec, updates: dict[int, Update], block: int = 1) -> NDArray[np.float32]:
    """A hand that stays down; updates before the frames that they are named by."""
    engine = Engine(codec, Terrain(2, 8, seed=3), seed=5)
    engine.update(Update({"latents.limits": "own", "latents.low": -2.0, "latents.high": 2.0}))
    parts, frame = [], 0
    while frame < FRAMES:
        if frame in updates:
            engine.update(updates[frame])
        ends = [FRAMES, frame + block, *(at for at in updates if at > frame)]
        count = min(ends) - frame
        parts.append(engine.render(np.repeat(PLACE, count, axis=0), 1.0))
        frame += count
    assert engine.error == ""
    return np.concatenate(parts, axis=1)


def test_bent_and_taken_back_it_sounds_exactly_as_if_nothing_had_been(codec: PebbleCodec) -> None:
    bend = Bend().add(LAST, Flip()).add("net.0.weight", Distribution("laplace", 0.7, 3))
    there = asset(codec, bend)
    plain = played(codec, {})
    back = played(codec, {10: there, AT: Update(assets=weights_assets({}, bend.edits(codec.tensors())))})
    none = played(codec, {10: there.then(Update({"bend.amount": 0.0}))})
    ratio, delay = codec.info.ratio, Engine(codec, None).delay
    start, again = 10 * ratio + delay, (AT + 3) * ratio + delay  # the limiter and the DC block settle in two frames
    assert np.abs(back - plain)[:, start : start + 8 * ratio].max() > 0.01
    assert (none == plain).all() and (back[:, :start] == plain[:, :start]).all()
    assert np.abs(back - plain)[:, again:].max() < 1e-3


@pytest.mark.parametrize("block", [3, 7, 60])
def test_blocks_of_any_size_give_the_same_samples(codec: PebbleCodec, block: int) -> None:
    updates = {12: asset(codec, Bend().add(LAST, Noise(0.8, 1))), AT: Update({"bend.amount": 0.5})}
    assert np.abs(played(codec, updates, block) - played(codec, updates)).max() < 1e-5


def test_an_amount_goes_straight_from_the_codecs_own_weights_to_the_bent_ones(codec: PebbleCodec) -> None:
    half = {n: 0.5 * (w + codec.tensors()[n]) for n, w in Bend().add(LAST, Flip()).apply(codec.tensors()).items()}
    by_hand = played(codec, {0: Update(assets=weights_assets(half))})
    by_amount = played(codec, {0: asset(codec, Bend().add(LAST, Flip())).then(Update({"bend.amount": 0.5}))})
    assert np.abs(by_hand - by_amount).max() < 1e-5


@pytest.mark.parametrize("edit", [Flip(), Scale(0.0), Distribution("uniform", 1.0, 2), Noise(2.0, 4)], ids=str)
def test_an_edit_while_it_sounds_makes_no_click(codec: PebbleCodec, edit: Flip) -> None:
    updates = {at: asset(codec, Bend().add(LAST, edit) if at % 2 else Bend()) for at in range(11, 50, 7)}
    inspector = Inspector(codec.info.sample_rate)
    inspector.take(played(codec, updates)[0])
    inspector.cut()
    assert inspector.clicks == [] and inspector.bad == 0


def test_weights_that_break_the_decoder_mute_it_and_the_cause_is_named_whichever_was_bent_last(
    codec: PebbleCodec,
) -> None:
    own = codec.tensors()
    broken = weights_assets({LAST: np.full_like(own[LAST], np.float32(3e38))})
    fine = weights_assets({"net.0.bias": own["net.0.bias"]})
    for first, last in ((fine, broken), (broken, fine)):
        engine = Engine(codec, Terrain(2, 8, seed=3))
        for assets in (first, last):
            engine.update(Update(assets=assets))
        heard = engine.render(np.repeat(PLACE, 6, axis=0), 1.0)
        assert np.isfinite(heard).all() and np.abs(heard).max() <= 10 ** (-1 / 20)
        assert f"muted, its memory cleared; the bend of its layer {LAST!r} is the cause: take that back" in engine.error
    assert "'a', 'b' are the cause: take them back" in blame(["a", "b"], ["c"])
    assert "'a' and 1 more were bent last" in blame([], ["a", "b"])


HIDDEN = "net.5.output"


def with_output(codec: PebbleCodec, *outputs: tuple[str, Output]) -> Update:
    """Some layers' outputs changed."""
    bend, every = Bend(), bendable_of(codec)
    for layer, output in outputs:
        bend = bend.add(layer, output)
    return Update(assets=weights_assets(bend.apply(every)))


def test_gain_and_offset_of_an_output_are_those_of_the_weights_that_make_it(codec: PebbleCodec) -> None:
    own, channels = codec.tensors(), (3, 200, 707)
    weight, bias = own[LAST].copy(), own["net.9.bias"].copy()
    weight[list(channels)] *= 0.5
    bias[list(channels)] = bias[list(channels)] * 0.5 + 1.5
    by_weights = Update(assets=weights_assets({LAST: weight, "net.9.bias": bias}))
    by_output = with_output(codec, ("net.9.output", Output(gain=0.5, offset=1.5, channels=channels)))
    assert np.abs(played(codec, {9: by_weights}) - played(codec, {9: by_output})).max() < 1e-5


def test_a_held_layer_gives_what_it_gave_when_it_was_first_held(codec: PebbleCodec) -> None:
    random, first = np.random.default_rng(3), np.zeros((1, 8, 1), np.float32)
    latents = random.normal(0, 0.6, (1, 8, 12)).astype(np.float32)
    latents[0, :2] = [[0.0], [1.0]]  # pitch and loudness do not go through the net alone
    first[0, 1] = 1.0
    latents[:, :, :1] = first
    asset = with_output(codec, ("net.8.output", Output(hold=1.0))).assets[weights_key("net.8.output")]
    assert isinstance(asset, WeightsAsset)
    begun = codec.stream(1)
    begun.decode(first)  # from here on the net hears the same latents twice, as in every frame of a steady sound
    held, free, steady = begun.bent({"net.8.output": asset.weights}), begun.bent({}), begun.bent({})
    heard, moving = held.decode(latents), free.decode(latents)
    assert np.abs(heard - moving).max() > 0.01
    assert np.abs(heard - steady.decode(np.repeat(first, 12, axis=2))).max() < 1e-4


def test_what_an_output_held_is_forgotten_where_a_later_bend_holds_nothing() -> None:
    neutral = LayerOutput(1).neutral
    holding, passing, later = (BentOutputs({"x.output": Output(hold=h).apply(neutral)}) for h in (1.0, 0.0, 1.0))
    value = torch.ones(1, 1, 1)
    assert holding.through("x.output", value) == 1.0
    passing.take(holding)
    assert passing.through("x.output", 2 * value) == 2.0
    later.take(passing)
    assert later.through("x.output", 3 * value) == 3.0 == later.through("x.output", 4 * value)


def test_a_folded_output_stays_within_its_limit_and_small_values_as_they_are() -> None:
    bent = BentOutputs({"x.output": Output(fold=1.0).apply(LayerOutput(3).neutral)})
    values = torch.tensor([[[0.4, 1.3, -5.2]]])
    assert torch.allclose(bent.through("x.output", values), torch.tensor([[[0.4, 0.7, -0.8]]]), atol=1e-6)
    assert bent.through("y.output", values) is values


@pytest.mark.parametrize("block", [7, 60])
def test_held_and_folded_outputs_are_the_same_in_blocks_of_any_size(codec: PebbleCodec, block: int) -> None:
    first = with_output(codec, (HIDDEN, Output(hold=0.8, fold=1.0)))
    second = with_output(codec, (HIDDEN, Output(hold=0.8, gain=1.5)), ("net.2.output", Output(offset=0.4)))
    updates = {12: first, AT: second, 50: Update({"bend.level": -6.0, "bend.amount": 0.6})}
    assert np.abs(played(codec, updates, block) - played(codec, updates)).max() < 1e-5


def test_the_level_of_a_bent_sound_is_set_in_decibels_and_the_own_one_keeps_its(codec: PebbleCodec) -> None:
    neutral = with_output(codec, (HIDDEN, Output()))
    plain, quiet = played(codec, {}), played(codec, {0: neutral.then(Update({"bend.level": -12.0}))})
    own = played(codec, {0: neutral.then(Update({"bend.level": -12.0, "bend.amount": 0.0}))})
    tail = slice(20 * codec.info.ratio, None)
    assert np.sqrt(np.square(quiet[:, tail]).mean() / np.square(plain[:, tail]).mean()) == pytest.approx(
        10 ** (-12 / 20), rel=0.01
    )
    assert np.abs(own - plain).max() < 1e-6


def test_a_codec_without_weights_refuses_them() -> None:
    engine = Engine(ToneCodec(), None)
    with pytest.raises(ValueError, match="has no weights that could be bent"):
        engine.update(Update(assets=weights_assets({"a": np.zeros(3, np.float32)})))
    with pytest.raises(ValueError, match="not all finite"):
        WeightsAsset.unpack({}, {"weights": np.array([np.nan], np.float32)})


@pytest.mark.parametrize(("layer", "said"), [(LAST, "are 3"), ("nowhere", "no layer")])
def test_an_edit_that_does_not_fit_changes_nothing(codec: PebbleCodec, layer: str, said: str) -> None:
    engine = Engine(codec, None)
    edits = EditsAsset((Towards.of(np.ones(3, np.float32)),))
    with pytest.raises(ValueError, match=said):
        engine.update(Update({"output.level": 0.25, "latents.scale": 0.5}, {weights_key(layer): edits}))
    assert weights_key(layer) not in engine.assets and engine.patch["output.level"] != 0.25
    engine.update(Update({"output.level": 0.25}))
    assert np.isfinite(engine.render(PLACE, 1.0)).all()


def test_a_mover_of_the_amount_is_heard_as_far_as_it_goes(codec: PebbleCodec) -> None:
    """The spectrum is as far from the model's own as the amount is from 0, frame by frame."""
    bend = asset(codec, Bend().add(LAST, Flip()))
    mover = {"target": "bend.amount", "depth": 0.5, "basis": "sine", "loop_in": "seconds", "loop": 0.7}
    engine, own = (Engine(codec, Terrain(2, 8, seed=3), seed=5) for _ in range(2))
    engine.update(bend.then(Update({"bend.amount": 0.5} | {f"movers.a.{k}": v for k, v in mover.items()})))
    amounts, apart = [], []
    for _ in range(FRAMES):
        bent, plain = (np.abs(np.fft.rfft(each.render(PLACE, 1.0)[0])) for each in (engine, own))
        amounts.append(engine.motion.sounding["bend.amount"])
        apart.append(np.linalg.norm(bent - plain))
    assert engine.error == "" and min(amounts) == 0.0 and max(amounts) == 1.0 and len(set(amounts)) > 8
    assert {amount * 16 % 1 for amount in amounts} == {0.0}
    # The limiter holds the sound back by part of a frame, and a new amount fades in over one.
    assert np.corrcoef(amounts[8:-1], apart[9:])[0, 1] > 0.8


def test_a_bend_that_is_made_ready_beside_the_sound_is_taken_as_it_is(codec: PebbleCodec) -> None:
    own = codec.tensors()
    layers = {LAST: -own[LAST]}
    others = {**layers, "net.9.bias": 0.5 * own["net.9.bias"]}
    bends = BentLayers(codec)
    bends.prepare(layers, 0.25)
    bends.prepare(others, 0.25)
    ready = bends.at(layers, 0.25)
    assert ready is bends.at(layers, 0.25) and ready is not bends.at(layers, 0.5)
    assert bends.at(others, 0.25)[LAST] is ready[LAST], "a layer that stays as it is is not blended again"
    np.testing.assert_allclose(ready[LAST], 0.5 * own[LAST], atol=1e-6)
    assert bends.at(layers, 1.0)[LAST] is layers[LAST] and bends.at(layers, 0.0) == {}


def test_live_sound_is_heard_through_a_bent_encoder_and_its_own_again(codec: PebbleCodec) -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 8192).astype(np.float32)
    own, bent = (LiveInput(codec, LiveSource(sound=sound)) for _ in range(2))
    layers = {
        "encoder.timbre.out.weight": 0 * codec.tensors()["encoder.timbre.out.weight"],
        LAST: -codec.tensors()[LAST],
    }
    for now, differs in ({}, False), (layers, True), ({LAST: layers[LAST]}, False):
        bent.bend(now)
        one, other = own.block(2).latents, bent.block(2).latents
        assert np.array_equal(one, other) != differs and np.array_equal(one[:, :2], other[:, :2])


def test_an_update_of_a_take_from_when_all_layers_were_one_asset_is_read() -> None:
    bends, one = WholeBends(), np.ones(2, np.float32)
    first = {"changes": {"bend.amount": 0.5}, "assets": {"weights": {"kind": "weights", "config": {}}}}
    update = Update.unpack(Packed(*bends.by_layer(first, {"weights:a.bias": one, "weights:b.bias": one, "x:y": one})))
    assert set(bends_of({k: v for k, v in update.assets.items() if v})) == {"a.bias", "b.bias"}
    second = {"assets": {"weights": {"kind": "weights", "config": {}}}}
    later = update.then(Update.unpack(Packed(*bends.by_layer(second, {"weights:b.bias": one}))))
    assert {k for k, v in later.assets.items() if v} == {"weights/b.bias"} and later.changes == {"bend.amount": 0.5}
    none = Update.unpack(Packed(*bends.by_layer({"assets": {"weights": None}}, {})))
    assert none.assets == {"weights/b.bias": None}


def test_a_mover_of_the_amount_moves_a_bent_terrain_too(codec: PebbleCodec) -> None:
    own = Terrain(2, 8, seed=3)
    name = "fc_out.bias"
    bent = {name: np.asarray(own.to_state().arrays[name], np.float32) + np.float32(1.0)}
    mover = {"target": "bend.amount", "depth": 0.5, "basis": "sine", "loop_in": "seconds", "loop": 0.7}
    engine = Engine(codec, None)
    engine.update(Update({"bend.amount": 0.5}, {MAPPING: MappingAsset(own, bent=bent)}))
    engine.update(Update({f"movers.a.{k}": v for k, v in mover.items()}))
    moved = []
    for _ in range(FRAMES):
        engine.render(PLACE, 1.0)
        moved.append((engine.motion.sounding["bend.amount"], float((engine.mapping(PLACE) - own(PLACE)).mean())))
    assert engine.error == "" and len({amount for amount, _ in moved}) > 8
    np.testing.assert_allclose(*np.transpose(moved), atol=1e-5)


@pytest.mark.parametrize("amount", [0.25, 1.0])
def test_one_layer_more_at_the_same_amount_sounds_as_both_do_at_once(codec: PebbleCodec, amount: float) -> None:
    own = codec.tensors()
    first = {LAST: -own[LAST]}
    both = {**first, "net.9.bias": 0.5 * own["net.9.bias"]}
    start = Update({"bend.amount": amount}, weights_assets(first))
    by_steps = played(codec, {3: start, 9: Update(assets=weights_assets(both))})
    at_once = played(codec, {3: Update({"bend.amount": amount}, weights_assets(both))})
    tail = slice(24 * codec.info.ratio, None)
    assert np.abs(by_steps - at_once)[:, tail].max() < 1e-4
