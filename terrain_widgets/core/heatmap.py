"""A mapping seen from above: its latents on a grid, and pictures of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]
Picture = NDArray[np.uint8]
_ROWS_AT_ONCE = 8192  # bounds memory: about 20 MB of features at the default feature_size


def sample_grid(mapping: Mapping, boundary: Boundary, width: int, height: int) -> FloatArray:
    """Latents ``[H, W, D]`` at the centres of a grid of cells that fills the boundary; row 0 is its top.

    (nn.terrain samples each cell at its left top corner, so its right and bottom edges are never reached.)

    Raises:
        ValueError: If the mapping is not of two control dimensions or the grid has no cells.
    """
    if mapping.control_dim != 2:
        raise ValueError(f"a heatmap needs a plane: this mapping has {mapping.control_dim} control dimensions, not 2")
    if width < 1 or height < 1:
        raise ValueError(f"a heatmap needs at least one cell each way, got {width} × {height}")
    across = (np.arange(width) + 0.5) / width
    down = (np.arange(height) + 0.5) / height
    unit = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
    places = boundary.from_unit(unit).astype(np.float32)
    parts = [mapping(places[start : start + _ROWS_AT_ONCE]) for start in range(0, len(places), _ROWS_AT_ONCE)]
    return np.concatenate(parts).reshape(height, width, mapping.latent_dim)


def shade_channel(
    grid: FloatArray, channel: int, palette: Picture, limits: tuple[float, float] | None = None
) -> tuple[Picture, tuple[float, float]]:
    """One latent channel as a picture.

    Args:
        grid: Latents ``[H, W, D]``.
        channel: Which of the D to show.
        palette: Colours ``[K, 3]`` from low to high.
        limits: Values of the first and the last colour; by default the lowest and highest of the picture.

    Returns:
        RGBA ``[H, W, 4]`` and the limits used. What is not finite is transparent.
    """
    values = grid[..., channel]
    finite = np.isfinite(values)
    if limits is None:
        limits = (float(values[finite].min()), float(values[finite].max())) if finite.any() else (0.0, 1.0)
    low, high = limits
    scaled = np.where(finite, (values - low) / max(high - low, 1e-9), 0.0).clip(0.0, 1.0)
    index = np.round(scaled * (len(palette) - 1)).astype(np.intp)
    picture = np.empty((*values.shape, 4), dtype=np.uint8)
    picture[..., :3] = palette[index]
    picture[..., 3] = np.where(finite, 255, 0)
    return picture, (float(low), float(high))


def shade_all(grid: FloatArray, reference: FloatArray | None = None) -> Picture:
    """All latents at once as RGBA ``[H, W, 4]``: their three strongest directions as red, green and blue.

    Args:
        grid: Latents ``[H, W, D]``.
        reference: Latents ``[N, D]`` that fix directions and scale, so that colours keep their meaning while a
            terrain is trained; by default the grid itself.
    """
    flat = np.nan_to_num(grid.reshape(-1, grid.shape[-1]).astype(np.float64))
    basis = flat if reference is None else np.asarray(reference, dtype=np.float64)
    centre = basis.mean(axis=0)
    _, _, directions = np.linalg.svd(basis - centre, full_matrices=False)
    directions = directions[:3]
    directions *= np.where(directions.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)  # a sign that does not flicker
    spread = np.maximum(((basis - centre) @ directions.T).std(axis=0), 1e-6)
    colour = 0.5 + ((flat - centre) @ directions.T) / (4.0 * spread)
    picture = np.full((*grid.shape[:2], 4), 255, dtype=np.uint8)
    levels = np.round(colour.clip(0.0, 1.0) * 255).astype(np.uint8).reshape(*grid.shape[:2], -1)
    picture[..., :3] = 128
    picture[..., : levels.shape[-1]] = levels
    return picture
