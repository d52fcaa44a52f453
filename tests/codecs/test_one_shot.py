"""Whole sounds by place: the codec keeps its promises, strikes when it should, and never clicks."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.check import check_codec
from terrain_widgets.codecs.one_shot.codec import OneShotCodec
from terrain_widgets.codecs.one_shot.model import HEAD_ROOM, SAMPLE_RATE, OneShotConfig, OneShotModel
from terrain_widgets.codecs.one_shot.pieces import hits
from terrain_widgets.codecs.one_shot.struck import RATIO, StruckStream, level_of, peak_of
from terrain_widgets.codecs.trainer.augmentation import swaying
from terrain_widgets.codecs.trainer.dataset import dataset_of
from terrain_widgets.codecs.trainer.losses.envelopes import envelope_loss
from terrain_widgets.codecs.trainer.losses.free_bits import divergence, limited, paid, told_by
from terrain_widgets.codecs.trainer.recipe import Moment
from terrain_widgets.codecs.trainer.recipes.one_shot import RECIPE
from terrain_widgets.codecs.trainer.settings import settings_for
from terrain_widgets.io.sound_files import Sound

CONFIG = OneShotConfig(samples=8820, latents=4, width=8)
FRAMES = -(-CONFIG.samples // RATIO)


@pytest.fixture(scope="module")
def codec() -> OneShotCodec:
    """By chance, not trained: what it promises does not depend on that."""
    torch.manual_seed(3)
    state = OneShotModel(CONFIG).state_dict()
    return OneShotCodec(CONFIG, {name: value.numpy() for name, value in state.items()})


def _pulse(vector: np.ndarray) -> np.ndarray:
    """A sound that tells its vector: a tone of 4000 samples at the first number's level."""
    t = np.arange(4000)
    return np.asarray(vector[0] * np.sin(0.05 * t) * np.minimum(1, t / 16), np.float32)


def _played(places: list[float], **settings: float) -> np.ndarray:
    stream = StruckStream(lambda _weights: _pulse, 2, 86.1, 1)
    stream.configure({f"one_shot.{name}": value for name, value in settings.items()})
    latents = np.array([[1.0, place] for place in places], np.float32)
    return stream.decode(latents.T[None])[0, 0]


def test_it_keeps_the_protocol_and_is_struck(codec: OneShotCodec) -> None:
    check_codec(codec, frames=FRAMES + 6)


def test_a_hit_is_one_vector_and_comes_back_whole_and_at_its_level(codec: OneShotCodec) -> None:
    hit = 0.25 * np.exp(-np.arange(CONFIG.samples) / 1500) * np.sin(np.arange(CONFIG.samples) * 0.1)
    latents = codec.encode(hit.astype(np.float32), SAMPLE_RATE).values
    assert latents.shape == (FRAMES, 5) and (latents == latents[0]).all()
    assert peak_of(latents[0, 0]) == pytest.approx(np.abs(hit).max(), rel=1e-3)
    sound = codec.decode(latents)[0, : CONFIG.samples]
    assert sound == pytest.approx(codec.sound(latents[0, 1:]) * peak_of(latents[0, 0]), abs=1e-6)


def test_hits_of_a_loop_are_found_where_they_are() -> None:
    rate, step, places = SAMPLE_RATE, 512, (0, 43, 70, 120)
    audio = np.zeros(200 * step, np.float32)
    for place in places:
        t = np.arange(9000)
        audio[place * step : place * step + 9000] += (0.5 * np.exp(-t / 2000) * np.sin(0.2 * t)).astype(np.float32)
    found = hits(audio, rate, step, 22050)
    assert [place for place, _, _ in found] == list(places)
    assert all(sound.shape == (22050,) and np.abs(sound).max() == pytest.approx(1.0) for _, sound, _ in found)


def test_silence_is_no_hit_and_a_held_tone_is_struck_again() -> None:
    ((_, sound, peak),) = hits(np.zeros(4000, np.float32), SAMPLE_RATE, 512, 2000)
    assert peak == 0.0 and not sound.any()
    tone = np.sin(0.1 * np.arange(512 * 40)).astype(np.float32)
    assert [place for place, _, _ in hits(tone, SAMPLE_RATE, 512, 512 * 10)] == [0, 10, 20, 30]


