from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terrain_widgets.audio.engine.fault_guard import FaultGuard
from terrain_widgets.audio.engine.latents.latent_processors import LatentGuard, LatentSlew
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.output.dc_block import DCBlock
from terrain_widgets.audio.engine.output.gain import Fade, Gain
from terrain_widgets.audio.engine.output.limiter import Limiter
from tests.audio.doubles import splits

RATE = 16000


def noise(samples: int, channels: int = 2, scale: float = 1.0, seed: int = 1) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(channels, samples)) * scale).astype(np.float32)


def in_blocks(process, audio: np.ndarray, sizes: list[int]) -> np.ndarray:
    edges = np.cumsum([0, *sizes])
    return np.concatenate([process(audio[:, a:b]) for a, b in zip(edges[:-1], edges[1:], strict=True)], axis=1)


def moving_gain() -> Gain:
    gain = Gain(700, 0.0)
    gain.set(0.8)
    return gain


MAKERS = {
    "dc": lambda: DCBlock(2, RATE),
    "gain": moving_gain,
    "limiter": lambda: Limiter(2, RATE),
}


@pytest.mark.parametrize("name", MAKERS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), most=st.sampled_from([1, 7, 64, 130, 1000]))
def test_any_blocking_gives_the_same_samples(name: str, seed: int, most: int) -> None:
    audio = noise(1500, scale=2.0)
    whole = MAKERS[name]().process(audio)
    parts = in_blocks(MAKERS[name]().process, audio, splits(1500, seed, most))
    assert parts.dtype == np.float32
    np.testing.assert_allclose(parts, whole, atol=1e-6)


