"""LatentAudio's ``sound_map.json``: ``{latent_dim, sample_rate, points: [{label, x, y, latent}]}``, x and y in −1…1."""

from __future__ import annotations

import os

import numpy as np

from terrain_widgets.core.exploration.projection import normalised
from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.json_table import column, listed, read_json, write_json


def save_sound_map(sound_map: SoundMap, sample_rate: int, path: str | os.PathLike[str]) -> None:
    """Write a map of sounds as LatentAudio's plug-in reads it, latents exact to the last bit of float32.

    Args:
        sound_map: The map.
        sample_rate: Hz, of the codec.
        path: Where to.
    """
    points = [
        {"label": sound_map.name_of(i), "x": x, "y": y, "latent": listed(sound_map.latents[i])}
        for i, (x, y) in enumerate((sound_map.places * 2 - 1).tolist())
    ]
    write_json(path, {"latent_dim": sound_map.latents.shape[1], "sample_rate": int(sample_rate), "points": points})


def load_sound_map(path: str | os.PathLike[str]) -> SoundMap:
    """Read a map of sounds; places are spread over the whole plane.

    Raises:
        ForeignFileError: If the file is missing, damaged or something else.
    """
    content = read_json(path)
    points, dim = content.get("points"), content.get("latent_dim")
    if not isinstance(points, list) or not points or type(dim) is not int:
        raise ForeignFileError("a map of sounds should have a latent_dim and a list of points, one or more")
    names, places, latents = [], [], []
    for number, point in enumerate(points):
        what = f"point {number} of the map"
        if not isinstance(point, dict):
            raise ForeignFileError(f"{what} should be an object")
        place, latent = column([point.get("x"), point.get("y")], what), column(point.get("latent"), what)
        if len(latent) != dim:
            raise ForeignFileError(f"{what} has {len(latent)} latents, and the map says {dim}")
        label = point.get("label")
        names.append(label if isinstance(label, str) and label else f"point {number}")
        places.append(place)
        latents.append(latent)
    count = np.arange(len(points), dtype=np.int32)
    none, one = np.zeros(len(points), np.int32), np.ones(len(points), np.int32)
    return SoundMap(normalised(places), np.stack(latents), tuple(names), count, none, one, method="LatentAudio")
