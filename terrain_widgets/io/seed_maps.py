"""The maps of seeds that come with the package, of every noise and in both layouts: nothing is computed to show one."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

import numpy as np
from safetensors.numpy import load, save

from terrain_widgets.core.modulation.basis import NOISES
from terrain_widgets.core.modulation.seed_map import LAYOUTS, SeedMap, made_seed_map, seeds_of_map

FILE = "seed_maps.safetensors"
_FINE, _HEAT = 32767, 255  # steps from the middle to an edge, and of the heat


@lru_cache(maxsize=len(NOISES) * len(LAYOUTS))
def seed_map(name: str, layout: str = "umap") -> SeedMap:
    """The map of 256 seeds of a noise, on which movements that are alike lie beside each other.

    Args:
        name: One of ``NOISES``.
        layout: ``"umap"`` or ``"pca"``; neither has to be installed.

    Raises:
        ValueError: If there is no such noise (cycles have no seed) or layout.
    """
    if name not in NOISES:
        raise ValueError(f"a seed map is of a noise ({', '.join(NOISES)}), got {name!r:.40}")
    if layout not in LAYOUTS:
        raise ValueError(f"a seed map is laid out by {' or '.join(LAYOUTS)}, not by {layout!r:.40}")
    tables = load(resources.files("terrain_widgets").joinpath("io", FILE).read_bytes())
    places = tables[f"{name}/{layout}"].astype(np.float64) / _FINE
    return SeedMap(name, seeds_of_map(), places, tables[f"{name}/heat"].astype(np.float64) / _HEAT)


def seed_maps_file() -> bytes:
    """The file's content, computed; for whoever changes a noise or its features. It needs UMAP."""
    tables = {}
    for name in NOISES:
        for layout in LAYOUTS:
            made = made_seed_map(name, layout)
            tables[f"{name}/{layout}"] = np.round(made.places * _FINE).astype(np.int16)
        tables[f"{name}/heat"] = np.round(made.heat * _HEAT).astype(np.uint8)
    return save(tables)
