"""The stream model: promises of a codec, partials where they belong, and a file for nn~."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.check import check_codec
from terrain_widgets.codecs.stream.codec import StreamCodec
from terrain_widgets.codecs.stream.decoder import LEVEL_AT_ZERO_DB, LEVEL_DB, QUIETEST
from terrain_widgets.codecs.stream.grid import PARTIALS, frequencies
from terrain_widgets.codecs.stream.model import StreamConfig, StreamModel
from terrain_widgets.codecs.trainer.dataset import dataset_of
from terrain_widgets.codecs.trainer.recipe import Moment
from terrain_widgets.codecs.trainer.recipes.stream import RECIPE
from terrain_widgets.codecs.trainer.settings import settings_for
from terrain_widgets.io.sound_files import Sound


def _codec(ratio: int = 1024) -> StreamCodec:
    """By chance, not trained: what it promises does not depend on that."""
    torch.manual_seed(5)
    config = StreamConfig(latents=6, width=16, ratio=ratio)
    return StreamCodec(config, {name: value.numpy() for name, value in StreamModel(config).state_dict().items()})


@pytest.mark.parametrize("ratio", [512, 1024, 2048])
def test_it_keeps_the_protocol_at_each_ratio(ratio: int) -> None:
    check_codec(_codec(ratio), tolerance=1e-5)


def test_the_level_latent_is_the_level_that_is_heard() -> None:
    codec = _codec()
    for decibels in (-40.0, -20.0, -6.0):
        latents = np.zeros((60, 6), np.float32)
        latents[:, 0] = (decibels - LEVEL_AT_ZERO_DB) / LEVEL_DB
        sound = codec.decode(latents)[0, 8 * 1024 :]
        assert 10 * np.log10(np.mean(sound**2)) == pytest.approx(decibels, abs=1.5)
    latents[:, 0] = QUIETEST
    assert not codec.decode(latents).any()


def test_a_tone_is_heard_by_the_partial_that_it_is_on() -> None:
    model = StreamModel(StreamConfig(latents=4, width=8))
    for k in (60, 100, 140):
        tone = np.sin(2 * np.pi * frequencies()[k] * np.arange(16 * 1024) / 44100).astype(np.float32)
        padded = np.pad(tone, (model.encoder.before, model.encoder.after))
        _, features = model.encoder.features(torch.from_numpy(padded)[None])
        assert int(features[0, :PARTIALS, 8].argmax()) == k


def test_amplitude_on_one_partial_is_that_tone_in_one_phase_throughout() -> None:
    decoder = StreamModel(StreamConfig(latents=4, width=8)).decoder
    amplitudes = torch.zeros(1, 40, PARTIALS)
    amplitudes[:, :, 80] = 0.5
    audio, _ = decoder._joined(decoder._partials(amplitudes, 0), torch.zeros(1, 512))
    sound = audio[0, 512:].double().numpy()
    t = (np.arange(len(sound)) + 512) / 44100
    basis = np.exp(-2j * np.pi * frequencies()[80] * t)
    assert 2 * abs(np.mean(sound * basis)) == pytest.approx(0.5, abs=5e-3)
    assert np.abs(sound).max() == pytest.approx(0.5, abs=2e-3)


def test_random_and_hostile_latents_give_finite_bounded_sound() -> None:
    codec = _codec()
    random = np.random.default_rng(0).normal(0, 3, (80, 6)).astype(np.float32)
    random[10], random[20], random[30, 2] = np.nan, 1e9, np.inf
    sound = codec.decode(random)
    assert np.isfinite(sound).all() and np.abs(sound).max() < 16
    assert not sound[0, 10 * 1024 + 512 : 11 * 1024].any()


def test_compiled_for_nn_tilde_it_sounds_the_same_row_by_row() -> None:
    codec = _codec()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        script = torch.jit.script(codec.scripted_decoder().eval())
    latents = np.random.default_rng(2).normal(0, 1, (2, 6, 9)).astype(np.float32)
    with torch.no_grad():
        parts = [script.decode(torch.from_numpy(latents[:, :, a:b])).numpy() for a, b in ((0, 4), (4, 5), (5, 9))]
        assert np.concatenate(parts, 2) == pytest.approx(codec.stream(2).decode(latents), abs=1e-5)
        script.reset()
        assert script.decode(torch.from_numpy(latents[:1])).numpy()[0] == pytest.approx(
            codec.decode(latents[0].T), abs=1e-5
        )


def test_sizes_out_of_range_and_weights_that_do_not_fit_are_refused() -> None:
    for wrong in ({"latents": 3}, {"latents": 65}, {"ratio": 4096}, {"width": 4}):
        with pytest.raises(ValueError, match="a stream model"):
            StreamConfig(**wrong)
    with pytest.raises(CodecError, match="no weights of a stream model of this size"):
        StreamCodec(StreamConfig(), {})


def test_a_few_steps_of_training_lower_the_spectral_loss() -> None:
    t = np.arange(44100 * 3) / 44100
    chord = sum(0.2 * np.sin(2 * np.pi * f * t) for f in (220.0, 277.2, 329.6)) * (1 + np.sin(2 * np.pi * 3 * t)) / 2
    settings = settings_for(RECIPE.presets, "test", {"capacity": 0.1, "batch": 2, "latents": 5, "seconds": 0.4})
    torch.manual_seed(0)
    model = RECIPE.build(settings)
    material = RECIPE.prepare(model, dataset_of(Sound("chord", chord[None], 44100), 44100), settings)
    optimizer, random, heard = torch.optim.Adam(model.parameters(), 5e-3), np.random.default_rng(0), []
    for number in range(16):
        terms = RECIPE.losses(model, RECIPE.batch(material, settings, number, random), Moment(number, 0.0, 1e-3, True))
        optimizer.zero_grad()
        sum(terms.values()).backward()
        optimizer.step()
        heard.append(float(terms["spectrum"].detach()))
    assert np.mean(heard[-4:]) < 0.8 * np.mean(heard[:3])
    with torch.no_grad():
        found, examples = RECIPE.validate(model.eval(), material), RECIPE.examples(model, material, random)
    assert 0 < found.error < 60 and len(found.latent_nats) == 4 and found.figures["mean spectrum"] > 0
    assert [example.original is None for example in examples] == [False, True]
