"""A session's terrain in other systems' files, and theirs in a session."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.nn_terrain.rebounding import rebounded
from terrain_widgets.interop.nn_terrain.terrain import NN_TERRAIN_BOUNDARY, load_terrain, save_terrain
from terrain_widgets.interop.nn_tilde.export import export

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session


def adopt_nn_terrain(
    session: Session, path: str | os.PathLike[str], boundary: Boundary = NN_TERRAIN_BOUNDARY
) -> Terrain:
    """Play and go on training a terrain of nn.terrain (``.pt``), spread over the session's own plane.

    Args:
        session: Whose terrain it becomes.
        path: nn.terrain's file.
        boundary: The plane that it was drawn on; the file does not say, and nn.terrain's default is ±16 × ±4.

    Raises:
        ForeignFileError: If the file cannot be read.
        ValueError: If it has another number of latents than the session's codec.
    """
    terrain = rebounded(load_terrain(path), boundary, session.boundary)
    session.adopt(terrain)
    return terrain


def export_terrain(session: Session, path: str | os.PathLike[str], boundary: Boundary = NN_TERRAIN_BOUNDARY) -> None:
    """Write the session's terrain for another system, which the suffix names.

    ``.pt`` is for nn.terrain, spread over ``boundary``; ``.ts`` is terrain and decoder in one for nn~ in Max and Pure
    Data, over the session's own plane and with its latent limits.

    Raises:
        ValueError: If nothing is trained yet, or the suffix is neither.
        ExportError: If the codec cannot be exported.
    """
    terrain, kind = session.sources.latest("terrain"), Path(path).suffix
    if not isinstance(terrain, Terrain):
        raise ValueError("there is no terrain yet: encode, draw and train first")
    if kind == ".pt":
        save_terrain(rebounded(terrain, session.boundary, boundary), path)
    elif kind == ".ts":
        export(terrain, session.codec, path, latents=session.stage.latents, boundary=session.boundary)
    else:
        raise ValueError(f"{Path(path).name}: a terrain is exported as .pt (nn.terrain) or as .ts (nn~)")
