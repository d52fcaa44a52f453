"""Live = offline: what was recorded, played again from its gestures, is the same sound."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import torch

from terrain_widgets.audio.assets import MAPPING, MappingAsset, PathAsset, SoundAsset
from terrain_widgets.audio.memory.control import ControlBlock, Gesture
from terrain_widgets.audio.memory.ring import Ring
from terrain_widgets.audio.render_loop.loop import RenderLoop
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import TakeError, read_take
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.terrain.terrain import Terrain
from tests.audio.doubles import Plane, ToneCodec, wander

OWN_RANGE: dict[str, Any] = {"latents.limits": "own", "latents.low": -2, "latents.high": 2}
VERSION_1 = Path(__file__).with_name("version_1") / "version-1.json"


class Performer:
    """A loop without a process: the test is the hand, the listener and the clock."""

    def __init__(self, codec: Codec, most_frames: int, seed: int = 0) -> None:
        self.rng = np.random.default_rng(seed)
        self.ring = Ring.create(codec.info.channels, 20 * codec.info.ratio, private=True)
        self.control = ControlBlock.create(private=True)
        self.told: list[tuple[str, Any]] = []
        self.loop = RenderLoop(codec, self.ring, self.control, most_frames, tell=lambda *said: self.told.append(said))
        self.gesture = Gesture()
        self.most, self.ratio = most_frames, codec.info.ratio
        self.heard: list[np.ndarray] = []

    def play(self, blocks: int) -> None:
        """Listen to random amounts, so that blocks of 1 frame to the most are rendered."""
        for _ in range(blocks):
            self.heard.append(self.ring.read(int(self.rng.integers(1, self.most + 1)) * self.ratio))
            self.loop.step()

    def change(self, changes: dict[str, Any], **assets: Any) -> None:
        """Tell the engine; assets by key, ``_`` for ``/``."""
        self.loop.update(Update(changes, {key.replace("_", "/"): asset for key, asset in assets.items()}))

    def map(self, mapping: Mapping) -> None:
        self.loop.update(Update(assets={MAPPING: MappingAsset(mapping)}))

    def move(self, hand: int = 0, **changes: Any) -> None:
        """One hand elsewhere, down or up; ``gain`` and ``panics`` are of all of them."""
        every = {name: changes.pop(name) for name in ("gain", "panics") if name in changes}
        touch = self.gesture.touch(hand)
        down = changes.get("gate", touch.gate) and not touch.gate
        glides = touch.glides + int(changes.get("seconds", 0.0) > 0.0)
        changes = {"seconds": 0.0, "onsets": touch.onsets + int(down), "glides": glides, **changes}
        self.gesture = replace(self.gesture.with_touch(hand, replace(touch, **changes)), **every)
        self.control.put_gesture(self.gesture)


def terrain(latents: int, seed: int) -> Terrain:
    return Terrain(2, latents, 0.6, seed=seed)


@pytest.mark.parametrize("kind", ["tone", "pebble"])
@pytest.mark.parametrize("most_frames", [1, 4, 16])
def test_a_take_played_again_is_the_same_sound(kind: str, most_frames: int, tmp_path: Path) -> None:
    codec: Any = ToneCodec() if kind == "tone" else load_codec()
    dim = codec.info.latent_dim
    rng = np.random.default_rng(most_frames)
    one = Performer(codec, most_frames)
    one.map(terrain(dim, 1))
    one.change(
        {
            "playheads.a.path": "long", "playheads.a.speed": 0.7, "playheads.a.loop": "ping-pong",
            "playheads.a.gain": 0.4,
        },
        paths_long=PathAsset(wander(30)),
    )  # fmt: skip
    one.move(coordinates=(0.1, 0.2), gate=True, gain=0.7)
    one.play(10)
    one.loop.record(tmp_path / "take.wav", 60.0)  # while it sounds
    for turn in range(24):
        one.move(
            coordinates=tuple(rng.uniform(-1, 1, 2)),
            gate=bool(turn % 5 or turn < 3),
            pressure=float(rng.uniform(0.3, 1)),
            gain=float(rng.uniform(0.3, 1)) if turn % 7 == 0 else one.gesture.gain,
            panics=one.gesture.panics + (turn == 13),
        )
        if turn == 4:
            one.map(terrain(dim, 2))
        if turn == 6:
            one.change(
                {
                    "playheads.a.speed": -1.5, "playheads.b.path": "short", "playheads.b.loop": "once",
                    "playheads.b.gain": 0.3,
                },
                paths_short=PathAsset(wander(9)),
            )  # fmt: skip
        if turn == 8:
            one.change(OWN_RANGE | {"latents.scale": 0.8, "latents.offset": 0.1, "latents.slew": 20.0})
        if turn == 10:
            latents = rng.normal(0, 0.3, (12, dim)).astype(np.float32)
            audio = rng.normal(0, 0.1, (1, 12 * codec.info.ratio)).astype(np.float32)
            one.change({"clip.sound": "c1", "clip.running": False}, sounds_c1=SoundAsset(latents, audio))
            one.change({"clip.wet": 0.6})
        if turn == 18:
            one.change({"clip.sound": None})
        one.play(max(1, 12 // most_frames))
    one.loop.stop_recording()
    path = next(content for what, content in one.told if what == "recorded")
    assert path == (str(tmp_path / "take.wav"), "")
    assert not [content for what, content in one.told if what == "error" and content]
    sound = soundfile.read(tmp_path / "take.wav", dtype="float32", always_2d=True)[0].T
    take = read_take(tmp_path / "take.json")
    assert len(take) * codec.info.ratio == sound.shape[1] and np.abs(sound).max() > 0.02
    for block in (1, 5, 16):
        np.testing.assert_allclose(replay(take, codec, block=block), sound, atol=1e-5)
    # a gesture that differs is heard: the comparison above can fail
    other = replace(take, coordinates=take.coordinates + 0.3)
    assert np.abs(replay(other, codec) - sound).max() > 2e-4
    if take.recipe is None:  # the double lives in one process only
        with pytest.raises(ValueError, match="does not say how its codec"):
            replay(take)
    else:  # a take finds its codec by itself, and refuses another version of it
        assert take.recipe == codec.recipe
        np.testing.assert_array_equal(replay(take), replay(take, codec))
        with pytest.raises(ValueError, match="another version of the codec"):
            replay(replace(take, recipe=replace(take.recipe, space="00")), codec)


def test_a_take_of_format_version_1_sounds_as_it_was_recorded() -> None:
    """The file was made by the code that wrote that version: swaps, playheads, a seek, a clip, shaping, panic."""
    codec: Any = ToneCodec()
    take = read_take(VERSION_1)
    sound = soundfile.read(VERSION_1.with_suffix(".wav"), dtype="float32", always_2d=True)[0].T
    assert len(take.updates) == 7 and len(take.strokes) == 20 and np.abs(sound).max() > 0.2
    for block in (1, 5, 16):
        np.testing.assert_allclose(replay(take, codec, block=block), sound, atol=1e-5)


def test_phases_do_not_drift_apart_in_a_long_take(tmp_path: Path) -> None:
    """A pitch that differs in its last bit is half a period off after a while: rounding must not see the block size."""
    codec = load_codec()
    land = Terrain(2, 8, 1.6, seed=4)
    with torch.no_grad():
        land.fc_out.weight.mul_(12.0)  # as far from zero as a trained one
    one = Performer(codec, 3)
    one.map(land)
    one.change(
        {
            "latents.limits": "own", "latents.low": -3, "latents.high": 3, "latents.offset": (0, 2.5, 0, 0, 0, 0, 0, 0),
            "playheads.a.path": "p", "playheads.a.speed": 0.37, "playheads.a.gain": 0.8,
        },
        paths_p=PathAsset(wander(300)),
    )  # fmt: skip
    one.loop.record(tmp_path / "long.wav", 60.0)
    one.play(400)
    one.loop.stop_recording()
    take = read_take(tmp_path / "long.wav")
    sound = soundfile.read(tmp_path / "long.wav", dtype="float32", always_2d=True)[0].T
    assert take.seconds > 12.0 and np.abs(sound[:, -44100:]).max() > 0.05
    for block in (1, 16):
        np.testing.assert_allclose(replay(take, codec, block=block), sound, atol=1e-5)


def test_beginning_to_record_does_not_click(tmp_path: Path) -> None:
    codec = ToneCodec()
    one = Performer(codec, 2)
    one.map(terrain(2, 3))
    one.change({"latents.limits": "own", "latents.low": 0.5, "latents.high": 2})
    one.move(coordinates=(0.0, 0.0), gate=True)
    one.play(100)
    one.loop.record(tmp_path / "a", 60.0)
    one.play(100)
    one.loop.record(tmp_path / "b.wav", 60.0)  # ends the first
    one.play(100)
    one.loop.close()
    heard = np.concatenate(one.heard, axis=1)
    assert np.abs(np.diff(heard)).max() < 0.6 * 2 * np.pi * 300 / 16000 * 1.3
    assert [Path(content[0]).name for what, content in one.told if what == "recorded"] == ["a.wav", "b.wav"]
    assert soundfile.info(tmp_path / "a.wav").duration > 0.2 and soundfile.info(tmp_path / "b.wav").duration > 0.2


def test_a_recording_ends_at_its_limit_and_says_when_it_cannot_be_written(tmp_path: Path) -> None:
    codec = ToneCodec()
    one = Performer(codec, 2)
    one.loop.record(tmp_path / "short.wav", 0.1)
    one.play(60)
    assert ("recorded", (str(tmp_path / "short.wav"), "")) in one.told
    assert 0.1 <= soundfile.info(tmp_path / "short.wav").duration < 0.12
    (tmp_path / "file").write_text("not a folder")
    one.loop.record(tmp_path / "file" / "x.wav", 1.0)
    what, (_, problem) = one.told[-1]
    assert what == "recorded" and problem
    one.play(3)


def test_damaged_takes_are_refused_in_a_sentence(tmp_path: Path) -> None:
    codec = ToneCodec()
    one = Performer(codec, 2)
    one.map(terrain(2, 3))
    one.loop.record(tmp_path / "t.wav", 1.0)
    one.play(20)
    one.loop.close()
    whole = (tmp_path / "t.json").read_text()
    content = json.loads(whole)
    for spoil in (
        "{", "[]", json.dumps({**content, "version": 99}), json.dumps({**content, "format": "x"}),
        json.dumps({**content, "strokes": [[1]]}), json.dumps({**content, "settings": [{"frame": 0}]}),
        json.dumps({**content, "updates": [{"frame": 0, "assets": {"x": {"kind": "rm", "config": {}}}}]}),
        json.dumps({**content, "updates": [{"frame": 0, "changes": [1]}]}),
        json.dumps({**content, "version": 1, "commands": [{"frame": 0, "kind": "rm", "config": {}, "arrays": {}}]}),
    ):  # fmt: skip
        (tmp_path / "t.json").write_text(spoil)
        with pytest.raises(TakeError):
            read_take(tmp_path / "t.json")
    (tmp_path / "t.json").write_text(whole)
    data = (tmp_path / "t.safetensors").read_bytes()
    (tmp_path / "t.safetensors").write_bytes(data[: len(data) // 2])
    with pytest.raises(TakeError):
        read_take(tmp_path / "t.wav")
    (tmp_path / "t.safetensors").unlink()
    with pytest.raises(TakeError, match="side by side"):
        read_take(tmp_path / "t.wav")
    with pytest.raises(ValueError, match="not with 'pebble'"):
        (tmp_path / "t.safetensors").write_bytes(data)
        replay(read_take(tmp_path / "t.wav"), load_codec())


def test_a_pad_waits_for_its_beat_or_bar_and_a_take_has_it_there(tmp_path: Path) -> None:
    """At 300 beats a minute a beat of this codec has 50 frames; a pad is struck after about 30."""
    for quantise, begins in (("off", None), ("beat", 50), ("bar", 200)):
        one = Performer(ToneCodec(), 4)
        one.map(Plane())
        one.change({"clock.tempo": 300.0, "clock.quantise": quantise})
        one.move(coordinates=(-1.0, 0.0), gate=True)
        one.play(1)
        one.loop.record(tmp_path / quantise, 60.0)
        one.change({"clock.start": 0.0})
        while one.loop.engine.frames < 30:
            one.play(1)
        struck = one.loop.engine.frames
        one.move(coordinates=(1.0, 0.5), waits=True)
        while one.loop.engine.frames < 230:
            one.play(1)
        one.move(coordinates=(0.0, 9.0), waits=True)
        one.play(1)
        one.move(coordinates=(-0.5, 0.5), waits=False)  # another gesture takes its place
        one.play(10)
        one.loop.stop_recording()
        take = read_take(tmp_path / f"{quantise}.json")
        assert int(np.argmax(take.coordinates[:, 0] != -1.0)) == (struck if begins is None else begins)
        assert quantise == "off" or take.coordinates[:, 1].max() == 0.5
        assert take.coordinates[-1, 0] == -0.5
