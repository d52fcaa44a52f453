from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.takes.render import render
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import ConstantMapping
from tests.audio.doubles import Plane, ToneCodec, ToneStream, splits, wander

CEILING = 10 ** (-1 / 20)


def play(engine: Engine, path: np.ndarray, sizes: list[int], gate: float = 1.0) -> np.ndarray:
    edges = np.cumsum([0, *sizes])
    return np.concatenate([engine.render(path[a:b], gate) for a, b in zip(edges[:-1], edges[1:], strict=True)], axis=1)


@pytest.mark.parametrize("block", range(1, 17))
def test_streaming_equals_offline(block: int) -> None:
    path = wander(96)
    offline = Engine(ToneCodec(), Plane()).render(path, 1.0)
    live = play(Engine(ToneCodec(), Plane()), path, splits(96, block, block))
    np.testing.assert_allclose(live, offline, atol=1e-6)
    assert np.abs(offline).max() > 0.1


def test_streaming_equals_offline_across_gates() -> None:
    path, gates = wander(90), [1.0] * 30 + [0.0] * 30 + [0.5] * 30

    def run(blocks: list[int]) -> np.ndarray:
        engine, out, at = Engine(ToneCodec(), Plane()), [], 0
        for size in blocks:
            out.append(engine.render(path[at : at + size], gates[at]))
            at += size
        return np.concatenate(out, axis=1)

    np.testing.assert_allclose(run([1] * 90), run([30] * 3), atol=1e-6)
    np.testing.assert_allclose(run([7, 23, 4, 26, 15, 15]), run([30] * 3), atol=1e-6)


def test_bundled_codec_streams_as_it_renders() -> None:
    codec = load_codec()
    latents = np.zeros(codec.info.latent_dim, np.float32)
    latents[:2] = (0.5, -0.5)
    mapping = ConstantMapping(2, latents)
    path = wander(24)
    offline = Engine(codec, mapping).render(path, 1.0)
    for block in (1, 2, 5, 16):
        live = play(Engine(codec, mapping), path, splits(24, block, block))
        np.testing.assert_allclose(live, offline, atol=1e-4)
    assert np.abs(offline).max() > 1e-3


def test_a_swap_of_terrains_glides() -> None:
    class Spy(ToneStream):
        seen: list[np.ndarray] = []

        def decode(self, latents: np.ndarray) -> np.ndarray:
            self.seen.append(latents[0].T.copy())
            return super().decode(latents)

    codec = ToneCodec()
    codec.stream = lambda voices=1: Spy(codec.info)
    engine = Engine(codec, Plane((0.5, 0.0)))
    still = np.zeros((1, 2), np.float32)
    audio = []
    for frame in range(60):
        if frame in (30, 31, 33):  # swaps that overtake each other's glide
            engine.set_mapping(Plane((2.0 if frame % 2 else -1.0, 1.0)))
        audio.append(engine.render(still, 1.0))
    latents = np.concatenate(Spy.seen)
    assert np.abs(np.diff(latents[20:], axis=0)).max() <= 3.0 / 5 + 1e-6
    np.testing.assert_allclose(latents[-1], [2.0, 1.0])
    sound = np.concatenate(audio, axis=1)[0, 25 * 64 :]
    # a click is a jump that the tone itself (300 Hz at 0.6) cannot make
    assert np.abs(np.diff(sound)).max() < 2 * np.pi * 300 / 16000 * 0.6 * 1.2


def test_a_closed_gate_stops_decoding_and_silence_is_complete() -> None:
    codec = ToneCodec()
    engine = Engine(codec, Plane())
    engine.render(wander(50), 1.0)
    assert not engine.silent
    tail = engine.render(wander(40), 0.0)
    calls = codec.streams[0].calls
    assert np.abs(tail).max() > 0.01 and np.abs(np.diff(tail[0])).max() < 0.1
    engine.render(wander(80), 0.0)  # 0.3 s, in which the DC block comes to rest
    assert np.abs(engine.render(wander(40), 0.0)).max() < 1e-6
    assert not engine.render(wander(40), 0.0).any()
    assert codec.streams[0].calls == calls and engine.silent
    assert np.abs(engine.render(wander(40), 1.0)).max() > 0.1


