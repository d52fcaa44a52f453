"""LatentAudio's ``presets.json``: ``{name: {name, latent_vector, description, tags, created_at}}``."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from terrain_widgets.core.exploration.explored import LatentPreset
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.json_table import column, listed, read_json, write_json


def save_presets(presets: Iterable[LatentPreset], path: str | os.PathLike[str]) -> None:
    """Write presets as LatentAudio reads them, exact to the last bit of float32."""
    content = {
        preset.name: {
            "name": preset.name,
            "latent_vector": listed(preset.latent),
            "description": preset.description,
            "tags": list(preset.tags),
            "created_at": preset.created,
        }
        for preset in presets
    }
    write_json(path, content)


def load_presets(path: str | os.PathLike[str], codec: str = "") -> tuple[LatentPreset, ...]:
    """Read presets.

    Args:
        path: Of the file.
        codec: Name of the codec that the latents are taken to be of; the file does not say.

    Raises:
        ForeignFileError: If the file is missing, damaged or something else, or latents are of different lengths.
    """
    presets = []
    for name, entry in read_json(path).items():
        if not isinstance(entry, dict) or not isinstance(entry.get("latent_vector"), list):
            raise ForeignFileError(f"the preset “{name[:60]}” should be an object with a list latent_vector")
        latent = column(entry["latent_vector"], f"the preset “{name[:60]}”")
        tags = entry.get("tags") or []
        if not name or not len(latent) or not isinstance(tags, list):
            raise ForeignFileError(f"the preset “{name[:60]}” should have a name, latents and a list of tags")
        said = (_text(entry.get("description")), tuple(_text(tag) for tag in tags), _text(entry.get("created_at")))
        presets.append(LatentPreset(name, latent, *said, codec))
    if len({len(preset.latent) for preset in presets}) > 1:
        raise ForeignFileError("these presets have latents of different lengths, and so are not of one model")
    return tuple(presets)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
