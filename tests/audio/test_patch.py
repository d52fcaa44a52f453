"""The patch, and the update that changes it."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.assets import (
    MAPPING,
    WEIGHTS,
    Asset,
    EditsAsset,
    MappingAsset,
    PathAsset,
    SoundAsset,
    unpack_asset,
)
from terrain_widgets.audio.engine import resolution
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Packed, Update
from terrain_widgets.core.bending.edits import Flip, Towards
from tests.audio.doubles import Plane, wander

LATENTS: dict[str, list[Any]] = {
    "latents.scale": [0.5, (1.0, 2.0)],
    "latents.slew": [3.0, math.inf],
    "latents.limits": ["own"],
    "clip.sound": ["c1", "c2"],
    "clip.modes": ["keep", ("add", "keep")],
    "clip.running": [False],
    "clip.wet": [0.25],
}
HEADS: dict[str, list[Any]] = {"path": ["p", "q"], "speed": [-1.0, 2.0], "playing": [False], "seeks": [1, 2]}


def random_patch(rng: np.random.Generator) -> Patch:
    """Some of the values, and some playheads in any order."""
    values = {a: v[rng.integers(len(v))] for a, v in LATENTS.items() if rng.random() < 0.5}
    for name in rng.permutation(["a", "b", "c", "d"])[: rng.integers(5)]:
        picked = [end for end in HEADS if end == "path" or rng.random() < 0.5]
        values |= {f"playheads.{name}.{end}": HEADS[end][rng.integers(len(HEADS[end]))] for end in picked}
    return Patch(values)


@pytest.mark.parametrize("seed", range(200))
def test_from_one_patch_to_another(seed: int) -> None:
    rng = np.random.default_rng(seed)
    one, other = random_patch(rng), random_patch(rng)
    changed = one.set(one.changes_to(other))
    assert changed == other and hash(changed) == hash(other)
    assert changed.members("playheads") == other.members("playheads")
    assert one.changes_to(one) == {} and one.set({}) is one
    assert dict(changed.set(one.changes_to(other)).values) == dict(changed.values)  # an update may be told again


@pytest.mark.parametrize("seed", range(50))
def test_a_patch_goes_to_json_and_back(seed: int) -> None:
    patch = random_patch(np.random.default_rng(seed))
    back, left_out = Patch.from_json(json.loads(json.dumps(patch.to_json(), allow_nan=False)))
    assert back == patch and left_out == []


def test_what_a_file_has_that_this_version_does_not_know_is_left_out_with_a_sentence() -> None:
    content = {"clip.wet": 0.5, "reverb.size": 3, "latents.scale": "loud", "playheads.a.colour": "red"}
    patch, left_out = Patch.from_json(content)
    assert dict(patch.values) == {"clip.wet": 0.5} and len(left_out) == 3
    assert "no parameter 'reverb.size'" in left_out[0] and "scale must be a number" in left_out[1]
    with pytest.raises(ValueError, match="mapping of addresses"):
        Patch.from_json([1])


def test_values_defaults_and_members() -> None:
    patch = Patch({"playheads.b.path": "p", "playheads.a.speed": 2})
    assert patch["clip.wet"] == 1.0 and patch["playheads.a.speed"] == 2.0 and patch["playheads.zzz.gain"] == 1.0
    assert patch.members("playheads") == ("b", "a") and patch.members("clip") == ()
    assert patch.member("playheads", "a")["loop"] == "loop"
    assert patch.set({"playheads.b": None}).members("playheads") == ("a",)
    assert patch.set({"playheads.a.speed": None}).members("playheads") == ("b",)
    for wrong in ({"no.such": 1}, {"no.such": None}, {"playheads.a.colour": 1}):
        with pytest.raises(KeyError, match="there is no parameter"):
            patch.set(wrong)
    with pytest.raises(ValueError, match="speed must be"):
        patch.set({"clip.wet": 0.5, "playheads.a.speed": 9})
    assert patch["clip.wet"] == 1.0


def test_undo_leaves_what_starts_and_stops_as_it_is() -> None:
    past = Patch({"playheads.a.path": "p", "playheads.a.playing": True, "playheads.gone.path": "q", "clip.wet": 0.2})
    present = Patch({"playheads.a.path": "r", "playheads.a.playing": False, "playheads.a.seeks": 4, "clip.wet": 0.9})
    back = past.with_transients_of(present)
    assert back["playheads.a.playing"] is False and back["playheads.a.seeks"] == 4
    assert back["playheads.a.path"] == "p" and back["clip.wet"] == 0.2 and back.members("playheads") == ("a", "gone")


@pytest.mark.parametrize("seed", range(50))
def test_two_updates_as_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    start, middle, end = (random_patch(rng) for _ in range(3))
    both = Update(start.changes_to(middle)).then(Update(middle.changes_to(end)))
    assert start.set(both.changes) == end


def test_an_update_is_plain_data_and_back() -> None:
    assets: dict[str, Asset | None] = {
        MAPPING: MappingAsset(Plane((0.25, 0.5)), np.array([-1, -2], np.float32), np.array([1, 2], np.float32)),
        "paths/p": PathAsset(wander(5)),
        "sounds/c1": SoundAsset(np.ones((3, 2), np.float32), np.zeros((1, 9), np.float32)),
        "sounds/c2": SoundAsset(np.ones((3, 2), np.float32)),
        "weights/a": EditsAsset((Flip(), Towards.of(np.ones(7, np.float32)))),
        "paths/gone": None,
    }
    update = Update({"latents.slew": math.inf, "playheads.a": None, "clip.modes": ("add", "keep")}, assets)
    packed = update.pack()
    back = Update.unpack(Packed(json.loads(json.dumps(packed.config, allow_nan=False)), packed.arrays))
    assert back.changes == update.changes and list(back.assets) == list(assets) and back.assets["paths/gone"] is None
    mapping, path, sound = back.assets[MAPPING], back.assets["paths/p"], back.assets["sounds/c1"]
    assert isinstance(mapping, MappingAsset) and isinstance(path, PathAsset) and isinstance(sound, SoundAsset)
    assert mapping.mapping is not None and mapping.low is not None and mapping.low.tolist() == [-1, -2]
    np.testing.assert_array_equal(mapping.mapping(wander(4)), Plane((0.25, 0.5))(wander(4)))
    np.testing.assert_array_equal(path.points, wander(5))
    assert sound.audio is not None and back.groups == {
        "latents",
        "playheads",
        "clip",
        MAPPING,
        "paths",
        "sounds",
        WEIGHTS,
    }
    assert back.bytes == update.bytes == sum(array.nbytes for array in packed.arrays.values()) > 0


def test_damaged_data_is_refused() -> None:
    for config in ({"assets": {"x": {"kind": "path"}}}, {"assets": [1]}, {"changes": 3}):
        with pytest.raises(ValueError, match="damaged"):
            Update.unpack(Packed(config))
    with pytest.raises(ValueError, match="unknown kind of asset 'rm'; known: mapping, path, sound"):
        unpack_asset("rm", {}, {})
    with pytest.raises(ValueError, match="finite table"):
        PathAsset([[np.nan, 1.0]])


def test_what_a_patch_means_for_the_engines_parts() -> None:
    sounds = {"sounds/c1": SoundAsset(np.ones((3, 2), np.float32))}
    data = {MAPPING: MappingAsset(Plane(), np.array([-1, -2], np.float32), np.array([1, 2], np.float32))}
    assert resolution.mapping_asset({}).mapping is None
    assert resolution.latent_settings(Patch(), data, 2).low.tolist() == [-1, -2]
    assert resolution.latent_settings(Patch({"latents.limits": "own"}), data, 2).low.tolist() == [-4, -4]
    with pytest.raises(ValueError, match="upside down"):
        resolution.latent_settings(Patch({"latents.low": 2, "latents.high": 1}), {}, 2)
    patch = Patch({"playheads.a.path": "p", "playheads.a.start": 3, "playheads.a.seeks": 2, "clip.sound": "c1"})
    heads = resolution.playheads(patch, {"paths/p": PathAsset(wander(9))})
    assert list(heads) == ["a"] and heads["a"].seek == (2, 3.0) and len(heads["a"].path) == 9
    with pytest.raises(ValueError, match="'a' follows a path 'p' that the engine was not given"):
        resolution.playheads(patch, sounds)
    clip = resolution.backing_clip(patch, sounds, 2)
    assert clip is not None and clip.modes == ("add", "add") and resolution.backing_clip(Patch(), sounds, 2) is None
    with pytest.raises(ValueError, match="'c1' is to run underneath"):
        resolution.backing_clip(patch, {}, 2)
