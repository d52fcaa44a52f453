"""The bundled decoder in motion: blocks, rows, reset, limits and silence."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from terrain_widgets.codecs.pebble.codec import PebbleCodec

RATIO = 1024


@pytest.fixture(scope="module")
def codec() -> PebbleCodec:
    return PebbleCodec()


def _path(frames: int, seed: int = 0, voices: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    path = np.cumsum(random.normal(0, 0.4, (voices, 8, frames)), axis=2)
    path[:, 1] = np.clip(path[:, 1], -1, 2)
    return np.clip(path, -3, 3).astype(np.float32)


def _in_blocks(codec: PebbleCodec, path: np.ndarray, sizes: list[int]) -> np.ndarray:
    stream = codec.stream(len(path))
    parts, at, turn = [], 0, 0
    while at < path.shape[2]:
        size = sizes[turn % len(sizes)]
        parts.append(stream.decode(path[:, :, at : at + size]))
        at, turn = at + size, turn + 1
    return np.concatenate(parts, axis=2)


@pytest.mark.parametrize("sizes", [[1], [2], [4], [7, 1, 3], [64]])
def test_streaming_equals_offline(codec: PebbleCodec, sizes: list[int]) -> None:
    path = _path(97)
    whole = codec.decode(path[0].T)
    assert whole.shape == (1, 97 * RATIO) and whole.dtype == np.float32
    np.testing.assert_allclose(_in_blocks(codec, path, sizes)[0], whole, atol=1e-5)


def test_streaming_stays_exact_when_the_noise_comes_round_again(codec: PebbleCodec) -> None:
    path = np.tile(_path(60), (1, 1, 10))  # 600 frames: longer than the noise period of 512
    np.testing.assert_allclose(_in_blocks(codec, path, [5])[0], codec.decode(path[0].T), atol=1e-5)


def test_rows_are_independent(codec: PebbleCodec) -> None:
    paths = _path(20, seed=3, voices=16)
    together = _in_blocks(codec, paths, [3])
    for row in (0, 5, 15):
        np.testing.assert_allclose(together[row], codec.decode(paths[row].T), atol=1e-5)
    poisoned = paths.copy()
    poisoned[4] = np.nan
    np.testing.assert_allclose(np.delete(_in_blocks(codec, poisoned, [3]), 4, 0), np.delete(together, 4, 0), atol=1e-5)


def test_reset_is_a_fresh_start(codec: PebbleCodec) -> None:
    stream = codec.stream(2)
    path = _path(9, voices=2)
    first = stream.decode(path)
    assert np.abs(stream.decode(path) - first).max() > 1e-3
    stream.reset()
    np.testing.assert_array_equal(stream.decode(path), first)


def test_bounded_whatever_the_latents(codec: PebbleCodec) -> None:
    random = np.random.default_rng(7)
    wild = random.choice([-5.0, 5.0, -2.0, 0.0, 3.0], (8, 8, 60)).astype(np.float32)  # steps of any size, every frame
    audio = codec.stream(8).decode(wild)
    assert np.isfinite(audio).all() and np.abs(audio).max() < 15.0
    audio = codec.stream(8).decode(wild * 1e6)
    assert np.isfinite(audio).all() and np.abs(audio).max() < 15.0
    # A constant extreme stays where it is: no runaway, and no more than the loudness limit of -6 dBFS RMS.
    still = np.full((2, 8, 100), 5.0, np.float32) * np.array([1, -1], np.float32)[:, None, None]
    still[:, 1] = 5.0
    level = np.sqrt((codec.stream(2).decode(still)[..., RATIO:] ** 2).mean(-1))
    assert (level < 0.6).all() and (level > 0.3).all()


def test_what_is_not_finite_leaves_no_trace(codec: PebbleCodec) -> None:
    path = _path(30)
    hurt = path.copy()
    hurt[0, 3, 5] = np.nan
    hurt[0, 0, 6] = np.inf
    hurt[0, 1, 7] = -np.inf
    audio = _in_blocks(codec, hurt, [2])
    assert np.isfinite(audio).all()
    # A pitch that jumped has moved the phase, nothing else: spectra agree again two frames later.
    after, clean = audio[0, 0, 12 * RATIO :], _in_blocks(codec, path, [2])[0, 0, 12 * RATIO :]
    assert np.sqrt((after**2).mean()) == pytest.approx(np.sqrt((clean**2).mean()), rel=0.05)


def test_silence_can_be_reached_from_everywhere(codec: PebbleCodec) -> None:
    path = _path(40, seed=2, voices=4) * 1.5
    path[:, 1] = -3.0
    assert np.abs(codec.stream(4).decode(path)).max() == 0.0
    path[:, 1, :20] = 2.0
    audio = codec.stream(4).decode(path)
    assert np.abs(audio[..., : 20 * RATIO]).max() > 0.05
    assert np.abs(audio[..., 22 * RATIO :]).max() == 0.0


def test_loudness_is_what_latent_one_says(codec: PebbleCodec) -> None:
    timbres = np.random.default_rng(5).normal(0, 1, (16, 8, 1)).repeat(30, axis=2).astype(np.float32)
    timbres[:, 0] = np.linspace(-2, 2, 16)[:, None]
    timbres[:, 1] = 1.0  # -24 dBFS RMS
    audio = codec.stream(16).decode(timbres)[:, 0, 4 * RATIO :]
    level = 20 * np.log10(np.sqrt((audio**2).mean(1)))
    np.testing.assert_allclose(level, -24.0, atol=1.5)


def test_pitch_is_what_latent_zero_says(codec: PebbleCodec) -> None:
    for octave in (-1.5, 0.0, 1.25):
        latents = np.tile(codec.encode(_tone(261.6), 44100).values[10], (60, 1))
        latents[:, 0] = octave
        audio = codec.decode(latents)[0, 8 * RATIO :]
        found = codec.encode(audio, 44100).values[10:-10, 0]
        np.testing.assert_allclose(np.median(found), octave, atol=0.03)


def test_no_direct_current_and_no_clicks_at_frame_edges(codec: PebbleCodec) -> None:
    latents = np.tile(codec.encode(_tone(220.0), 44100).values[10], (200, 1))
    latents[:, 0] += np.linspace(0, 1, 200)  # a slow glide
    audio = codec.decode(latents)[0].astype(np.float64)[4 * RATIO :]
    assert abs(audio.mean()) < 1e-3
    bend = np.abs(np.diff(audio, 2))
    edges = np.arange(RATIO, len(audio) - RATIO, RATIO)
    at_edges = bend[edges[:, None] + np.arange(-2, 2)].max(1).mean()
    elsewhere = bend[edges[:, None] + 371 + np.arange(-2, 2)].max(1).mean()
    assert at_edges < 1.5 * elsewhere


def test_wrong_shapes_are_refused(codec: PebbleCodec) -> None:
    with pytest.raises(ValueError, match="2 voices, 8 latents"):
        codec.stream(2).decode(np.zeros((1, 8, 4), np.float32))
    with pytest.raises(ValueError, match="1 to 16"):
        codec.stream(17)
    with pytest.raises(ValueError, match=r"\[frames, 8\]"):
        codec.decode(np.zeros((8, 4), np.float32).T[:, :3])


def _tone(hertz: float, seconds: float = 1.0) -> np.ndarray:
    phase = np.cumsum(np.full(int(44100 * seconds), hertz / 44100))
    return sum(0.2 / h * np.sin(2 * np.pi * h * phase) for h in range(1, 9)).astype(np.float32)


def test_the_tone_is_what_a_hundred_sines_would_be(codec: PebbleCodec) -> None:
    synth = codec._decoder.synth
    random = np.random.default_rng(4)
    levels = np.abs(random.normal(0, 0.02, (1, 9, 100))).astype(np.float32) / np.arange(1, 101, dtype=np.float32)
    place = np.linspace(100.0, 15000.0, 2048)  # 157 Hz
    with torch.inference_mode():
        table = synth.tone(torch.from_numpy(place.reshape(1, 8, 256)), torch.from_numpy(levels)).numpy().ravel()
    sines = np.sin(2 * np.pi * np.arange(1, 101)[:, None] * place / 2048) * np.sqrt(2)  # levels are RMS
    ramp = np.tile((np.arange(256) + 1) / 256, 8)
    starts, ends = np.repeat(levels[0, :-1], 256, axis=0), np.repeat(levels[0, 1:], 256, axis=0)
    exact = ((starts + (ends - starts) * ramp[:, None]) * sines.T).sum(1)
    error = np.sqrt(((table - exact) ** 2).mean() / (exact**2).mean())
    assert error < 10 ** (-50 / 20)


def test_a_stream_can_begin_at_any_frame(codec: PebbleCodec) -> None:
    path = _path(40)
    stream = codec.stream(1)
    whole = stream.decode(path)[0, 0]
    assert stream.frame == 40
    stream.reset(frame=30)
    assert stream.frame == 30
    late = stream.decode(path[:, :, 30:])[0, 0]
    assert stream.frame == 40
    assert late.shape == whole[30 * RATIO :].shape
    np.testing.assert_allclose(
        np.sqrt((late[2 * RATIO :] ** 2).mean()), np.sqrt((whole[32 * RATIO :] ** 2).mean()), rtol=0.1
    )
    # The phase of the tone is another, the noise is that of the moment.
    segments = codec._decoder.synth.noise_segments(torch.ones(1, 40 * 4, 257), 0)
    later = codec._decoder.synth.noise_segments(torch.ones(1, 10 * 4, 257), 30)
    torch.testing.assert_close(later, segments[:, 30 * 4 :])


def test_a_row_that_comes_later_begins_like_a_fresh_stream(codec: PebbleCodec) -> None:
    path = _path(30, seed=8, voices=2)
    stream = codec.stream(1)
    parts = [stream.decode(path[:1, :, :10])]
    stream.resize(2)
    both = [stream.decode(path[:, :, i : i + 4]) for i in range(10, 30, 4)]
    alone = codec.stream(1)
    alone.reset(frame=10)
    np.testing.assert_allclose(
        np.concatenate([part[1] for part in both], axis=1), alone.decode(path[1:, :, 10:])[0], atol=1e-5
    )
    first = np.concatenate([parts[0][0], *(part[0] for part in both)], axis=1)
    np.testing.assert_allclose(first, codec.decode(path[0].T), atol=1e-5)
    stream.resize(1)
    assert stream.decode(path[:1, :, :1]).shape == (1, 1, RATIO)
    with pytest.raises(ValueError, match="1 to 16"):
        stream.resize(0)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("voices", [1, 3])
def test_the_decoder_can_be_scripted(codec: PebbleCodec, voices: int) -> None:
    scripted = torch.jit.script(codec._decoder)
    path = _path(24, seed=6, voices=voices)
    path[0, 4, 9] = np.nan
    eager = _in_blocks(codec, path, [5])[:, 0]
    state, parts = codec._decoder.fresh_state(voices), []
    with torch.inference_mode():
        for begin in range(0, 24, 4):
            audio, state = scripted(torch.from_numpy(path[:, :, begin : begin + 4]), state)
            parts.append(audio.numpy())
    np.testing.assert_allclose(np.concatenate(parts, axis=1), eager, atol=1e-6)
