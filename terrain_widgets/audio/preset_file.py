"""Presets as data for JSON, and back; whatever a stranger wrote is checked before any of it is taken."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.control_map import ControlMap
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.preset import Preset
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.points.points import ControlPoint, PointSet

FloatArray = NDArray[np.float32]
_NO_ARRAYS: Mapping[str, FloatArray] = MappingProxyType({})

FORMAT, VERSION = "terrain_widgets/presets", 1
MOST_PRESETS = 1000
MOST_POINTS = 1000
_MOST_PLACES = 100_000  # of a path


def presets_to_json(presets: Mapping[str, Preset]) -> tuple[dict[str, Any], dict[str, FloatArray]]:
    """Several presets as data for JSON, and the arrays that it names: each once, however many presets have it."""
    entries: list[dict[str, Any]] = []
    arrays: dict[str, FloatArray] = {}
    for preset in presets.values():
        entry = _entry(preset)
        if preset.bend is not None:
            entry["bend"], own = preset.bend.pack()
            arrays |= own
        entries.append(entry)
    return {"format": FORMAT, "version": VERSION, "presets": entries}, arrays


def presets_from_json(
    content: Any, arrays: Mapping[str, FloatArray] = _NO_ARRAYS
) -> tuple[dict[str, Preset], list[str]]:
    """Presets of a file, by name, and a sentence on each value that this version does not know.

    Args:
        content: What ``presets_to_json`` gave, as JSON has it.
        arrays: Those that it names.

    Raises:
        ValueError: If the content is not what ``presets_to_json`` writes, or has more than a thousand presets, or one
            of them has more than a thousand points.
    """
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError("these are no presets of this program")
    if content.get("version") != VERSION:
        raise ValueError(f"these presets are of version {content.get('version')!r:.20}, this program reads {VERSION}")
    entries = content.get("presets")
    if not isinstance(entries, list) or len(entries) > MOST_PRESETS:
        raise ValueError(f"presets are a list of at most {MOST_PRESETS}")
    found: dict[str, Preset] = {}
    left_out: list[str] = []
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
            raise ValueError(f"a preset is a mapping with a name, got {str(entry):.80}")
        patch, unknown = Patch.from_json(entry.get("patch", {}))
        tags = entry.get("tags") or []
        if not isinstance(tags, list):
            raise ValueError(f"a preset's tags are a list of words, got {str(tags):.80}")
        points, control = entry.get("points"), entry.get("control_map")
        made = Preset(
            entry["name"],
            patch,
            tuple(map(str, tags)),
            str(entry.get("created", "")),
            str(entry.get("codec", "")),
            None if points is None else _points(points),
            None if control is None else ControlMap.from_json(control),
            _paths(entry.get("free_paths") or {}),
            Bend.unpack(entry["bend"], arrays) if "bend" in entry else None,
        )
        found[made.name] = made
        left_out += [f"{made.name}: {why}" for why in unknown]
    return found, left_out


def _entry(preset: Preset) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": preset.name,
        "tags": list(preset.tags),
        "created": preset.created,
        "codec": preset.codec,
        "patch": preset.patch.to_json(),
    }
    if preset.points is not None:
        entry["points"] = [
            {
                "id": point.id,
                "label": point.label,
                "colour": point.colour,
                "control": point.control.tolist(),
                "latent": None if point.latent is None else point.latent.tolist(),
            }
            for point in preset.points
        ]
    if preset.control_map is not None:
        entry["control_map"] = preset.control_map.to_json()
    if preset.free_paths:
        entry["free_paths"] = {name: path.tolist() for name, path in preset.free_paths.items()}
    return entry


def _points(entries: Any) -> PointSet:
    if not isinstance(entries, list) or len(entries) > MOST_POINTS:
        raise ValueError(f"a preset's points are a list of at most {MOST_POINTS}")
    points = []
    for entry in entries:
        if not isinstance(entry, dict) or "control" not in entry:
            raise ValueError(f"a point of a preset has an id and a place, got {str(entry):.80}")
        latent = entry.get("latent")
        points.append(
            ControlPoint(
                str(entry.get("id", "")),
                np.asarray(entry["control"], dtype=np.float32),
                None if latent is None else np.asarray(latent, dtype=np.float32),
                str(entry.get("label", "")),
                str(entry.get("colour", "")),
            )
        )
    return PointSet(tuple(points))


def _paths(entries: Any) -> dict[str, NDArray[np.float32]]:
    if not isinstance(entries, dict):
        raise ValueError(f"a preset's free paths are a mapping of names to places, got {str(entries):.80}")
    paths: dict[str, NDArray[np.float32]] = {}
    for name, places in entries.items():
        if not isinstance(places, list) or not 1 <= len(places) <= _MOST_PLACES:
            raise ValueError(f"a preset's path has 1 to {_MOST_PLACES} places, got {str(places):.80}")
        table = np.asarray(places, dtype=np.float32)
        if table.ndim != 2 or not 1 <= table.shape[1] <= 16 or not np.isfinite(table).all():
            raise ValueError(f"a preset's path is a finite table [points, control dims], got shape {table.shape}")
        paths[str(name)] = table
    return paths
