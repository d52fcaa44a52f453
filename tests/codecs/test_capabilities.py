"""What a codec declares it can do is proved, and its recipe survives every way that it travels."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import terrain_widgets as tw
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities, LatentInfo
from terrain_widgets.codecs.nn_tilde.layers import about
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.codecs.recipe import CodecRecipe


def declaring(**abilities: Any) -> PebbleCodec:
    """A double: the bundled codec that says it can do more than it can."""

    class Boasting(PebbleCodec):
        @property
        def info(self) -> CodecInfo:
            info = super().info
            return replace(info, capabilities=replace(info.capabilities, **abilities))

    return Boasting()


@pytest.mark.parametrize("ability", ["block_encoder", "seeded"])
def test_an_ability_that_is_declared_and_not_there_is_found_out(ability: str) -> None:
    with pytest.raises(tw.CodecError, match=f"declares {ability}, but has no working"):
        tw.check_codec(declaring(**{ability: True}))


def test_a_live_encoder_that_does_not_work_is_found_out() -> None:
    class Deaf(PebbleCodec):
        """A double: its live encoder hears nothing."""

        def encoder_stream(self) -> Any:
            raise AttributeError("it has no ears")

    with pytest.raises(tw.CodecError, match="declares streaming_encoder, but has no working"):
        tw.check_codec(Deaf())


def test_a_look_ahead_that_is_too_short_is_found_out() -> None:
    class Hindsight(PebbleCodec):
        """A double: every latent depends on the loudness of the whole sound."""

        @property
        def info(self) -> CodecInfo:
            return replace(super().info, capabilities=Capabilities(look_ahead=0))

        def encode(self, audio: Any, sample_rate: int) -> Any:
            latents = super().encode(audio, sample_rate)
            return type(latents)(latents.values + np.float32(np.square(audio).mean()), frame_rate=latents.frame_rate)

    with pytest.raises(tw.CodecError, match="0 samples after a frame's end"):
        tw.check_codec(Hindsight())


def test_latents_are_described_all_or_none() -> None:
    with pytest.raises(tw.CodecError, match="has 8 latents and describes 1"):
        tw.check_codec(declaring(latents=(LatentInfo("a", 0.0, 1.0),)))
    with pytest.raises(ValueError, match="low must be below high"):
        LatentInfo("a", 1.0, 0.0)


def test_the_bundled_codec_shows_its_weights_and_describes_its_latents() -> None:
    codec = PebbleCodec()
    assert [latent.role for latent in codec.info.capabilities.latents[:3]] == ["pitch", "loudness", "timbre"]
    weights = codec.tensors()
    before = codec.decode(np.zeros((3, 8), np.float32))
    next(iter(weights.values()))[:] = 9.0  # a copy: the codec does not change
    np.testing.assert_array_equal(codec.decode(np.zeros((3, 8), np.float32)), before)


def test_a_recipe_travels_as_json_and_old_files_have_short_ones() -> None:
    recipe = CodecRecipe("/models/a.ts", "ab", "nn_tilde", {"noise": "free"}, "space")
    assert CodecRecipe.from_json(json.loads(json.dumps(recipe.to_json()))) == recipe
    old = CodecRecipe.from_json({"source": "pebble", "digest": "cd"})
    assert (old.loader, old.settings, old.space) == ("", {}, "cd")
    with pytest.raises(ValueError, match="describes no codec"):
        CodecRecipe.from_json({"source": 3})


def test_a_recipe_of_other_weights_or_an_unknown_family_is_refused() -> None:
    recipe = PebbleCodec().recipe
    assert recipe is not None
    assert tw.load_codec(recipe).recipe == recipe
    with pytest.raises(tw.CodecError, match="'pebble' changed"):
        tw.load_codec(replace(recipe, digest="00"))
    with pytest.raises(tw.CodecError, match="no family of codecs is called 'vapour'"):
        tw.load_codec(replace(recipe, loader="vapour"))


def test_every_layer_of_pebble_and_layers_with_raves_names_say_what_they_do() -> None:
    codec = PebbleCodec()
    assert set(codec.about_layers()) == {*codec.tensors(), *codec.outputs()}
    names = ["encoder.net.0.weight_v", "decoder.net.2.bias", "decoder.net.5.bias", "pqmf.hk", "latent_pca", "other.x"]
    said = about(names)
    assert said["encoder.net.0.weight_v"].startswith("Stage 1 of 1 of the encoder, its directions; an edit")
    assert said["decoder.net.5.bias"] == "Stage 2 of 2 of the decoder, what is added whatever plays."
    assert "bands" in said["pqmf.hk"] and "rotation" in said["latent_pca"] and "other.x" not in said
