"""Bent weights in the engine: heard without a click, the same in blocks of any size, and taken back exactly."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from terrain_widgets.audio.assets import WEIGHTS, WeightsAsset
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec, TensorCodec
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edits import Distribution, Flip, Noise, Scale
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
    return Update(assets={WEIGHTS: WeightsAsset(bend.apply(codec.tensors()))})


def played(codec: Codec, updates: dict[int, Update], block: int = 1) -> NDArray[np.float32]:
    """A hand that stays down; updates before the frames that they are named by."""
    engine = Engine(codec, Terrain(2, 8, seed=3), seed=5)
    engine.set_latent_range(-2.0, 2.0)
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
    back = played(codec, {10: there, AT: Update(assets={WEIGHTS: None})})
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
    by_hand = played(codec, {0: Update(assets={WEIGHTS: WeightsAsset(half)})})
    by_amount = played(codec, {0: asset(codec, Bend().add(LAST, Flip())).then(Update({"bend.amount": 0.5}))})
    assert np.abs(by_hand - by_amount).max() < 1e-5


@pytest.mark.parametrize("edit", [Flip(), Scale(0.0), Distribution("uniform", 1.0, 2), Noise(2.0, 4)], ids=str)
def test_an_edit_while_it_sounds_makes_no_click(codec: PebbleCodec, edit: Flip) -> None:
    updates = {at: asset(codec, Bend().add(LAST, edit) if at % 2 else Bend()) for at in range(11, 50, 7)}
    inspector = Inspector(codec.info.sample_rate)
    inspector.take(played(codec, updates)[0])
    inspector.cut()
    assert inspector.clicks == [] and inspector.bad == 0


def test_weights_that_break_the_decoder_mute_it_and_say_so(codec: PebbleCodec) -> None:
    weights = {LAST: np.full_like(codec.tensors()[LAST], np.float32(3e38))}
    engine = Engine(codec, Terrain(2, 8, seed=3))
    engine.render(np.repeat(PLACE, 4, axis=0), 1.0)
    engine.update(Update(assets={WEIGHTS: WeightsAsset(weights)}))
    heard = engine.render(np.repeat(PLACE, 6, axis=0), 1.0)
    assert np.isfinite(heard).all() and np.abs(heard).max() <= 10 ** (-1 / 20)
    assert "its weights are bent, so take back the last edit" in engine.error


def test_a_codec_without_weights_refuses_them() -> None:
    engine = Engine(ToneCodec(), None)
    with pytest.raises(ValueError, match="has no weights that could be bent"):
        engine.update(Update(assets={WEIGHTS: WeightsAsset({"a": np.zeros(3, np.float32)})}))
    with pytest.raises(ValueError, match="not all finite"):
        WeightsAsset.unpack({}, {"a": np.array([np.nan], np.float32)})
