"""Latents of a mapping on a grid of places: the terrain as a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.grid import Grid

FloatArray = NDArray[np.float32]
_CELLS_AT_ONCE = 2048  # bounds memory, and what a layer needs stays in the processor's cache


def _never() -> bool:
    return False


def sample_grid(
    mapping: Mapping,
    boundary: Boundary,
    width: int,
    height: int,
    *,
    axes: tuple[int, int] = (0, 1),
    at: ArrayLike | None = None,
    should_stop: Callable[[], bool] = _never,
) -> FloatArray:
    """Latents ``[H, W, D]`` at the centres of a grid of cells that fills the boundary; row 0 is its top.

    Memory beyond the result is bounded, whatever the size. (nn.terrain samples each cell at its left top corner, so its
    right and bottom edges are never reached.)

    Args:
        mapping: A ``Terrain`` is sampled several times as fast as one place after the other.
        boundary: Edges along the two axes that are shown.
        width: Cells across.
        height: Cells down.
        axes: Which control dimensions run across and down.
        at: Coordinates ``[C]`` of the slice through the other dimensions; needed where there are others.
        should_stop: Asked about a hundred times a second; what is not sampled by then is NaN.

    Raises:
        ValueError: If the mapping is not of two control dimensions and no ``at`` tells where the slice is, or the grid
            has no cells.
    """
    if at is None and mapping.control_dim != 2:
        raise ValueError(
            f"a heatmap needs a plane: this mapping has {mapping.control_dim} control dimensions, not 2; say with "
            f"axes= and at= which slice to show"
        )
    where = np.zeros(2) if at is None else np.asarray(at, dtype=np.float64)
    if where.shape != (mapping.control_dim,):
        raise ValueError(f"at needs {mapping.control_dim} coordinates, one per control dimension, got {where.tolist()}")
    grid = Grid(boundary, int(width), int(height), axes, tuple(float(x) for x in where))
    latents = np.empty((grid.height, grid.width, mapping.latent_dim), dtype=np.float32)
    step = max(1, _CELLS_AT_ONCE // grid.width)
    parts = _parts(mapping, grid, step, latents)
    for first in range(0, grid.height, step):
        if should_stop():
            latents[first:] = np.nan
            break
        next(parts)
    return latents


def sample_progressively(
    mapping: Mapping,
    boundary: Boundary,
    width: int,
    height: int,
    *,
    coarse: int = 64,
    axes: tuple[int, int] = (0, 1),
    at: ArrayLike | None = None,
    should_stop: Callable[[], bool] = _never,
) -> Iterator[FloatArray]:
    """The same grid coarse at once and finer after, each ``[h, w, D]``, the last one ``[H, W, D]``.

    Args:
        mapping: What to sample.
        boundary: Edges along the two axes that are shown.
        width: Cells across.
        height: Cells down.
        coarse: Cells of the first one along the longer side; each next one has four times as many.
        axes: Which control dimensions run across and down.
        at: Coordinates ``[C]`` of the slice through the other dimensions.
        should_stop: When it says yes nothing more is yielded.
    """
    cells = min(coarse, max(width, height))
    while True:
        share = min(1.0, cells / max(width, height))
        size = (max(1, round(width * share)), max(1, round(height * share)))
        latents = sample_grid(mapping, boundary, *size, axes=axes, at=at, should_stop=should_stop)
        if should_stop():
            return
        yield latents
        if share == 1.0:
            return
        cells *= 4


def sample_line(mapping: Mapping, axis: int, low: float, high: float, count: int, at: ArrayLike) -> FloatArray:
    """Latents ``[count, D]`` along one axis, both ends included: a slice of any mapping.

    Args:
        mapping: What to sample.
        axis: Which control dimension moves.
        low: Its first value in control units.
        high: Its last.
        count: How many places.
        at: Coordinates ``[C]``; that of ``axis`` is not used.

    Raises:
        ValueError: If there is no such axis, no place, or ``at`` is not of the mapping's dimensions.
    """
    where = np.asarray(at, dtype=np.float64)
    if where.shape != (mapping.control_dim,) or not 0 <= axis < mapping.control_dim or count < 1:
        raise ValueError(
            f"a slice needs one of {mapping.control_dim} axes, as many coordinates and at least one place; got axis "
            f"{axis}, at {where.tolist()}, count {count}"
        )
    places = np.repeat(where[None], count, axis=0)
    places[:, axis] = np.linspace(low, high, count)
    latents: FloatArray = np.asarray(mapping(places.astype(np.float32)))
    return latents


def _parts(mapping: Mapping, grid: Grid, step: int, latents: FloatArray) -> Iterator[None]:
    """Writes ``step`` rows of latents for each ``next``, in the fastest way there is for the mapping."""
    # Here, as it brings torch: a picture is wanted only once there is a mapping.
    from terrain_widgets.core.pictures.terrain_grid import fill_rows, is_separable
    from terrain_widgets.core.terrain.terrain import Terrain

    if isinstance(mapping, Terrain) and is_separable(mapping, grid):
        return fill_rows(mapping, grid, step, latents)
    return _fill_rows(mapping, grid, step, latents)


def _fill_rows(mapping: Mapping, grid: Grid, step: int, latents: FloatArray) -> Iterator[None]:
    for first in range(0, grid.height, step):
        places = grid.places(first, first + step)
        parts = range(0, len(places), _CELLS_AT_ONCE)  # more than one where a single row is longer than that
        found = [np.asarray(mapping(places[k : k + _CELLS_AT_ONCE])) for k in parts]
        latents[first : first + step] = np.concatenate(found).reshape(-1, grid.width, mapping.latent_dim)
        yield
