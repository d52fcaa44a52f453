"""What is seen of a terrain as a file: a table, a picture, or nn.terrain's plot."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.interop.nn_terrain.plot import plot_interval, save_plot

TABLE, PICTURE, PLOT = "csv", "png", "json"
KINDS = {
    TABLE: ("Save as CSV", "What is seen, as a table: x, y and every latent of each place"),
    PICTURE: ("Save as PNG", "What is seen, as a picture without axes, one pixel for each place"),
    PLOT: ("Save for nn.terrain", "What is seen, as the JSON that nn.terrain.gui draws (plot_interval)"),
}


def table(grid: NDArray[np.float32], seen: Boundary) -> bytes:
    """CSV of latents ``[H, W, D]``: x, y and all latents of each place, row by row from the top."""
    rows, columns, dim = grid.shape
    across, down = np.meshgrid((np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows)
    places = seen.from_unit(np.stack([across.ravel(), down.ravel()], axis=1))
    lines = np.concatenate([places, grid.reshape(-1, dim)], axis=1)
    header = ",".join(["x", "y", *(f"latent {k}" for k in range(dim))])
    return "\n".join([header, *(",".join(f"{value:.6g}" for value in line) for line in lines)]).encode()


def png(picture: NDArray[np.uint8]) -> bytes:
    """PNG of RGBA ``[H, W, 4]``."""
    memory = io.BytesIO()
    Image.fromarray(picture, "RGBA").save(memory, "png")
    return memory.getvalue()


def plot(mapping: Mapping, seen: Boundary, cells: int, channels: Sequence[int]) -> bytes:
    """nn.terrain's plot of one latent, or of four neighbours (``plot_multi_channel``).

    Raises:
        ValueError: If there are four channels that are no neighbours: nn.terrain has no way to say which.
    """
    first, several = channels[0], len(channels) == 4
    if several and list(channels) != [*range(first, first + 4)]:
        named = ", ".join(map(str, channels))
        raise ValueError(f"nn.terrain plots four neighbouring latents, not {named}; type one number, or four in a row")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terrain.json"
        save_plot(plot_interval(mapping, seen, cells, cells), path, first, several)
        return path.read_bytes()