def test_a_place_that_stays_sounds_once_and_one_that_moves_far_enough_is_struck() -> None:
    still = _played([0.5] * 40)
    assert np.abs(still[:4000]).max() > 0.1 and not still[4000:].any()
    slowly = [0.5 + 0.02 * k for k in range(30)]
    moved = _played(slowly, distance=0.2)
    assert not moved[4000 : 10 * RATIO].any() and np.abs(moved[11 * RATIO : 12 * RATIO]).max() > 0.2
    stood = _played([0.5] * 20 + [0.53] * 20 + [0.55] * 20, distance=0.2)  # after a rest a fifth is enough
    assert not stood[4000 : 40 * RATIO].any() and np.abs(stood[40 * RATIO : 40 * RATIO + 4000]).max() > 0.2
    again = _played([0.5] * 60, repeat=0.25)
    assert np.abs(again[22 * RATIO : 22 * RATIO + 2000]).max() > 0.1


def test_a_sweep_is_a_roll_and_nothing_in_it_clicks() -> None:
    sweep = _played([0.1 * k for k in range(60)], distance=0.05)
    steps = np.abs(np.diff(sweep))
    assert np.abs(sweep).max() < 12.0 and np.isfinite(sweep).all()
    assert steps.max() < 2 * 6.0 * 0.05 * 2  # twice the steepest of two tones at the loudest place


def test_a_vector_that_is_no_number_ends_the_sound_and_the_next_begins() -> None:
    sound = _played([0.5] * 4 + [np.nan] * 3 + [0.5] * 10)
    assert np.isfinite(sound).all() and not sound[5 * RATIO : 7 * RATIO].any()
    assert np.abs(sound[7 * RATIO : 7 * RATIO + 3000]).max() > 0.1


def test_random_vectors_give_bounded_sound_that_ends_in_silence(codec: OneShotCodec) -> None:
    latents = np.random.default_rng(1).normal(0, 3, (8, 4)).astype(np.float32)
    with torch.no_grad():
        sounds = OneShotModel(CONFIG).eval().decoder(torch.from_numpy(latents)).numpy()
    assert np.isfinite(sounds).all() and np.abs(sounds).max() <= HEAD_ROOM and not sounds[:, -1].any()
    far = codec.decode(np.full((3, 5), 1e9, np.float32))
    assert np.isfinite(far).all() and np.abs(far).max() < 1.2


def test_levels_and_peaks_are_each_others_inverse() -> None:
    for peak in (0.001, 0.1, 0.5, 1.0):
        assert peak_of(level_of(peak)) == pytest.approx(peak, rel=1e-6)
    assert peak_of(level_of(0.0)) == 0.0 and peak_of(9.0) == 1.0


def test_in_an_engine_a_touch_strikes_at_once_though_the_place_is_the_same(codec: OneShotCodec) -> None:
    def touch(engine: Engine) -> np.ndarray:
        down = engine.render(np.zeros((8, 2), np.float32), 1.0)
        for _ in range(8):
            engine.render(np.zeros((8, 2), np.float32), 1.0)  # it has died away
        engine.render(np.zeros((8, 2), np.float32), 0.0)
        return down

    engine = Engine(codec, None)
    engine.update(Update({"latents.offset": (0.5, 1.0, 0.0, 0.0, 0.0), "latents.limits": "own", "one_shot.ring": 0.0}))
    first, second = touch(engine), touch(engine)
    assert np.abs(first).max() > 0.01
    assert second == pytest.approx(first, abs=1e-4)


def test_in_an_engine_a_pad_that_is_tapped_rings_and_is_struck_again_without_a_click(codec: OneShotCodec) -> None:
    def played(ring: float, gates: list[float]) -> np.ndarray:
        engine = Engine(codec, None)
        engine.update(Update({"latents.offset": (0.5, 1.0, 0.0, 0.0, 0.0), "one_shot.ring": ring}))
        return np.concatenate([engine.render(np.zeros((2, 2), np.float32), gate)[0] for gate in gates])

    tapped = [1.0, *[0.0] * 20]
    held, rung, cut = played(1.0, [1.0] * 21), played(1.0, tapped), played(0.0, tapped)
    late = slice(8 * RATIO, 12 * RATIO)
    assert np.abs(held[late]).max() > 1e-3 and np.abs(rung[late]).max() > 0.9 * np.abs(held[late]).max()
    assert np.abs(cut[late]).max() < 0.05 * np.abs(held[late]).max()
    rolled = played(1.0, [1.0, 0.0] * 10)
    assert np.abs(np.diff(rolled)).max() < 2.0 * np.abs(np.diff(held)).max() and np.abs(rolled[late]).max() > 1e-3


