"""Takes of format version 1, in which each part of the engine had a command of its own, as updates of a patch."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import MAPPING, Asset, MappingAsset, PathAsset, SoundAsset, path_key, sound_key
from terrain_widgets.audio.update import Update
from terrain_widgets.core.mapping import MappingState, mapping_from_state

Arrays = dict[str, NDArray[Any]]
Updates = tuple[tuple[int, Update], ...]


def updates_of_version_1(content: dict[str, Any], arrays: Arrays) -> tuple[Update, Updates]:
    """How all stood at the start, and what changed after that, with its frame.

    Args:
        content: The JSON file's.
        arrays: The safetensors file's.

    Raises:
        KeyError: If something is missing.
        ValueError: If there is a command that version 1 did not have.
    """
    heads = 0
    settings = Update()
    for entry in content["settings"]:
        update, heads = _update(entry, arrays, heads)
        settings = settings.then(update)
    later = []
    for entry in content["commands"]:
        update, heads = _update(entry, arrays, heads)
        later.append((int(entry["frame"]), update))
    return settings, tuple(later)


def _update(entry: dict[str, Any], stored: Arrays, heads: int) -> tuple[Update, int]:
    """One command, and how many playheads there are after it; ``heads``: before it."""
    config = entry["config"]
    arrays = {name: stored[key] for name, key in entry["arrays"].items()}
    kind = entry["kind"]
    if kind == "mapping":
        mapping = None
        if "kind" in config:
            mapping = mapping_from_state(MappingState(config["kind"], config["config"], arrays))
        return Update(assets={MAPPING: MappingAsset(mapping)}), heads
    if kind == "latents":
        changes: dict[str, Any] = {f"latents.{name}": _numbers(arrays[name]) for name in arrays}
        return Update(changes | {"latents.limits": "own", "latents.slew": config.get("slew")}), heads
    if kind == "playheads":
        return _playheads(config["heads"], arrays, heads)
    if kind == "base":
        if not arrays:
            return Update({"clip.sound": None}), heads
        changes = {"clip.sound": "clip", "clip.modes": tuple(config["modes"])}
        changes |= {"clip.running": config["running"], "clip.loop": config["loop"]}
        return Update(changes, {sound_key("clip"): SoundAsset(arrays["latents"], arrays.get("audio"))}), heads
    if kind == "wet":
        return Update({"clip.wet": float(config["wet"])}), heads
    raise ValueError(f"a take of version 1 has no command {kind!r}")


def _playheads(entries: list[dict[str, Any]], arrays: Arrays, before: int) -> tuple[Update, int]:
    changes: dict[str, Any] = {f"playheads.{k}": None for k in range(len(entries), before)}
    assets: dict[str, Asset | None] = {}
    for k, head in enumerate(entries):
        assets[path_key(str(k))] = PathAsset(arrays[f"path{k}"])
        seeks, start = head["seek"] or (0, -1.0)
        own = {"path": str(k), "seeks": int(seeks), "start": float(start)}
        own |= {name: head[name] for name in ("speed", "loop", "gain", "playing", "interpolate")}
        changes |= {f"playheads.{k}.{name}": value for name, value in own.items()}
    return Update(changes, assets), len(entries)


def _numbers(array: NDArray[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.ravel(array))
