"""A mosaic gives back what it is made of, sample by sample, and whatever it is asked for stays in bounds."""

from __future__ import annotations

import numpy as np
import pytest

import terrain_widgets as tw
from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.codecs.mosaic.features import QUIETEST
from terrain_widgets.codecs.mosaic.frames import HOP
from tests.codecs.mosaic.material import RATE, bundled, stereo


@pytest.fixture(scope="module")
def codec() -> MosaicCodec:
    return MosaicCodec(bundled("cello", "drums", "choir"))


@pytest.fixture(scope="module")
def wandering(codec: MosaicCodec) -> np.ndarray:
    """Latents ``[D, T]`` that pass sounds, stand still, jump and stray far away."""
    random = np.random.default_rng(0)
    first = codec.encode(bundled("cello")[0].audio, RATE).values[20:60]
    other = codec.encode(bundled("drums")[0].audio, RATE).values[:50]
    still, wild = np.repeat(other[30:31], 12, axis=0), random.normal(0, 1.5, (25, 8))
    return np.concatenate([first, still, other + random.normal(0, 0.1, other.shape), wild]).T.astype(np.float32)


def test_it_keeps_the_promises_of_every_codec(codec: MosaicCodec) -> None:
    tw.check_codec(codec, tolerance=1e-5)
    tw.check_codec(MosaicCodec([stereo()], latent_dim=4), tolerance=1e-5)


@pytest.mark.parametrize("name", ["cello", "drums", "choir"])
def test_sounds_come_back_as_themselves(codec: MosaicCodec, name: str) -> None:
    (sound,) = bundled(name)
    copy = codec.decode(codec.encode(sound.audio, sound.sample_rate))[0, : sound.audio.shape[1]]
    assert np.abs(copy - sound.audio.mean(axis=0)).max() < 1e-3 * np.abs(sound.audio).max()


def test_stereo_comes_back_in_its_place() -> None:
    sound = stereo()
    codec = MosaicCodec([sound, *bundled("cello")])
    assert codec.info.channels == 2
    copy = codec.decode(codec.encode(sound.audio, RATE))[:, : sound.audio.shape[1]]
    assert np.abs(copy - sound.audio).max() < 1e-3


@pytest.mark.parametrize("block", [1, 2, 7, 1000])
def test_blocks_of_any_size_give_the_same_samples(codec: MosaicCodec, wandering: np.ndarray, block: int) -> None:
    whole = codec.decode(wandering.T)
    stream = codec.stream(1)
    parts = [stream.decode(wandering[None, :, at : at + block])[0] for at in range(0, wandering.shape[1], block)]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, atol=1e-5)


def test_a_row_sounds_the_same_alone_and_among_others(codec: MosaicCodec, wandering: np.ndarray) -> None:
    alone = codec.decode(wandering.T)
    stream, half = codec.stream(3), wandering.shape[1] // 2
    rows = np.stack([wandering, wandering[:, ::-1], np.zeros_like(wandering)])
    first = stream.decode(rows[:, :, :half])[0]
    stream.resize(1)
    second = stream.decode(rows[:1, :, half:])[0]
    np.testing.assert_allclose(np.concatenate([first, second], axis=1), alone, atol=1e-5)


def test_any_latents_give_bounded_finite_sound(codec: MosaicCodec) -> None:
    random = np.random.default_rng(1)
    latents = random.normal(0, 20, (8, 60)).astype(np.float32)
    latents[3, 10], latents[:, 20], latents[0, 30] = np.nan, np.inf, -np.inf
    audio = codec.stream(1).decode(latents[None])
    loudest = max(np.abs(sound.audio).max() for sound in bundled("cello", "drums", "choir"))
    assert np.isfinite(audio).all()
    assert np.abs(audio).max() < 3 * loudest


def test_silence_is_reached_by_the_level_alone(codec: MosaicCodec) -> None:
    latents = np.repeat(codec.encode(bundled("choir")[0].audio, RATE).values[100:101], 40, axis=0)
    latents[12:, 0] = QUIETEST
    audio = codec.decode(latents)[0]
    assert np.abs(audio[: 12 * HOP]).max() > 0.01
    assert np.abs(audio[24 * HOP :]).max() < 1e-6


def test_quieter_latents_are_quieter_by_as_much(codec: MosaicCodec) -> None:
    latents = codec.encode(bundled("choir")[0].audio, RATE).values[60:160].copy()
    loud = codec.decode(latents)
    latents[:, 0] -= 1.5  # 18 dB, of which 3 dB are taken for a terrain's error
    quiet = codec.decode(latents)
    fall = 10 * np.log10(np.mean(loud**2) / np.mean(quiet**2))
    assert 12.0 < fall < 21.0


def test_what_lies_far_from_every_sound_fades_or_holds(codec: MosaicCodec) -> None:
    latents = np.repeat(codec.encode(bundled("choir")[0].audio, RATE).values[100:101], 30, axis=0)
    latents[:, 1:] += 2.5
    fading = codec.decode(latents)
    holding = MosaicCodec(codec.corpus, settings=BlendSettings(distant="hold")).decode(latents)
    assert 10 * np.log10(np.mean(holding**2) / np.mean(fading**2)) > 6.0


def test_standing_still_goes_on_sounding_as_loud(codec: MosaicCodec) -> None:
    frame = codec.encode(bundled("cello")[0].audio, RATE).values[100]
    audio = codec.decode(np.repeat(frame[None], 120, axis=0))[0].reshape(-1, HOP * 4)
    levels = 10 * np.log10((audio**2).mean(axis=1))
    assert levels.max() - levels[2:].min() < 6.0


def test_settings_out_of_their_range_are_refused_with_the_range() -> None:
    with pytest.raises(ValueError, match="1 to 16 neighbours, got 0"):
        BlendSettings(neighbours=0)
    with pytest.raises(ValueError, match="sharpness of a mosaic is 0 to 1, got 2"):
        BlendSettings(sharpness=2.0)
    with pytest.raises(tw.CodecError, match="2 to 32 latents"):
        MosaicCodec(bundled("cello"), latent_dim=1)
    with pytest.raises(ValueError, match="ask codec.stream"):
        MosaicCodec(bundled("cello")).stream(1).decode(np.zeros((2, 8, 1)))
