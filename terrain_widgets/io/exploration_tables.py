"""What an exploration keeps as JSON entries and arrays, and back: how it lies in a session file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.core.exploration.endless_walk import EndlessWalk
from terrain_widgets.core.exploration.explored import Explored, LatentPreset
from terrain_widgets.core.exploration.sound_map import SoundMap

Arrays = dict[str, NDArray[Any]]

_COLUMNS = ("places", "latents", "group", "frame", "frames")


def pack_explored(explored: Explored) -> tuple[dict[str, Any], Arrays]:
    """An entry for JSON, and arrays named ``explored/…``; names of things are in the entry, arrays are numbered."""
    arrays: Arrays = {}
    ways: list[str | dict[str, Any]] = []
    for k, (name, way) in enumerate(explored.ways.items()):
        if isinstance(way, EndlessWalk):
            config, of_walk = way.to_state()
            ways.append({"name": name, "walk": config})
            arrays |= {f"explored/ways/{k}/{part}": array for part, array in of_walk.items()}
        else:
            ways.append(name)
            arrays[f"explored/ways/{k}"] = way
    arrays |= {f"explored/attributes/{k}": a.direction for k, a in enumerate(explored.attributes.values())}
    arrays |= {f"explored/presets/{k}": preset.latent for k, preset in enumerate(explored.presets.values())}
    entry: dict[str, Any] = {
        "ways": ways,
        "attributes": [{"name": a.name, "r2": _finite(a.r2), "steers": a.steers} for a in explored.attributes.values()],
        "presets": [
            {"name": p.name, "description": p.description, "tags": list(p.tags), "created": p.created, "codec": p.codec}
            for p in explored.presets.values()
        ],
    }
    found = explored.sound_map
    if found is not None:
        entry["map"] = {"names": list(found.names), "ids": list(found.ids), "method": found.method}
        arrays |= {f"explored/map/{name}": getattr(found, name) for name in _COLUMNS}
        arrays |= {f"explored/map/measured/{name}": column for name, column in found.measured.items()}
    return entry, {name: np.ascontiguousarray(array) for name, array in arrays.items()}


def unpack_explored(entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Explored:
    """What ``pack_explored`` packed; nothing of an empty entry.

    Raises:
        KeyError: If something is missing.
        ValueError: If something is not what it should be.
    """
    ways: dict[str, NDArray[np.float32] | EndlessWalk] = {}
    for k, way in enumerate(entry.get("ways", [])):
        if isinstance(way, Mapping):
            home = f"explored/ways/{k}/"
            own = {name.removeprefix(home): array for name, array in arrays.items() if name.startswith(home)}
            ways[str(way["name"])] = EndlessWalk.from_state(way["walk"], own)
        else:
            ways[str(way)] = _table(arrays[f"explored/ways/{k}"])
    attributes = {
        str(a["name"]): Attribute(
            str(a["name"]), arrays[f"explored/attributes/{k}"], _number(a.get("r2")), _number(a.get("steers"))
        )
        for k, a in enumerate(entry.get("attributes", []))
    }
    presets = {}
    for k, p in enumerate(entry.get("presets", [])):
        said = {word: str(p.get(word, "")) for word in ("description", "created", "codec")}
        latent, tags = arrays[f"explored/presets/{k}"], tuple(map(str, p.get("tags", [])))
        presets[str(p["name"])] = LatentPreset(str(p["name"]), latent, tags=tags, **said)
    sound_map = _map(entry["map"], arrays) if "map" in entry else None
    return Explored(sound_map, MappingProxyType(ways), MappingProxyType(attributes), MappingProxyType(presets))


def _map(entry: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> SoundMap:
    home = "explored/map/measured/"
    measured = {k.removeprefix(home): v.astype(np.float32) for k, v in arrays.items() if k.startswith(home)}
    places, latents, group, frame, frames = (arrays[f"explored/map/{name}"] for name in _COLUMNS)
    return SoundMap(
        places.astype(np.float32),
        latents.astype(np.float32),
        tuple(map(str, entry["names"])),
        group.astype(np.int32),
        frame.astype(np.int32),
        frames.astype(np.int32),
        tuple(map(str, entry.get("ids", []))),
        MappingProxyType(measured),
        str(entry.get("method", "pca")),
    )


def _table(values: NDArray[Any]) -> NDArray[np.float32]:
    if values.ndim != 2 or not len(values) or not np.isfinite(values).all():
        raise ValueError(f"a way through latent space is a finite table [T, D], not of shape {values.shape}")
    table: NDArray[np.float32] = values.astype(np.float32)
    return table


def _finite(value: float | None) -> float | None:
    return value if value is not None and np.isfinite(value) else None


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
