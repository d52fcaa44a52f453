"""Whole sounds: as many frames as there must be, in the right place, for every length and any number of files."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from terrain_widgets.codecs.frame_accounting import at_rate, blocks, frames_needed, trimmed, whole_frames, with_channels
from terrain_widgets.codecs.nn_tilde.codec import TorchScriptCodec
from tests.codecs.nn_models import GOOD

Model = Callable[[str], TorchScriptCodec]


def noise(samples: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.2, (channels, samples)).astype(np.float32)


def round_trip(codec: TorchScriptCodec, sound: np.ndarray) -> None:
    """Encode, decode, encode: lengths, samples and latents."""
    info, samples = codec.info, sound.shape[1]
    latents = codec.encode(sound, info.sample_rate)
    assert len(latents) == -(-samples // info.ratio)
    decoded = codec.decode(latents)
    assert decoded.shape == (info.channels, len(latents) * info.ratio)
    late = info.delay
    np.testing.assert_allclose(decoded[:, late:samples], sound[:, : max(0, samples - late)], atol=2e-6)
    np.testing.assert_allclose(decoded[:, :late], 0.0, atol=2e-6)
    again = codec.encode(trimmed(decoded, samples), info.sample_rate)
    assert len(again) == len(latents)
    if not late:
        np.testing.assert_allclose(again.values, latents.values, atol=1e-5)


@pytest.mark.parametrize("name", ["exact", "exact_late", "exact_stereo"])
@pytest.mark.parametrize("length", ["1", "ratio - 1", "ratio", "ratio + 1", "10 * ratio", "10**6 + 1"])
def test_length_and_alignment_are_exact(name: str, length: str, model: Model) -> None:
    codec = model(name)
    samples = int(eval(length, {"ratio": codec.info.ratio}))
    round_trip(codec, noise(samples, codec.info.channels))


@pytest.mark.parametrize("name", sorted(set(GOOD) - {"exact", "exact_late", "exact_stereo"}))
def test_length_is_exact_for_every_kind(name: str, model: Model) -> None:
    codec = model(name)
    ratio = codec.info.ratio
    for samples in (1, ratio - 1, ratio, ratio + 1, 10 * ratio, 10**6 + 1):
        latents = codec.encode(noise(samples), codec.info.sample_rate)
        frames = len(latents)
        assert frames == -(-samples // ratio)
        decoded = codec.decode(latents)
        assert decoded.shape == (codec.info.channels, frames * ratio)
        assert len(codec.encode(trimmed(decoded, samples), codec.info.sample_rate)) == frames


@pytest.mark.parametrize("name", ["exact", "exact_late", "exact_stereo"])
def test_nothing_drifts_over_fifty_files(name: str, model: Model) -> None:
    codec, random = model(name), np.random.default_rng(2)
    for seed in range(50):
        round_trip(codec, noise(int(random.integers(1, 700)), codec.info.channels, seed=seed))


def test_no_file_hears_the_one_before(model: Model) -> None:
    codec = model("rave_v2")
    sounds = [noise(int(n), seed=k) for k, n in enumerate(np.random.default_rng(3).integers(1, 9000, 50))]
    first = [codec.encode(sound, 44100).values for sound in sounds]
    for sound, latents in zip(reversed(sounds), reversed(first), strict=True):
        np.testing.assert_array_equal(codec.encode(sound, 44100).values, latents)


@pytest.mark.parametrize("name", ["rave_v1", "rave_not_streaming", "vschaos", "music2latent"])
def test_encoding_in_blocks_is_encoding_at_once(name: str, model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    codec = model(name)
    sound = noise(41 * codec.info.ratio + 3)
    at_once = codec.encode(sound, codec.info.sample_rate).values
    monkeypatch.setattr("terrain_widgets.codecs.nn_tilde.codec._ENCODED_AT_ONCE", 4 * codec.info.ratio)
    parts = list(codec.encode_in_blocks(sound, codec.info.sample_rate))
    assert [len(part) for part in parts] == [4] * 10 + [2]
    # the sample that RAVE draws is another one in other blocks
    np.testing.assert_allclose(np.concatenate(parts), at_once, atol=0.1 if name.startswith("rave_not") else 1e-5)


def test_a_silent_frame_without_latents_is_like_the_one_before(model: Model) -> None:
    codec = model("rave_spherical")
    ratio = codec.info.ratio
    sound = noise(7 * ratio)
    sound[:, : 2 * ratio] = sound[:, 4 * ratio : 6 * ratio] = 0.0  # frame 5 sees no sound, nor does the one before it
    latents = codec.encode(sound, 44100).values
    assert np.all(latents[:2] == 0.0)
    np.testing.assert_array_equal(latents[5], latents[4])
    assert np.abs(np.diff(latents[[3, 4, 6]], axis=0)).min(axis=1).max() > 0
    np.testing.assert_array_equal(codec.encode(np.zeros(5 * ratio), 44100).values, 0.0)


def test_channels_and_rates_are_brought_to_the_models(model: Model) -> None:
    mono, stereo = model("exact"), model("exact_stereo")
    left, right = noise(500, 2, seed=4)
    both = np.stack([left, right])
    np.testing.assert_allclose(
        mono.encode(both, 44100).values, mono.encode((left + right) / 2, 44100).values, atol=1e-6
    )
    np.testing.assert_allclose(stereo.encode(left, 44100).values, stereo.encode(np.stack([left] * 2), 44100).values)
    np.testing.assert_allclose(stereo.decode(stereo.encode(both, 44100))[:, :500], both, atol=2e-6)
    seconds = np.arange(48000) / 48000
    tone = 0.3 * np.sin(2 * np.pi * 997 * seconds).astype(np.float32)
    heard = mono.decode(mono.encode(tone, 48000))[0, :44100]
    expected = 0.3 * np.sin(2 * np.pi * 997 * np.arange(44100) / 44100)
    assert np.abs(heard - expected)[500:-500].max() < 1e-4
    for broken, reason in (
        (np.zeros((2, 0)), "not empty"),
        (np.full(9, np.nan), "finite"),
        (np.zeros((1, 1, 9)), "shape"),
    ):
        with pytest.raises(ValueError, match=reason):
            mono.encode(broken, 44100)
    with pytest.raises(ValueError, match="above 0 Hz"):
        mono.encode(np.zeros(9), 0)


@given(st.integers(1, 3000), st.integers(1, 400), st.integers(1, 9), st.integers(0, 5))
def test_blocks_hold_every_frame_once(samples: int, ratio: int, size: int, margin: int) -> None:
    frames = frames_needed(samples, ratio)
    assert (frames - 1) * ratio < samples <= frames * ratio
    assert whole_frames(np.ones((2, samples), np.float32), ratio).shape == (2, frames * ratio)
    seen = [number for cover, add in blocks(frames, size, margin) for number in range(frames)[cover][add]]
    assert seen == list(range(frames))


@given(st.integers(1, 2000), st.sampled_from([8000, 44100, 48000, 96000]), st.sampled_from([22050, 44100, 48000]))
def test_resampling_counts_exactly(samples: int, rate: int, wanted: int) -> None:
    resampled = at_rate(np.zeros((2, samples), np.float32), rate, wanted)
    assert resampled.shape == (2, max(1, round(samples * wanted / rate)))


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(ValueError, match="decode all frames first"):
        trimmed(np.zeros((1, 10), np.float32), 11)
    assert with_channels(np.ones((3, 4), np.float32), 2).shape == (2, 4)
