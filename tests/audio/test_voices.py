"""Playheads, base clips and latent settings in the engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.engine.sources.backing_clip import BackingClip
from terrain_widgets.audio.engine.sources.playhead import Playhead
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.exploration.endless_walk import EndlessWalk, Walker
from tests.audio.doubles import Plane, ToneCodec, ToneStream, splits, wander

STILL = np.zeros((1, 2), np.float32)
UP = 0.0


def silence(frames: int) -> np.ndarray:
    return np.zeros((frames, 2), np.float32)


def play(engine: Engine, sizes: list[int], gate: float = UP) -> np.ndarray:
    return np.concatenate([engine.render(silence(size), gate) for size in sizes], axis=1)


def steps(audio: np.ndarray) -> float:
    return float(np.abs(np.diff(audio, axis=1)).max())


def test_playheads_sound_without_a_hand_and_stop_decoding_at_their_end() -> None:
    codec = ToneCodec()
    engine = Engine(codec, Plane())
    engine.set_playheads([Playhead(wander(40), loop="once")])
    out = play(engine, [1] * 160)
    assert np.abs(out[:, 20 * 64 : 40 * 64]).max() > 0.05 and steps(out) < 0.1
    assert np.abs(out[:, 60 * 64 :]).max() < 1e-3 and not out[:, -64:].any() and engine.silent
    calls = codec.streams[0].calls
    play(engine, [16])
    assert codec.streams[0].calls == calls and engine.positions == (-1.0,)


@pytest.mark.parametrize("loop", ["once", "loop", "ping-pong"])
def test_several_playheads_and_the_hand_in_any_block_size(loop: str) -> None:
    def run(blocks: list[int]) -> np.ndarray:
        engine = Engine(ToneCodec(), Plane())
        engine.set_playheads(
            [Playhead(wander(30, seed=k), speed, loop, gain=0.3) for k, speed in enumerate((1.0, -0.7, 2.5))]
        )
        out, at, path = [], 0, wander(96)
        for size in blocks:
            if at == 48:
                heads = engine.playheads
                engine.set_playheads([replace(heads[0], playing=False), heads[1]])
            gate = 1.0 if at < 32 else 0.0
            out.append(engine.render(path[at : at + size], gate))
            at += size
        return np.concatenate(out, axis=1)

    offline = run([16] * 6)
    np.testing.assert_allclose(run([1] * 96), offline, atol=1e-6)
    np.testing.assert_allclose(run([5, 11, 9, 7, 3, 13, 15, 1, 16, 16]), offline, atol=1e-6)
    assert np.abs(offline).max() > 0.1 and steps(offline) < 0.2


def test_two_playheads_are_the_sum_of_each() -> None:
    def alone(*heads: Playhead) -> np.ndarray:
        engine = Engine(ToneCodec(), Plane((0.3, 1.0)))
        engine.set_playheads(heads)
        return play(engine, [16] * 6)

    one, two = Playhead(wander(50, seed=1), gain=0.4), Playhead(wander(70, seed=2), 0.5, gain=0.4)
    np.testing.assert_allclose(alone(one, two), alone(one) + alone(two), atol=1e-6)


def test_bundled_codec_plays_playheads_as_batch_rows() -> None:
    codec = load_codec()
    rng = np.random.default_rng(0)
    table = rng.normal(0, 0.7, (12, 2)).astype(np.float32)

    class Timbres(Plane):
        def __call__(self, coordinates: np.ndarray) -> np.ndarray:
            out = np.zeros((len(coordinates), 8), np.float32)
            out[:, 0], out[:, 1], out[:, 2] = coordinates[:, 0], 0.5, coordinates[:, 1]
            return out

    def run(blocks: list[int]) -> np.ndarray:
        engine = Engine(codec, Timbres(latent_dim=8))
        engine.set_playheads([Playhead(table, 0.5, gain=0.3), Playhead(table[::-1], 1.0, "ping-pong", gain=0.3)])
        return play(engine, blocks, gate=0.3)

    offline = run([16, 16])
    for block in (1, 3, 8):
        np.testing.assert_allclose(run(splits(32, block, block)), offline, atol=1e-5)
    assert np.abs(offline).max() > 0.01


def test_a_playhead_that_is_taken_away_fades_and_one_that_moves_glides() -> None:
    engine = Engine(ToneCodec(), Plane())
    engine.set_playheads([Playhead(wander(200)), Playhead(wander(200, seed=3), gain=0.5)])
    parts = [play(engine, [1] * 30)]
    engine.set_playheads([replace(engine.playheads[0], seek=(7, 150.0))])
    parts.append(play(engine, [1] * 60))
    engine.set_playheads([])
    parts.append(play(engine, [1] * 140))
    out = np.concatenate(parts, axis=1)
    assert steps(out) < 0.15 and np.abs(out[:, 60 * 64 : 80 * 64]).max() > 0.05
    assert not out[:, -20 * 64 :].any() and engine.silent


def test_panic_stops_playheads_until_they_are_started_anew() -> None:
    engine = Engine(ToneCodec(), Plane())
    engine.set_playheads([Playhead(wander(50))])
    play(engine, [16] * 3)
    engine.panic()
    assert not play(engine, [1] * 40)[:, 2 * 64 :].any()
    assert not play(engine, [1] * 20, gate=UP).any() and engine.silent
    engine.set_playheads([replace(engine.playheads[0], playing=True)])
    assert np.abs(play(engine, [1] * 40)).max() > 0.05


def test_more_playheads_than_voices_are_refused() -> None:
    with pytest.raises(ValueError, match="plays 15 playheads beside the hand, not 16"):
        Engine(ToneCodec(), Plane()).set_playheads([Playhead(STILL)] * 16)


# --- base clip


class Spy(ToneStream):
    seen: list[np.ndarray]

    def decode(self, latents: np.ndarray) -> np.ndarray:
        self.seen.append(latents[0].T.copy())
        return super().decode(latents)


def spied(codec: ToneCodec) -> list[np.ndarray]:
    seen: list[np.ndarray] = []

    def stream(voices: int = 1) -> Spy:
        spy = Spy(codec.info, voices)
        spy.seen = seen
        return spy

    codec.stream = stream
    return seen


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ("override", ([2.0, 3.0], [2.0, 3.0])),
        ("keep", ([0.1, 0.2], [0.3, 0.4])),
        ("add", ([2.1, 3.2], [2.3, 3.4])),
        ("multiply", ([0.2, 0.6], [0.6, 1.2])),
        (("add", "keep"), ([2.1, 0.2], [2.3, 0.4])),
    ],
)
def test_a_base_clips_latents_are_steered(modes: object, expected: tuple[list[float], list[float]]) -> None:
    codec = ToneCodec()
    seen = spied(codec)
    engine = Engine(codec, Plane((2.0, 3.0)))  # the plane is 0 at the origin: its offset alone
    engine.set_base(BackingClip([[0.1, 0.2], [0.3, 0.4]], modes))
    play(engine, [1] * 4)
    np.testing.assert_allclose(np.concatenate(seen), [*expected, *expected], atol=1e-6)


def test_a_walk_without_end_runs_underneath_in_blocks_of_any_size() -> None:
    walk = EndlessWalk(np.zeros(2), 5, 3.5, 0.2)
    expected = Walker(walk).frames(0, 40)
    for blocks in ([40], [1, 6, 3] * 4):
        codec = ToneCodec()
        seen = spied(codec)
        engine = Engine(codec, Plane((0.0, 0.0)))
        engine.set_base(BackingClip(walk.start[None], "keep", loop=False, walk=walk))
        play(engine, blocks)
        np.testing.assert_allclose(np.concatenate(seen), expected, atol=1e-6)
        assert len(np.unique(expected, axis=0)) == 40


def test_a_walk_near_sounds_is_ready_when_it_is_made_so_that_its_beginning_holds_no_block_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    near = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    walk = EndlessWalk(near[0], 5, 1.0, near=near, radius=0.2)
    monkeypatch.setattr("scipy.spatial.cKDTree", None)
    places = Walker(walk).frames(0, 40)
    assert np.linalg.norm(places[:, None] - near, axis=2).min(axis=1).max() < 0.2 + 1e-5


def test_dry_is_the_clip_itself_late_by_the_codecs_delay() -> None:
    codec = ToneCodec()
    codec.info = CodecInfo("tone", 16000, 64, 2, 1, delay=37)
    clip = 0.2 * np.sin(2 * np.pi * 500 / 16000 * np.arange(200 * 64)).astype(np.float32)
    engine = Engine(codec, Plane())
    engine.update(Update({"clip.wet": 0.0}))
    engine.set_base(BackingClip(np.zeros((200, 2)), audio=clip[None]))
    out = play(engine, splits(180, 4, 16))[0, engine.delay :]
    late = np.concatenate([np.zeros(37), clip])[: len(out)]
    np.testing.assert_allclose(out[3000:], late[3000:], atol=0.005)  # the DC block turns 500 Hz by a degree
    engine.update(Update({"clip.wet": 1.0}))
    engine.set_base(None)
    assert steps(play(engine, [1] * 30, gate=1.0)) < 0.1


def test_a_base_clip_loops_without_a_click_and_a_new_one_does_not_jump() -> None:
    tone = 0.5 * np.sin(2 * np.pi * 300 / 16000 * np.arange(20 * 64 + 11)).astype(np.float32)
    engine = Engine(ToneCodec(), Plane((0.0, 0.0)))
    engine.update(Update({"clip.wet": 0.0}))
    engine.set_base(BackingClip(np.zeros((21, 2)), audio=tone))
    parts = [play(engine, [1] * 70)]
    engine.set_base(BackingClip(np.zeros((30, 2)), audio=-tone))
    parts.append(play(engine, [1] * 50))
    engine.set_base(None)
    parts.append(play(engine, [1] * 140))
    out = np.concatenate(parts, axis=1)
    assert steps(out) < 0.5 * 2 * np.pi * 300 / 16000 * 1.3
    assert np.abs(out[:, 40 * 64 : 60 * 64]).max() > 0.4 and not out[:, -64:].any()


def test_a_base_clip_that_waits_for_the_hand_begins_again_at_each_touch() -> None:
    codec = ToneCodec()
    seen = spied(codec)
    engine = Engine(codec, Plane((0.0, 0.0)))
    latents = np.stack([np.linspace(1, 2, 6), np.zeros(6)], axis=1)
    engine.set_base(BackingClip(latents, "keep", running=False, loop=False))
    assert not play(engine, [4]).any() and not seen
    for _ in range(2):
        seen.clear()
        play(engine, [2] * 4, gate=1.0)
        np.testing.assert_allclose(np.concatenate(seen)[:6], latents, atol=1e-6)
        play(engine, [16] * 2)


def test_a_clip_of_another_codec_is_refused() -> None:
    with pytest.raises(ValueError, match="3 latents, but the codec 'tone' takes 2"):
        Engine(ToneCodec(), Plane()).set_base(BackingClip(np.zeros((4, 3))))
    with pytest.raises(ValueError, match="keep, override, add, multiply"):
        BackingClip(np.zeros((4, 2)), "subtract")


# --- latent settings, faults


def test_scale_offset_and_slew_reach_the_decoder() -> None:
    codec = ToneCodec()
    seen = spied(codec)
    engine = Engine(codec, Plane((1.0, 0.0)))
    engine.set_latents(LatentSettings.of(2, -2, 2, [3.0, 1.0], [0.0, 0.5], slew=0.1 * codec.info.frame_rate))
    engine.render(silence(3), 1.0)
    np.testing.assert_allclose(np.concatenate(seen), [[2.0, 0.5]] * 3)
    engine.set_latents(LatentSettings.of(2, -2, 2, slew=0.1 * codec.info.frame_rate))
    engine.render(silence(20), 1.0)
    moves = np.abs(np.diff(np.concatenate(seen), axis=0))
    assert moves.max() <= 0.1 + 1e-5
    np.testing.assert_allclose(np.concatenate(seen)[-1], [1.0, 0.0], atol=1e-6)


@pytest.mark.parametrize("factor", [np.nan, 1000.0])
def test_a_broken_decoder_is_muted_and_told(factor: float) -> None:
    codec = ToneCodec()
    engine = Engine(codec, Plane())
    parts = [play(engine, [1] * 40, gate=1.0)]
    stream = codec.streams[0]
    decode = stream.decode
    stream.decode = lambda latents: decode(latents) * factor
    parts.append(play(engine, [1] * 20, gate=1.0))
    assert np.abs(parts[1][:, 10 * 64 :]).max() < 1e-4, "at most the tail of what was good before"
    assert "muted" in engine.error and engine.level.nan_count > 0
    stream.decode = decode
    parts.append(play(engine, [1] * 60, gate=1.0))
    out = np.concatenate(parts, axis=1)
    assert steps(out) < 0.1 and np.abs(parts[2]).max() > 0.1
