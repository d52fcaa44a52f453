"""nn.terrain's plots as JSON: what ``plot_interval`` sends to its canvas.

One latent channel is ``{"terrain": {"0": [row 0…], "1": …}}``; four of them (``plot_multi_channel``) are
``{"terrain": {"0": {"0": [row 0 of the first…], …, "3": […]}, …}}``. Row 0 lies at the boundary's top.
"""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.heatmap import sample_grid
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.json_table import column, listed, numbered, read_json, write_json

FloatArray = NDArray[np.float32]

_MULTI_CHANNEL = 4


def plot_interval(mapping: Mapping, boundary: Boundary, width: int, height: int) -> FloatArray:
    """Latents ``[H, W, D]`` where nn.terrain's message of that name samples: at each cell's left top corner.

    Its right and bottom edges are therefore never reached (``sample_grid`` samples the cells' centres).

    Raises:
        ValueError: As ``sample_grid``.
    """
    if width < 1 or height < 1:
        return sample_grid(mapping, boundary, width, height)
    left, top, right, bottom = boundary.as_tuple()
    across, down = (right - left) / (2 * width), (bottom - top) / (2 * height)
    return sample_grid(mapping, Boundary(left - across, top - down, right - across, bottom - down), width, height)


def save_plot(grid: FloatArray, path: str | os.PathLike[str], channel: int = 0, multi_channel: bool = False) -> None:
    """Write a picture of a terrain for nn.terrain's canvas.

    Args:
        grid: Latents ``[H, W, D]``.
        path: Where to.
        channel: Which latent; with ``multi_channel`` the first of four.
        multi_channel: Whether to write four neighbouring latents: brightness, red, green and blue over there.

    Raises:
        ValueError: If the grid has no such channels, or holds NaN or infinity.
    """
    count = _MULTI_CHANNEL if multi_channel else 1
    if grid.ndim != 3 or 0 in grid.shape or not 0 <= channel <= grid.shape[2] - count:
        raise ValueError(f"a grid [H, W, D] of shape {grid.shape} has no channels {channel} to {channel + count - 1}")
    if not np.isfinite(grid[..., channel : channel + count]).all():
        raise ValueError("this grid holds NaN or infinity, which JSON cannot say; train the terrain again")
    if multi_channel:
        rows: list[object] = [{str(k): listed(row[:, channel + k]) for k in range(count)} for row in grid]
    else:
        rows = [listed(row[:, channel]) for row in grid]
    write_json(path, {"terrain": {str(y): row for y, row in enumerate(rows)}})


def load_plot(path: str | os.PathLike[str]) -> FloatArray:
    """A picture that nn.terrain sampled, ``[H, W, 1]`` or, of four channels, ``[H, W, 4]``.

    Raises:
        ForeignFileError: If the file is missing, too large or damaged, or its rows differ in length.
    """
    content = read_json(path)
    name = os.path.basename(os.fspath(path))
    if "terrain" not in content:
        raise ForeignFileError(f"{name} holds no 'terrain'")
    rows = []
    for y, row in enumerate(numbered(content["terrain"], 0, "terrain")):
        channels = numbered(row, 0, f"row {y}") if isinstance(row, dict) else [row]
        rows.append([column(values, f"row {y}") for values in channels])
    shapes = {(len(row), *(len(values) for values in row)) for row in rows}
    # One shape: as many channels in every row, all of one length above 0.
    if len(shapes) != 1 or (shape := shapes.pop())[0] not in (1, _MULTI_CHANNEL) or len(set(shape[1:])) != 1:
        raise ForeignFileError(f"the rows of {name} should be equally long, of one or {_MULTI_CHANNEL} channels")
    if shape[1] == 0:
        raise ForeignFileError(f"the rows of {name} are empty")
    return np.array(rows, dtype=np.float32).transpose(0, 2, 1).copy()
