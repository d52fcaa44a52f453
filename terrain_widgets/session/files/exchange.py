"""Terrains in other systems' files, and theirs here."""

from __future__ import annotations

import os
from pathlib import Path

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.nn_terrain.rebounding import rebounded
from terrain_widgets.interop.nn_terrain.terrain import NN_TERRAIN_BOUNDARY, load_terrain, save_terrain
from terrain_widgets.interop.nn_tilde.export import export


def nn_terrain(path: str | os.PathLike[str], onto: Boundary, boundary: Boundary = NN_TERRAIN_BOUNDARY) -> Terrain:
    """A terrain of nn.terrain (``.pt``), spread over a plane of ours.

    Args:
        path: nn.terrain's file.
        onto: Our plane.
        boundary: The plane that it was drawn on; the file does not say, and nn.terrain's default is ±16 × ±4.

    Raises:
        ForeignFileError: If the file cannot be read.
    """
    return rebounded(load_terrain(path), boundary, onto)


def export_terrain(
    terrain: Mapping | None,
    codec: Codec,
    latents: LatentSettings,
    of: Boundary,
    path: str | os.PathLike[str],
    boundary: Boundary = NN_TERRAIN_BOUNDARY,
) -> None:
    """Write a terrain for another system, which the suffix names.

    ``.pt`` is for nn.terrain, spread over ``boundary``; ``.ts`` is terrain and decoder in one for nn~ in Max and Pure
    Data, over its own plane and with its latent limits.

    Args:
        terrain: What is written.
        codec: Whose decoder.
        latents: How its latents are shaped and limited.
        of: The plane it was drawn on.
        path: Of the new file.
        boundary: nn.terrain's plane.

    Raises:
        ValueError: If nothing is trained yet, or the suffix is neither.
        ExportError: If the codec cannot be exported.
    """
    kind = Path(path).suffix
    if not isinstance(terrain, Terrain):
        raise ValueError("there is no terrain yet: encode, draw and train first")
    if kind == ".pt":
        save_terrain(rebounded(terrain, of, boundary), path)
    elif kind == ".ts":
        export(terrain, codec, path, latents=latents, boundary=of)
    else:
        raise ValueError(
            f"{Path(path).name}: a terrain is exported as .pt (nn.terrain) or .ts (nn~), and a piece as .html"
        )