def test_nothing_is_cut_when_all_gates_close_and_open_again() -> None:
    """A DC block rings on after a gate has closed: cut off, that is a step, and another one at the next touch."""

    class Offset(ToneStream):
        def decode(self, latents: np.ndarray) -> np.ndarray:
            return super().decode(latents) * 0.2 + np.float32(0.5)

    def run(sizes: list[int]) -> np.ndarray:
        codec = ToneCodec()
        codec.stream = lambda voices=1: Offset(codec.info, voices)
        engine, out, at = Engine(codec, Plane()), [], 0
        for size in sizes:
            # 0.1 s each of sound and of silence, which is too short for the block to come to rest
            gate = float(at // 24 % 2 == 0)
            out.append(engine.render(np.zeros((size, 2), np.float32), gate, 0.5 if at >= 48 else 1.0))
            at += size
        return np.concatenate(out, axis=1)

    steady = run([24] * 6)
    assert np.abs(np.diff(steady)).max() < 0.02 and np.abs(steady).max() > 0.05
    np.testing.assert_allclose(run([1] * 144), steady, atol=1e-6)


@pytest.mark.parametrize("ratio", [16, 64, 320])
def test_hushed_it_is_silent_after_the_frames_that_were_named(ratio: int) -> None:
    engine = Engine(ToneCodec(ratio=ratio), Plane())
    engine.render(wander(12800 // ratio), 1.0)
    fade = engine.render(wander(engine.begin_fade_out()), 1.0)[0]
    assert np.abs(fade[:20]).max() > 0.01 and fade.size >= 80, "5 ms of 16 kHz"
    assert fade[-1] == 0.0 and np.abs(np.diff(fade, 2)).max() < 0.01


def test_panic_is_quick_and_lasts_until_the_gate_opens_anew() -> None:
    engine = Engine(ToneCodec(), Plane())
    engine.render(wander(60), 1.0)
    engine.panic()
    out = engine.render(wander(20), 1.0)
    assert not out[:, 80:].any()  # 5 ms at 16 kHz
    assert np.abs(np.diff(out[0])).max() < 0.1
    assert not engine.render(wander(20), 1.0).any() and engine.silent
    engine.render(wander(1), 0.0)
    assert np.abs(engine.render(wander(60), 1.0)).max() > 0.1


def test_what_a_codec_throws_is_muted_and_told() -> None:
    codec = ToneCodec()
    engine = Engine(codec, Plane())
    good = engine.render(np.zeros((40, 2), np.float32), 1.0)
    stream, decode = codec.streams[0], codec.streams[0].decode

    def broken(latents: np.ndarray) -> np.ndarray:
        raise RuntimeError("no such weights")

    stream.decode = broken
    muted = engine.render(np.zeros((10, 2), np.float32), 1.0)
    stream.decode = decode
    again = engine.render(np.zeros((40, 2), np.float32), 1.0)
    assert "no such weights" in engine.error
    assert np.abs(muted[0, 512:]).max() < 1e-3 and np.abs(again).max() > 0.1
    whole = np.concatenate([good, muted, again], axis=1)[0]
    assert np.abs(np.diff(whole)).max() < 0.1


def test_nan_from_a_codec_is_counted_and_its_memory_cleared() -> None:
    codec = ToneCodec()
    engine = Engine(codec, Plane())
    codec.streams[0].phase[:] = float("nan")
    engine.render(wander(5), 1.0)
    assert engine.level.nan_count > 0
    out = engine.render(wander(60), 1.0)
    assert np.isfinite(out).all() and np.abs(out).max() > 0.1


def test_nan_from_a_mapping_holds_the_last_latents() -> None:
    engine = Engine(ToneCodec(), Plane())
    engine.render(wander(60), 1.0)
    out = engine.render(np.full((20, 2), np.nan, np.float32), 1.0)
    assert np.isfinite(out).all() and np.abs(out[0, -300:]).max() > 0.1 and engine.level.nan_count == 20


def test_levels() -> None:
    engine = Engine(ToneCodec(), Plane((4.0, 0.0)))
    engine.update(Update({"latents.limits": "own", "latents.low": -10.0, "latents.high": 10.0}))
    engine.render(np.zeros((400, 2), np.float32), 1.0, gain=10.0)
    level = engine.level
    assert -1.2 < level.peak_db <= -1.0 and level.limiter_db > 15 and -6 < level.rms_db < -2 and level.frames == 400


def test_a_mapping_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="gives 3 latents, but the codec 'tone' takes 2"):
        Engine(ToneCodec(), ConstantMapping(2, np.zeros(3, np.float32)))
    with pytest.raises(ValueError, match=r"\[T, 2\]"):
        Engine(ToneCodec(), Plane()).render(np.zeros((4, 3)), 1.0)


@pytest.mark.parametrize("gain", [1.0, 100.0])
def test_render_has_the_right_length_no_click_at_its_ends_and_a_ceiling(gain: float) -> None:
    path = wander(100)
    audio = render(Plane((2.0, 0.0)), ToneCodec(channels=2), path, gain=gain)
    assert audio.shape == (2, 6400) and audio.dtype == np.float32
    assert np.abs(audio).max() <= CEILING and np.abs(audio).max() > 0.3
    assert np.abs(audio[:, :3]).max() < 0.02 and np.abs(audio[:, -3:]).max() < 1e-3 and not audio[:, -1].any()


def test_render_is_the_live_engine_without_the_delay() -> None:
    path = wander(80)
    offline = render(Plane(), ToneCodec(), path, fade_seconds=0.03)
    engine = Engine(ToneCodec(), Plane())
    live = play(engine, path, [1] * 80)[:, engine.delay :]
    np.testing.assert_allclose(offline[:, : live.shape[1] - 480], live[:, :-480], atol=1e-6)


def test_render_says_when_a_codec_fails() -> None:
    codec = ToneCodec()
    codec.stream = lambda voices=1: None
    with pytest.raises(RuntimeError, match="rendering failed"):
        render(Plane(), codec, wander(4))
