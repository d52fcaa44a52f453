"""What was changed in a performance as JSON lines: written, read, changed, and played again."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.assets import MAPPING, MappingAsset, PathAsset, SoundAsset
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.takes.automation import Automation, AutomationError
from terrain_widgets.audio.takes.render import render_patch, replay
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Setup
from tests.audio.doubles import Plane, ToneCodec, wander
from tests.audio.test_takes import Performer


@pytest.fixture(scope="module")
def performance(tmp_path_factory: pytest.TempPathFactory) -> tuple[Take, np.ndarray]:
    """A take with changes of all kinds, some at one frame, and its sound."""
    folder = tmp_path_factory.mktemp("take")
    one = Performer(ToneCodec(), 4)
    one.map(Plane())
    one.change({"latents.slew": 40.0, "modulators.energy": 1.0})
    one.move(coordinates=(0.1, 0.2), gate=True)
    one.play(5)
    one.loop.record(folder / "t", 60.0)
    for turn in range(12):
        one.move(coordinates=tuple(wander(12)[turn].tolist()))
        if turn == 2:
            one.change({"modulators.jump": 50.0, "latents.slew": float("inf")})
            one.change({"modulators.triggers": 3})
        if turn == 4:
            one.change({"playheads.a.path": "p", "playheads.a.speed": 0.5}, paths_p=PathAsset(wander(9)))
        if turn == 6:
            latents = np.full((9, 2), 0.4, np.float32)
            one.change({"clip.sound": "s", "clip.wet": 0.7}, sounds_s=SoundAsset(latents))
        if turn == 8:
            one.change({"playheads.a": None, "latents.scale": (0.5, 0.8)})
        one.play(5)
    one.loop.stop_recording()
    sound = soundfile.read(folder / "t.wav", dtype="float32", always_2d=True)[0].T
    return read_take(folder / "t.json"), sound


def test_a_take_plays_the_same_from_its_own_lines_and_otherwise_from_changed_ones(
    performance: tuple[Take, np.ndarray], tmp_path: Path
) -> None:
    take, sound = performance
    Automation.of(take).save(tmp_path / "a.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert len(lines) == 6 and lines[0]["0.0"]["modulators.energy"] == 1.0
    assert [list(line.values())[0] for line in lines if "playheads.a" in list(line.values())[0]] == [
        {"playheads.a": None, "latents.scale": [0.5, 0.8]}
    ]
    again = Automation.load(tmp_path / "a.jsonl")
    np.testing.assert_allclose(replay(again.on(take), ToneCodec()), sound, atol=1e-5)
    other = Automation((*again.changes[:3], (again.changes[3][0], {"latents.scale": 0.1})))
    assert np.abs(replay(other.on(take), ToneCodec()) - sound).max() > 1e-2


def test_what_plays_by_itself_is_rendered_with_lines() -> None:
    assets = {"paths/p": PathAsset(wander(50)), MAPPING: MappingAsset(Plane())}
    setup = Setup(Patch({"playheads.a.path": "p"}), assets)
    still = render_patch(setup, ToneCodec(), 1.0)
    lines = Automation.from_lines('{"0.5": {"output.level": 0.0}}\n\n{"0.75": {"output.level": 1.0}}\n')
    changed = render_patch(setup, ToneCodec(), 1.0, automation=lines)
    np.testing.assert_array_equal(changed[:, :7900], still[:, :7900])
    assert not changed[:, 9000:11800].any() and still[:, 9000:11800].any() and changed[:, 13000:].any()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "damaged"),
        ("[1, 2]", "line 1 is no mapping of seconds"),
        ('{"0.1": 3}', "line 1 is no mapping of seconds"),
        ('{"0.1": {"no.such": 1}}', "there is no parameter 'no.such'"),
        ('{"0.1": {"clip.wet": NaN}}', "got nan"),
        ('{"nan": {"clip.wet": 1}}', "times go up from 0"),
        ('{"-1": {"clip.wet": 1}}', "times go up from 0"),
        ('{"2": {}}\n{"1": {}}', "times go up from 0"),
        ('{"0.1": {"modulators.magic": null}}', "there is no parameter"),
        ('{"0": {}}\n' * 100_001, "at most 100000 lines"),
        ('{"0":' * 200_000, "nested too deep"),
    ],
)
def test_a_strangers_lines_are_refused_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(AutomationError, match=why) as told:
        Automation.from_lines(text)
    assert len(str(told.value)) < 400 and "\n" not in str(told.value)


def test_lines_of_wrong_dimensions_are_refused_where_they_are_played() -> None:
    lines = Automation.from_lines('{"0.0": {"modulators.energy": [1.0, 2.0, 3.0]}}')
    with pytest.raises(ValueError, match="modulators.energy needs one value or 2"):
        render_patch(Setup(), ToneCodec(), 0.1, automation=lines)