def test_dc_block_follows_its_difference_equation_and_removes_an_offset() -> None:
    audio = noise(RATE, 1) * 0.1 + 0.5
    out = DCBlock(1, RATE, 8.0).process(audio)
    pole, expected, y, x = np.exp(-2 * np.pi * 8.0 / RATE), [], 0.0, 0.0
    for sample in audio[0, :500].astype(np.float64):
        y, x = sample - x + pole * y, sample
        expected.append(y)
    np.testing.assert_allclose(out[0, :500], expected, atol=1e-6)
    assert abs(out[0, RATE // 2 :].mean()) < 1e-3


def test_dc_block_takes_no_samples() -> None:
    assert DCBlock(2, RATE).process(np.zeros((2, 0), np.float32)).shape == (2, 0)


def test_gain_ramps_are_smooth_even_when_turned_half_way() -> None:
    gain = Gain(480, 1.0)
    ones = np.ones((1, 100), np.float32)
    out = [gain.process(ones)]
    for target in (0.0, 1.0, 0.3, 0.3, 0.0):
        gain.set(target)
        out.append(gain.process(ones))
    out.append(gain.process(np.ones((1, 600), np.float32)))
    curve = np.concatenate(out, axis=1)[0]
    assert np.abs(np.diff(curve)).max() < 1.6 / 480
    assert curve[-1] == 0.0 and gain.remaining == 0


def test_fade_is_silent_only_after_its_end() -> None:
    fade = Fade(100)
    assert fade.silent
    fade.open()
    fade.process(np.ones((1, 100), np.float32))
    fade.close()
    assert not fade.silent
    fade.process(np.ones((1, 99), np.float32))
    assert not fade.silent
    fade.process(np.ones((1, 1), np.float32))
    assert fade.silent


NASTY = {
    "square bursts x100": lambda: (
        np.where(np.arange(9000) // 500 % 2, 100.0, 0.2) * np.sign(np.sin(np.arange(9000) * 0.3) + 1e-9)
    ),
    "single huge sample": lambda: np.eye(1, 9000, 4321)[0] * 1e30,
    "rising": lambda: np.linspace(0, 50, 9000) * np.sin(np.arange(9000)),
    "alternating": lambda: (-1.0) ** np.arange(9000) * np.random.default_rng(0).uniform(0, 30, 9000),
    "step at every place": lambda: np.repeat(np.random.default_rng(3).choice([0.5, 1.0, 8.0, 1e4], 300), 30),
}


@pytest.mark.parametrize("name", NASTY)
def test_nothing_passes_the_ceiling(name: str) -> None:
    signal = NASTY[name]().astype(np.float32)
    audio = np.stack([signal, -0.5 * signal])
    for size in (1, 37, 128, 9000):
        if size == 1:
            audio_now = audio[:, :2000]
        else:
            audio_now = audio
        limiter = Limiter(2, RATE)
        out = in_blocks(limiter.process, audio_now, splits(audio_now.shape[1], 5, size))
        assert np.abs(out).max().astype(np.float64) <= 10 ** (-1 / 20)
        # one gain for both channels
        np.testing.assert_allclose(out[1], -0.5 * out[0], atol=1e-6)


def test_quiet_sound_passes_untouched_after_the_stated_delay() -> None:
    audio = noise(3000, scale=0.1)
    limiter = Limiter(2, RATE)
    out = limiter.process(audio)
    np.testing.assert_array_equal(out[:, limiter.delay :], audio[:, : -limiter.delay])
    assert not out[:, : limiter.delay].any() and limiter.take_reduction_db() == 0.0


def test_limiter_lets_go_in_its_release_time_and_becomes_idle() -> None:
    limiter = Limiter(1, RATE, release_seconds=0.1)
    limiter.process(np.full((1, 1000), 10.0, np.float32))
    # the curve through a step rises a tenth above it
    assert 21.0 < limiter.take_reduction_db() < 22.5
    out = limiter.process(np.full((1, RATE // 2), 0.5, np.float32))
    assert out[0, -1] == pytest.approx(0.5)
    limiter.process(np.zeros((1, 1000), np.float32))
    assert limiter.idle


def test_fault_guard_finds_what_no_sound_can_be() -> None:
    guard = FaultGuard()
    assert not guard.faulty(np.array([[0.1, -1.5, 15.0]], np.float32)) and guard.count == 0
    # together more than one sample may be
    assert not guard.faulty(np.full((1, 4096), -0.5, np.float32)) and guard.count == 0
    assert guard.faulty(np.array([[[0.1, np.nan, np.inf, -np.inf, 0.2, 1000.0]]], np.float32))
    assert guard.count == 4
    assert guard.faulty(np.array([[-17.0, 0.1]], np.float32)) and guard.count == 5


def test_latent_guard_clamps_and_holds_the_last_good_row() -> None:
    guard = LatentGuard(LatentSettings.of(2, [-1, -2], [1, 2]))
    out = guard.process(np.array([[np.nan, 0], [0.5, 9], [np.inf, 1], [0, 0.1], [0, np.nan]], np.float32))
    np.testing.assert_allclose(out, [[0, 0], [0.5, 2], [0.5, 2], [0, 0.1], [0, 0.1]])
    assert guard.count == 3
    np.testing.assert_allclose(guard.process(np.full((1, 2), np.nan, np.float32)), [[0, 0.1]])
    guard.settings = LatentSettings.of(2, [-1, -2], [1, 2], 2.0, [0.5, 0.0])
    np.testing.assert_allclose(guard.process(np.array([[0.1, 0.2]], np.float32)), [[0.7, 0.4]])


def test_latent_settings_say_what_is_wrong() -> None:
    with pytest.raises(ValueError, match="upside down in dimension 1"):
        LatentSettings.of(2, [0, 3], [1, 2])
    with pytest.raises(ValueError, match="one number or 2"):
        LatentSettings.of(2, scale=[1, 2, 3])
    with pytest.raises(ValueError, match="slew limit"):
        LatentSettings.of(2, slew=0.0)


@pytest.mark.parametrize("size", [1, 3, 40])
def test_the_slew_limit_holds_at_every_frame_whatever_the_block_size(size: int) -> None:
    jumps = np.where(np.arange(40)[:, None] // 10 % 2, 1.0, -1.0).astype(np.float32) * np.array(
        [[1.0, 0.05]], np.float32
    )
    slew = LatentSlew(LatentSettings.of(2, slew=1.0), frame_rate=10.0)
    out = np.concatenate([slew.process(jumps[i : i + size]) for i in range(0, 40, size)])
    assert np.abs(np.diff(out, axis=0)).max() <= 0.1 + 1e-6
    np.testing.assert_allclose(out[[0, 9, 11, 19]], [[-1, -0.05], [-1, -0.05], [-0.8, 0.05], [0.0, 0.05]], atol=1e-6)


def true_peak(audio: np.ndarray) -> float:
    """Peak of the curve through the samples: 16 times as many by the spectrum, the ends faded."""
    ends = np.clip(np.minimum(np.arange(audio.size), np.arange(audio.size)[::-1]) / 500, 0, 1)
    spectrum = np.fft.rfft(audio * ends)
    return float(np.abs(np.fft.irfft(spectrum, 16 * audio.size)).max() * 16)


@pytest.mark.parametrize("frequency", [997.0, 11025.0, 10990.0, 15000.0, 19000.0])
def test_the_ceiling_holds_between_the_samples_too(frequency: float) -> None:
    place = np.arange(32768)
    # sampled 45 degrees off its crests, a quarter of the rate hides 3 dB between the samples
    loud = 3.0 * np.sin(2 * np.pi * frequency / 44100 * place + np.pi / 4) * (1 + 0.5 * np.sin(place * 0.003))
    out = Limiter(1, 44100).process(loud[None].astype(np.float32))[0]
    assert np.abs(out).max() <= 10 ** (-1 / 20)
    assert 20 * np.log10(true_peak(out.astype(np.float64))) < -0.9
    clipped = np.clip(loud, -(10 ** (-1 / 20)), 10 ** (-1 / 20))
    if frequency > 9000:
        assert 20 * np.log10(true_peak(clipped)) > -0.5  # what a limiter of samples alone lets through
