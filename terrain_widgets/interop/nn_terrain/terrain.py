"""nn.terrain's checkpoints, read and written: the same network, so the same sound on both sides.

nn.terrain (github.com/jasper-zheng/nn_terrain, ``src/backend``) saves a terrain with libtorch's ``OutputArchive``:
weights under the names that ``Terrain`` has too, the constant 2π, and five sizes. The file does not say in which part
of control space the terrain was drawn; its own examples use ±16 × ±4 or ±8 × ±8 with y growing downward. ``rebounded``
(``interop.rebounding``) carries a terrain to another plane.
"""

from __future__ import annotations

import math
import os
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.terrain.config import TerrainConfig
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.dataset import load_dataset, save_dataset
from terrain_widgets.interop.nn_terrain.rebounding import rebounded
from terrain_widgets.interop.nn_terrain.torch_archive import LARGEST_FILE, read_archive
from terrain_widgets.interop.nn_terrain.torch_archive_writer import ArchivedTensor, ModuleTree, write_archive
from terrain_widgets.io.atomic import replacing

__all__ = ["NN_TERRAIN_BOUNDARY", "load_dataset", "load_terrain", "rebounded", "save_dataset", "save_terrain"]
Array = NDArray[Any]

NN_TERRAIN_BOUNDARY = Boundary(-16.0, -4.0, 16.0, 4.0)
"""The plane of nn.terrain's examples, and the default of its canvas: y grows downward."""

_SIZES = {
    "m_in_dim": "control_dim",
    "m_out_dim": "latent_dim",
    "m_cmax": "network_channel",
    "m_gauss_scale": "gauss_scale",
    "m_mapping_size": "feature_size",
}
_LARGEST_TERRAIN = LARGEST_FILE - 2**20  # leaves room for what a file holds beside its weights


def load_terrain(path: str | os.PathLike[str]) -> Terrain:
    """A terrain that nn.terrain's ``checkpoint`` message saved.

    Nothing in the file is run. Coordinates stay in the file's own control units, nothing is flipped.

    Args:
        path: A ``.pt`` file of nn.terrain.

    Raises:
        ForeignFileError: If the file is missing, too large, damaged, or no terrain.
    """
    name = os.path.basename(os.fspath(path))
    arrays = read_archive(path)
    try:
        config = _config(arrays)
        shapes = config.shapes
        for key, shape in shapes.items():
            if key not in arrays or arrays[key].shape != shape or arrays[key].dtype.kind != "f":
                found = arrays[key].shape if key in arrays else "missing"
                raise ValueError(f"its {key} should be a float table of shape {shape}, and is {found}")
            if not np.isfinite(arrays[key]).all():
                raise ValueError(f"its {key} holds NaN or infinity")
        return Terrain.from_state(MappingState("terrain", asdict(config), {key: arrays[key] for key in shapes}))
    except ValueError as error:
        raise ForeignFileError(f"{name} is no checkpoint of nn.terrain: {error}") from error


def save_terrain(terrain: Terrain, path: str | os.PathLike[str]) -> None:
    """Write a terrain for nn.terrain; an older file of that name stays whole until the new one is.

    nn.terrain's ``new <path>`` message reads it, and so do ``torch.jit.load`` and ``load_terrain``. The plane is not
    in the file: give nn.terrain's canvas the same ``values_boundary``, or use ``rebounded`` first.

    Args:
        terrain: What to write.
        path: Where to; nn.terrain expects ``.pt``.

    Raises:
        ForeignFileError: If the terrain holds NaN or infinity, or is too large.
    """
    arrays = terrain.to_state().arrays
    if sum(values.nbytes for values in arrays.values()) > _LARGEST_TERRAIN:
        raise ForeignFileError(f"{terrain!r} is larger than the {LARGEST_FILE >> 20} MiB that such a file may hold")
    for key, values in arrays.items():
        if not np.isfinite(values).all():
            raise ForeignFileError(f"{key} of this terrain holds NaN or infinity, so it was not written; train again")
    with replacing(path) as temporary, temporary.open("wb") as file:
        write_archive(file, "terrain", _tree(terrain))


def _config(arrays: dict[str, Array]) -> TerrainConfig:
    values: dict[str, Any] = {}
    for key, field in _SIZES.items():
        kind = "f" if key == "m_gauss_scale" else "i"
        if key not in arrays or arrays[key].shape != () or arrays[key].dtype.kind != kind:
            raise ValueError(f"it lacks the number {key}")
        # The shortest decimal that is this float32: 0.12, not 0.11999999731779099, and the same bits when written.
        values[field] = int(arrays[key]) if kind == "i" else float(str(np.float32(arrays[key])))
    return TerrainConfig(**values)


def _tree(terrain: Terrain) -> ModuleTree:
    config, arrays = terrain.config, terrain.to_state().arrays
    tree: ModuleTree = {}
    if config.gauss_scale > 0:
        tree["two_pi"] = ArchivedTensor(np.array(2 * math.pi, np.float32), parameter=False)
        # Drawn as [M, C] and transposed over there, hence strides (1, C).
        tree["B_T"] = ArchivedTensor(np.asfortranarray(arrays["B_T"]), parameter=False)
    for key in config.shapes:
        if key == "B_T":
            continue
        layer, name = key.split(".")
        module = tree.setdefault(layer, {})
        assert isinstance(module, dict)
        module[name] = ArchivedTensor(np.ascontiguousarray(arrays[key], np.float32), trained=True)
    # Above 0 in float32 too: over there 0 says that there are no Fourier features.
    sigma = max(config.gauss_scale, float(np.finfo(np.float32).tiny)) if config.gauss_scale > 0 else 0.0
    for key, field in _SIZES.items():
        number = np.float32(sigma) if key == "m_gauss_scale" else np.int64(getattr(config, field))
        tree[key] = ArchivedTensor(np.array(number))
    return tree
