"""Several fingers, glides and traces: on the engine's clock, recorded and played again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.assets import PathAsset
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.sources.hand import MAX_HANDS, HandBlock
from terrain_widgets.audio.engine.sources.hand_motion import HandMotion
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import TakeError, read_take
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.glide import Glide
from tests.audio.doubles import Plane, ToneCodec, splits, wander
from tests.audio.test_takes import Performer, terrain


def rendered(parts: dict[int, np.ndarray], sizes: list[int], gates: dict[int, Any]) -> np.ndarray:
    engine, out, at = Engine(ToneCodec(), Plane()), [], 0
    for size in sizes:
        part = slice(at, at + size)
        fingers = {k: HandBlock(places[part], gates[k](at)) for k, places in parts.items() if k}
        out.append(engine.render(parts[0][part], gates[0](at), fingers=fingers))
        at += size
    return np.concatenate(out, axis=1)


def test_each_finger_is_a_voice_and_they_sound_together() -> None:
    paths = {k: wander(64, seed=k) * 0.3 for k in range(3)}

    def alone(*down: int) -> np.ndarray:
        return rendered(paths, [16] * 4, {k: (lambda _at, k=k: 0.3 * (k in down)) for k in paths})

    np.testing.assert_allclose(alone(0, 1, 2), alone(0) + alone(1) + alone(2), atol=1e-6)
    assert np.abs(alone(1)).max() > 0.01


def test_fingers_come_and_go_in_any_block_size() -> None:
    paths = {k: wander(96, seed=k) for k in range(3)}
    gates = {
        0: lambda at: 0.3 * (at < 48),
        1: lambda at: 0.3 * (16 <= at < 64),
        2: lambda at: 0.3 * (at // 16 % 2),
    }
    offline = rendered(paths, [16] * 6, gates)
    np.testing.assert_allclose(rendered(paths, [1] * 96, gates), offline, atol=1e-6)
    assert np.abs(np.diff(offline)).max() < 0.2 and np.abs(offline).max() > 0.1


def test_a_finger_waits_where_the_codec_has_no_voice_left() -> None:
    codec = ToneCodec()
    codec.info = CodecInfo("tone", 16000, 64, 2, 1, max_voices=2)
    engine = Engine(codec, Plane())
    still = np.zeros((40, 2), np.float32)
    both = {1: HandBlock(still, 1.0), 2: HandBlock(still, 1.0)}
    engine.render(still, 0.0, fingers=both)
    assert engine.hand_sounds(1) and not engine.hand_sounds(2)
    engine.render(still, 0.0, fingers={2: HandBlock(still, 1.0)})
    assert engine.hand_sounds(2) and not engine.hand_sounds(1)
    assert codec.streams[0].voices == 2


def test_a_take_of_several_fingers_glides_and_playheads_is_the_same_sound_again(tmp_path: Path) -> None:
    for most in (1, 5):
        one = Performer(ToneCodec(), most)
        one.map(terrain(2, 1))
        one.change({"playheads.a.path": "p", "playheads.a.gain": 0.2}, paths_p=PathAsset(wander(30)))
        one.move(0, coordinates=(0.2, 0.1), gate=True, pressure=0.3)
        one.move(2, coordinates=(-0.6, 0.4), gate=True, pressure=0.2)
        one.play(5)
        one.loop.record(tmp_path / f"hands-{most}", 60.0)
        rng = np.random.default_rng(3)
        for turn in range(20):
            hand = turn % 3
            one.move(
                hand,
                coordinates=tuple(rng.uniform(-1, 1, 2)),
                gate=bool(turn % 4 or hand == 0),
                pressure=float(rng.uniform(0.1, 0.4)),
                seconds=0.05 if turn % 2 else 0.0,
                panics=one.gesture.panics + (turn == 11),
            )
            if turn == 8:
                one.change({"playheads.b.path": "p", "playheads.b.speed": -1.0, "playheads.b.gain": 0.2})
            if turn == 14:
                one.change({"playheads.a": None})
            one.play(12 // most)
        one.loop.stop_recording()
        sound = soundfile.read(tmp_path / f"hands-{most}.wav", dtype="float32", always_2d=True)[0].T
        take = read_take(tmp_path / f"hands-{most}.json")
        assert set(take.fingers) == {1, 2} and {s.hand for s in take.strokes} == {0, 1, 2}
        for block in (1, 16):
            np.testing.assert_allclose(replay(take, ToneCodec(), block=block), sound, atol=1e-5)
        other = {hand: places + 0.5 for hand, places in take.fingers.items()}
        assert np.abs(replay(_with(take, other), ToneCodec()) - sound).max() > 1e-3


def _with(take: Any, fingers: dict[int, np.ndarray]) -> Any:
    return replace(take, fingers=fingers)


def test_a_take_with_a_hand_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    one = Performer(ToneCodec(), 2)
    one.map(terrain(2, 3))
    one.move(gate=True)
    one.loop.record(tmp_path / "t.wav", 1.0)
    one.play(10)
    one.loop.close()
    text = (tmp_path / "t.json").read_text()
    (tmp_path / "t.json").write_text(
        text.replace('"strokes":[[0,', f'"strokes":[[0,1.0,1.0,false,false,{MAX_HANDS}],[0,')
    )
    with pytest.raises(TakeError, match="hands 0 to 7"):
        read_take(tmp_path / "t.json")


# --- glides


@pytest.mark.parametrize("course", ["even", "eased"])
def test_a_glide_is_at_each_frame_where_its_formula_says(course: Any) -> None:
    motion = HandMotion(100.0)
    motion.places((-1.0, 0.0), 4, 2, landing=True)
    expected = Glide([-1, 0], [1, 0.5], 0.4, course).at(np.arange(1, 61) / 100)
    for sizes in ([60], [1] * 60, splits(60, 2, 16)):
        motion = HandMotion(100.0)
        motion.places((-1.0, 0.0), 4, 2, landing=True)
        motion.glide((1.0, 0.5), 0.4, course, 1, 2)
        way = np.concatenate([motion.places((1.0, 0.5), size, 2, landing=False) for size in sizes])
        np.testing.assert_allclose(way, expected, atol=1e-6)
    assert way[-1].tolist() == [1.0, 0.5]


def test_a_glide_begins_where_the_last_one_is_and_a_straight_move_ends_it() -> None:
    motion = HandMotion(100.0)
    motion.places((0.0, 0.0), 1, 2, landing=True)
    motion.glide((1.0, 0.0), 1.0, "even", 1, 2)
    way = [motion.places((1.0, 0.0), 50, 2, landing=False)]
    motion.glide((0.0, 1.0), 0.5, "even", 2, 2)
    way.append(motion.places((0.0, 1.0), 25, 2, landing=False))
    table = np.concatenate(way)
    assert np.linalg.norm(np.diff(table, axis=0), axis=1).max() < 0.03
    np.testing.assert_allclose(table[-1], [0.25, 0.5], atol=1e-6)
    motion.end_glide(2)
    assert motion.places((0.7, 0.7), 3, 2, landing=False)[-1].tolist() == pytest.approx([0.7, 0.7])


def test_a_hand_that_comes_down_lands_instead_of_gliding() -> None:
    one = Performer(ToneCodec(), 1)
    one.map(terrain(2, 1))
    one.move(coordinates=(-1.0, -1.0), gate=False)
    one.play(5)
    one.move(coordinates=(0.5, 0.5), gate=True, seconds=10.0)
    one.play(3)
    assert one.control.telemetry().place == pytest.approx((0.5, 0.5))
    one.move(coordinates=(-0.5, 0.5), seconds=10.0)
    one.play(5)
    assert 0.4 < one.control.telemetry().place[0] < 0.5


# --- what sounded


def test_telemetry_tells_what_sounded_where_before_factor_and_offset() -> None:
    one = Performer(ToneCodec(), 1)
    one.map(Plane())
    assert one.control.telemetry().place == ()
    one.change({"latents.scale": (0.5, 2.0), "latents.offset": 0.25})
    one.change({"playheads.a.path": "p", "playheads.a.gain": 0.5}, paths_p=PathAsset([[0.8, 0.6]]))
    one.play(5)
    told = one.control.telemetry()
    assert told.place == pytest.approx((0.8, 0.6)) and told.latents[:2] == pytest.approx((1.4, 0.3))
    one.move(3, coordinates=(0.2, -0.4), gate=True)
    one.play(5)
    told = one.control.telemetry()
    assert told.place == pytest.approx((0.2, -0.4)) and told.latents[:2] == pytest.approx((1.1, -0.2))
    one.change({"playheads.a": None})
    one.move(3, gate=False)
    one.play(40)
    assert one.control.telemetry().place == told.place, "the last that sounded stays"
    one.change({"latents.limits": "own", "latents.low": 0.4, "latents.high": 0.6})
    one.move(0, coordinates=(0.0, 0.0), gate=True)
    one.play(5)
    # 1.0 becomes 0.75 and is kept at 0.6: what gives 0.6 is told
    assert one.control.telemetry().latents[0] == pytest.approx(0.7)


def test_a_trace_is_every_frame_that_sounded_and_ends_at_its_limit() -> None:
    one = Performer(ToneCodec(), 4)
    one.map(Plane())
    one.loop.trace("playing", 30)
    one.play(3)
    one.move(coordinates=(0.5, 0.0), gate=True)
    one.play(1)
    one.move(coordinates=(-0.5, 0.2))
    one.play(20)
    parts = [content for what, content in one.told if what == "traced"]
    places, latents = (np.concatenate([part[k] for part in parts if len(part[k])]) for k in (0, 1))
    assert len(places) == len(latents) == 30 and [part[2] for part in parts] == [False] * (len(parts) - 1) + [True]
    np.testing.assert_allclose(latents, Plane()(places), atol=1e-6)
    assert places[0].tolist() == [0.5, 0.0] and places[-1].tolist() == pytest.approx([-0.5, 0.2])


def test_a_trace_can_take_the_sliders_that_the_patch_shows_meanwhile() -> None:
    one = Performer(ToneCodec(), 2)
    one.map(Plane())
    one.loop.trace("sliders", 1000)
    one.move(coordinates=(0.5, 0.0), gate=True)
    one.play(4)
    one.change({"sliders.values": (1.0, 2.0)})
    one.play(4)
    one.loop.stop_trace()
    latents = np.concatenate([content[1] for what, content in one.told if what == "traced"])
    rows = [tuple(row) for row in latents.tolist()]
    assert rows[0] == (0.0, 0.0) and rows[-1] == (1.0, 2.0) and sorted(set(rows)) == [(0.0, 0.0), (1.0, 2.0)]