def test_weights_of_another_size_are_refused() -> None:
    state = OneShotModel(CONFIG).state_dict()
    other = OneShotConfig(samples=8820, latents=6, width=8)
    with pytest.raises(CodecError, match="no weights of a one-shot model of this size"):
        OneShotCodec(other, {name: value.numpy() for name, value in state.items()})
    with pytest.raises(ValueError, match="lasts 0.05 to 2 s"):
        OneShotConfig(200_000)


def test_the_default_model_has_under_three_million_weights_and_capacity_scales_it() -> None:
    counts = [
        sum(p.numel() for p in OneShotModel(OneShotConfig.of(seconds, 16, capacity)).parameters())
        for seconds, capacity in ((0.5, 1.0), (2.0, 1.0), (0.5, 0.25))
    ]
    assert max(counts[:2]) < 3e6 and counts[2] < counts[0] / 3


def test_free_bits_are_free_and_log_variances_have_a_floor() -> None:
    mean, log_variance = limited(torch.tensor([[9.0, 0.0]]), torch.tensor([[-50.0, 0.0]]))
    assert mean.tolist() == [[5.0, 0.0]] and log_variance.tolist() == [[-6.0, 0.0]]
    nats = divergence(torch.tensor([[0.5, 2.0]]), torch.zeros(1, 2))
    assert nats.tolist() == [[0.125, 2.0]] and float(paid(nats)) == 1.75
    apart = torch.tensor([[-1.0, 0.5], [1.0, 0.5]])
    assert told_by(apart, torch.full((2, 2), -6.0)) == (pytest.approx(3.0, abs=0.01), 0.0), "one place tells nothing"


def test_a_sound_sways_by_no_more_than_it_should_and_the_envelope_s_loss_hears_it() -> None:
    tone = np.sin(0.3 * np.arange(22050)).astype(np.float32)
    swayed = swaying(tone, SAMPLE_RATE, 6.0, np.random.default_rng(4))
    heard = np.flatnonzero(np.abs(tone) > 0.1)
    decibels = 20 * np.log10(swayed[heard] / tone[heard])
    assert 3.0 < np.abs(decibels).max() <= 6.01 and np.abs(np.diff(decibels)).max() < 0.1
    losses = [float(envelope_loss(torch.from_numpy(s)[None], torch.from_numpy(tone)[None])) for s in (tone, swayed)]
    assert losses[0] == 0.0 and losses[1] > 0.1
    assert float(envelope_loss(torch.from_numpy(-tone)[None], torch.from_numpy(tone)[None])) < 1e-6, "phases are free"


def test_first_vectors_tell_sounds_apart() -> None:
    torch.manual_seed(0)
    model, t = OneShotModel(CONFIG), torch.arange(CONFIG.samples)
    sounds = torch.stack([torch.sin(0.01 * k * t) * torch.exp(-t / (200.0 * k)) for k in range(1, 9)])
    with torch.no_grad():
        told = told_by(*model.encoder(sounds))
    assert np.mean(told) > 0.25, "noise would hide them, and the decoder would learn one sound for all"


def test_a_few_steps_of_training_lower_every_loss_that_they_should() -> None:
    sounds = [
        Sound(
            f"hit {k}", np.atleast_2d(np.exp(-np.arange(6000) / 900) * np.sin(np.arange(6000) * 0.05 * (k + 1))), 44100
        )
        for k in range(4)
    ]
    settings = settings_for(RECIPE.presets, "test", {"capacity": 0.1, "seconds": 0.1, "batch": 4, "latents": 4})
    torch.manual_seed(0)
    model, dataset = RECIPE.build(settings), dataset_of(sounds, 44100)
    material = RECIPE.prepare(model, dataset, settings)
    optimizer, random, heard = torch.optim.Adam(model.parameters(), 3e-3), np.random.default_rng(0), []
    for number in range(14):
        terms = RECIPE.losses(model, RECIPE.batch(material, settings, number, random), Moment(number, 0.0, 1e-3, True))
        optimizer.zero_grad()
        sum(terms.values()).backward()
        optimizer.step()
        heard.append({name: float(term.detach()) for name, term in terms.items()})
    assert np.mean([h["spectrum"] for h in heard[-4:]]) < 0.8 * np.mean([h["spectrum"] for h in heard[:3]])
    with torch.no_grad():
        found, examples = RECIPE.validate(model.eval(), material), RECIPE.examples(model, material, random)
    assert 0 < found.error < 60 and len(found.latent_nats) == 4 and -1 <= found.figures["envelope"] <= 1
    assert examples[-1].original is None and all(np.isfinite(example.audio).all() for example in examples)
