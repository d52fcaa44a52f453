"""Bending in a session: undo, the engine, another codec and other models, presets, terrains, sounds encoded again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrain_widgets.audio.assets import MAPPING, EditsAsset
from terrain_widgets.audio.engine.bent_layers import BentLayers
from terrain_widgets.audio.engine.resolution import bends_of, sounding_mapping
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.bend import Bend, Step, model_hash
from terrain_widgets.core.bending.edits import Flip, Noise, Scale, Towards
from terrain_widgets.core.bending.loudness import weighted_level
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.session import Session
from tests.core.test_bending import edits
from tests.session.doubles import LevelCodec, tones

LAST, FIRST = "net.9.weight", "net.0.weight"


@pytest.fixture
def session():
    made = Session(codec=PebbleCodec(), sounds=tones(1))
    yield made
    made.close()


def sent(session: Session) -> dict[str, np.ndarray]:
    """What an engine would be given."""
    return dict(BentLayers(session.codec).at(bends_of(session.stage.setup.assets), 1.0))


def test_every_edit_is_a_step_of_undo_and_reaches_the_engine(session: Session) -> None:
    bending = session.stage.bending
    own = bending.layers
    bending.add(LAST, Flip())
    bending.add(FIRST, "scale", factor=2.0)
    assert (sent(session)[LAST] == -own[LAST]).all() and (sent(session)[FIRST] == 2 * own[FIRST]).all()
    bending.switch(0, False)
    assert set(sent(session)) == {FIRST}
    session.undo()
    session.undo()
    assert set(sent(session)) == {LAST}
    session.undo()
    assert sent(session) == {} and bending.bend == Bend()
    session.redo()
    assert (sent(session)[LAST] == -own[LAST]).all()
    bending.clear()
    assert sent(session) == {} and (bending.weights(LAST) == own[LAST]).all()


def test_a_slider_that_moves_is_one_edit_and_one_step_of_undo(session: Session) -> None:
    bending = session.stage.bending
    bending.add(LAST, Flip())
    for factor in (0.9, 0.7, 0.5):
        bending.replace_last(LAST, Scale(factor), "bend scale")
    assert [type(step.edit) for step in bending.bend.steps] == [Flip, Scale] and bending.bend.steps[-1].edit == Scale(
        0.5
    )
    session.undo()
    assert len(bending.bend.steps) == 1


def test_another_codec_begins_with_its_own_weights(session: Session) -> None:
    session.stage.bending.add(LAST, Flip())
    session.sounds.use_loaded(LevelCodec(), "level")
    assert session.stage.bending.bend == Bend() and sent(session) == {}
    with pytest.raises(ValueError, match="has no weights that could be bent"):
        session.stage.bending.add(LAST, Flip())


def test_there_is_something_to_see_of_each_layer(session: Session) -> None:
    bending = session.stage.bending
    bending.add(LAST, Scale(0.5))
    own, bent = bending.statistics(LAST)
    assert bent.deviation == pytest.approx(own.deviation / 2, rel=1e-4) and own.shape == (708, 256)
    limit, before, after = bending.histograms(LAST)
    assert before.sum() == after.sum() == 708 * 256 and limit == pytest.approx(max(abs(own.low), abs(own.high)))
    for layer, said in (("none", "no layer 'none'; there are net.0"), ("terrain.fc2.weight", "had it plays no more")):
        with pytest.raises(KeyError, match=said):
            bending.statistics(layer)


def other_pebble() -> PebbleCodec:
    """Another model of the same shape."""
    made = PebbleCodec()
    own = made.tensors()
    made.tensors = lambda: {name: weights[::-1] * 0.5 for name, weights in own.items()} | {"more": own[LAST]}
    return made


def test_between_two_models_weights_go_straight_and_both_ends_are_exact(session: Session) -> None:
    bending, other = session.stage.bending, other_pebble()
    own, others = bending.layers, other.tensors()
    for share in (0.2, 0.7, 0.5):
        assert set(bending.towards(other, share)) == set(own)
    np.testing.assert_allclose(bending.weights(LAST), 0.5 * (own[LAST] + others[LAST]), atol=1e-6)
    assert len(bending.bend.steps) == len(own)
    bending.towards(other, 1.0)
    assert all((sent(session)[name] == others[name]).all() for name in own)
    bending.towards(other, 0.0)
    assert all((sent(session)[name] == own[name]).all() for name in own)
    session.undo()
    assert bending.bend == Bend()
    with pytest.raises(ValueError, match="has no weights"):
        bending.towards(LevelCodec(), 1.0)


def test_a_and_b_are_set_equally_loud(session: Session) -> None:
    bending = session.stage.bending
    with pytest.raises(ValueError, match="nothing is bent"):
        bending.compare.match()
    bending.add("net.9.bias", Noise(3.0, 2))
    level = bending.compare.match()
    assert bending.compare.match() == level == session.stage.patch["bend.level"]

    def loudness(weights: dict[str, np.ndarray]) -> float:
        stream = session.sounds.codec.stream(1).bent(weights)
        return weighted_level(stream.decode(np.zeros((1, 8, 64), np.float32))[0], 44100)

    assert abs(level) > 0.3 and loudness(sent(session)) + level == pytest.approx(loudness({}), abs=0.3)
    bending.compare.hear(False)
    assert bending.amount == 0.0 and not bending.compare.bent
    bending.compare.hear(True)
    assert bending.amount == 1.0


def test_an_output_is_bent_kept_in_files_and_refused_where_it_does_not_fit(session: Session, tmp_path: Path) -> None:
    bending = session.stage.bending
    bending.add("net.5.output", "output", gain=2.0, channels=(1,))
    assert (sent(session)["net.5.output"][1] == (0.0, 2.0, 0.0, 0.0)).all()
    bending.save(tmp_path / "a.safetensors")
    bend = bending.bend
    bending.clear()
    bending.load(tmp_path / "a.safetensors")
    assert bending.bend == bend
    for layer, wrong, said in (
        ("net.5.output", {"channels": (256,)}, "channels 0 to 255, got 256"),
        ("net.3.output", {}, "no layer 'net.3.output'"),
        (LAST, {}, "whose name ends with"),
    ):
        with pytest.raises(ValueError, match=said):
            bending.add(layer, "output", **wrong)
    assert bending.bend == bend


SMALL = [name for name, weights in PebbleCodec().tensors().items() if weights.size <= 4096]


@settings(max_examples=2, deadline=None)
@given(st.lists(st.builds(Step, st.sampled_from(SMALL), edits, st.booleans()), min_size=200, max_size=200))
def test_after_200_random_edits_the_model_comes_back_bit_by_bit(steps: list[Step]) -> None:
    codec, latents = PebbleCodec(), np.random.default_rng(1).normal(0, 1, (1, 8, 12)).astype(np.float32)
    before, own = codec.stream(1).decode(latents), model_hash(codec.tensors())
    session = Session(codec=codec, sounds=[])
    try:
        bending, stream = session.stage.bending, codec.stream(1)
        for k, step in enumerate(steps):
            bending.add(step.layer, step.edit)
            bending.switch(k, step.on)
            if k % 40 == 39:
                stream = stream.bent(sent(session))
                stream.decode(latents)
        assert len(bending.bend.steps) == 200
        bending.clear()
        assert sent(session) == {} and model_hash(bending.layers) == model_hash(codec.tensors()) == own
        stream = stream.bent(sent(session))
        stream.reset()
        assert np.array_equal(stream.decode(latents), before)
    finally:
        session.close()


def test_where_live_is_off_edits_wait_until_they_are_sent_or_discarded(session: Session, tmp_path: Path) -> None:
    bending = session.stage.bending
    bending.add(LAST, Flip())
    bending.set_live(False)
    bending.add(FIRST, Flip())
    assert set(sent(session)) == {LAST} and set(bending.bent) == {LAST, FIRST} and bending.waiting
    session.save(tmp_path / "bent.zip")
    bending.discard()
    assert len(bending.bend.steps) == 1 and not bending.waiting
    session.undo()
    bending.send()
    assert set(sent(session)) == {LAST, FIRST} and not bending.live
    bending.revert(FIRST)
    assert set(sent(session)) == {LAST, FIRST}
    bending.set_live(True)
    assert set(sent(session)) == {LAST} and bending.live
    opened = Session.load(tmp_path / "bent.zip")
    try:
        assert set(sent(opened)) == {LAST} and opened.stage.bending.waiting and not opened.stage.bending.live
    finally:
        opened.close()


def test_sounds_are_encoded_again_through_a_bent_encoder_and_as_at_first_after_it(session: Session) -> None:
    session.sounds.encode(wait=True)
    bending, (clip,) = session.stage.bending, session.state.clips
    own = session.latents[clip.id].values
    bending.add("encoder.timbre.out.weight", Scale(0.0))
    assert (session.latents[clip.id].values == own).all()
    job = bending.encode()
    job.wait(60.0)
    assert job.status.message == "1 sounds encoded again by pebble"
    bent = session.latents[clip.id].values
    assert (bent[:, :2] == own[:, :2]).all() and np.abs(bent[:, 2:] - own[:, 2:]).max() > 0.1
    assert (bent[:, 2:] == bent[0, 2:]).all(), "what is left of the timbre is the same everywhere"
    bending.clear()
    bending.encode(wait=True, clip_ids=[clip.id])
    assert (session.latents[clip.id].values == own).all()
    with pytest.raises(KeyError):
        bending.encode(clip_ids=["nothing"])
    session.sounds.use_loaded(LevelCodec(), "level")
    with pytest.raises(ValueError, match="the encoder of 'level' cannot be bent"):
        bending.encode()


def test_a_preset_brings_back_its_edits_in_one_step_and_keeps_them_in_files(session: Session, tmp_path: Path) -> None:
    bending, presets = session.stage.bending, session.stage.presets
    bending.add(FIRST, Towards.of(-bending.layers[FIRST], 0.5, "other"))
    bending.set_amount(0.7)
    bend = bending.bend
    presets.keep("bent")
    bending.clear()
    bending.set_amount(1.0)
    presets.keep("plain")
    presets.recall("bent")
    assert bending.bend == bend and bending.amount == 0.7 and set(sent(session)) == {FIRST}
    session.undo()
    assert bending.bend == Bend() and bending.amount == 1.0
    presets.morph("bent", "plain", 0.3)
    assert bending.bend == bend
    presets.morph("bent", "plain", 0.6)
    assert bending.bend == Bend()
    session.save(tmp_path / "bent.zip")
    presets.save(tmp_path / "presets.json")
    opened = Session.load(tmp_path / "bent.zip")
    try:
        opened.stage.presets.recall("bent")
        assert opened.stage.bending.bend == bend
        presets.remove("bent")
        presets.load(tmp_path / "presets.json")
        presets.recall("bent")
        assert bending.bend == bend
    finally:
        opened.close()


def test_a_bent_terrain_is_heard_at_once_and_goes_back_to_its_own_weights(session: Session) -> None:
    session.sounds.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=3, wait=True)
    bending, places = session.stage.bending, np.random.default_rng(0).uniform(-1, 1, (50, 2)).astype(np.float32)

    def heard() -> np.ndarray:
        setup = session.stage.setup
        mapping = sounding_mapping(setup.patch, setup.assets)
        assert mapping is not None
        return np.asarray(mapping(places))

    own, layer = heard(), [name for name in bending.layers if name.startswith("terrain.")][-1]
    bending.add(layer, "noise", amount=2.0, seed=1)
    bent = heard()
    assert np.abs(bent - own).max() > 1e-3 and sent(session) == {}
    bending.set_amount(0.5)
    assert 0 < np.abs(heard() - own).max() < np.abs(bent - own).max() * 1.01
    bending.set_amount(0.0)
    assert (heard() == own).all()
    bending.set_amount(1.0)
    assert (heard() == bent).all()
    session.undo()
    bending.clear()
    assert (heard() == own).all()


def test_edits_of_a_terrain_that_does_not_play_wait_and_none_is_added(session: Session) -> None:
    layer = "terrain.net.0.weight"
    with pytest.raises(ValueError, match=f"no layer '{layer}'"):
        session.stage.bending.add(layer, Flip())
    session.stage.set({}, state=replace(session.document.state, bend=Bend().add(layer, Flip())))
    session.stage.bending.add(LAST, Flip())
    assert set(session.stage.bending.bent) == {LAST} and len(session.stage.bending.bend.steps) == 2


def test_edits_of_another_terrain_and_of_one_that_is_still_to_come_wait_and_can_be_switched_off(
    session: Session,
) -> None:
    bending, latents = session.stage.bending, session.codec.info.latent_dim
    session.training.adopt(Terrain(2, latents))
    layer = "terrain.fc2.weight"
    bending.add(layer, Towards.of(2 * bending.layers[layer], 0.5, "double"))
    bending.add(LAST, Flip())
    saved = bending.to_bytes()
    session.training.adopt(Terrain(2, latents, network_channel=64))
    assert set(bending.bent) == {LAST}
    session.stage.setup.assets[MAPPING].mapping(np.zeros((1, 2), np.float32))
    session.training.reset()
    bending.switch(0, False)
    assert not bending.bend.steps[0].on
    other = Session(codec=PebbleCodec(), sounds=[])
    other.stage.bending.take_file("double.bend", saved)
    assert len(other.stage.bending.bend.steps) == 2 and set(other.stage.bending.bent) == {LAST}
    other.training.adopt(Terrain(2, latents))
    assert set(other.stage.bending.bent) == {LAST, layer}
    other.close()


def test_a_layer_that_moves_is_applied_alone_and_a_page_may_ask_after_the_codec_has_changed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    bending, applied = session.stage.bending, list[float]()
    apply = Scale.apply
    monkeypatch.setattr(Scale, "apply", lambda self, w: applied.append(self.factor) or apply(self, w))

    def held() -> dict[str, Callable[[], np.ndarray]]:
        """What a page that plays has."""
        assets = session.stage.setup.assets
        return {k: asset.applied for k, asset in assets.items() if isinstance(asset, EditsAsset) and asset.applied}

    def asked() -> dict[str, np.ndarray]:
        return {key: give() for key, give in held().items()}

    bending.add(FIRST, "scale", factor=2.0)
    bending.add(LAST, "scale", factor=0.25)
    asked()
    applied.clear()
    for factor in (0.5, 0.75):
        bending.replace_last(LAST, Scale(factor), "bend scale")
        before = asked()
    assert applied == [0.5, 0.75]
    of_old = held()
    session.sounds.use_loaded(LevelCodec(), "level")
    for key, values in before.items():
        assert (of_old[key]() == values).all()
