"""Latents of a mapping on a grid of places: the terrain as a table."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.terrain import Terrain

FloatArray = NDArray[np.float32]
_CELLS_AT_ONCE = 4096  # bounds memory, and what a layer needs stays in the processor's cache
_MOST_NODES = 16_384  # bounds memory too
_TOLERANCE = 5e-7
_NO_STOP: Callable[[], bool] = lambda: False  # noqa: E731


@dataclass(frozen=True)
class Grid:
    """Places at the centres of cells that fill a rectangle of control space; row 0 is the boundary's top.

    Args:
        boundary: Edges along the two shown axes.
        width: Cells across.
        height: Cells down.
        axes: Which of the C control dimensions run across and down.
        at: Coordinates ``[C]`` of all places in the dimensions that are not shown.

    Raises:
        ValueError: If there are no cells, or axes and ``at`` do not fit together.
    """

    boundary: Boundary
    width: int
    height: int
    axes: tuple[int, int] = (0, 1)
    at: tuple[float, ...] = (0.0, 0.0)

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"a heatmap needs at least one cell each way, got {self.width} × {self.height}")
        dims = len(self.at)
        if self.axes[0] == self.axes[1] or not all(0 <= axis < dims for axis in self.axes):
            raise ValueError(f"axes must be two different ones of the {dims} control dimensions, got {self.axes}")

    @property
    def across(self) -> NDArray[np.float64]:
        """Control units of the columns, ``[W]``."""
        edges = self.boundary
        return edges.left + (np.arange(self.width) + 0.5) / self.width * (edges.right - edges.left)

    @property
    def down(self) -> NDArray[np.float64]:
        """Control units of the rows, ``[H]``."""
        edges = self.boundary
        return edges.top + (np.arange(self.height) + 0.5) / self.height * (edges.bottom - edges.top)

    def places(self, first: int = 0, last: int | None = None) -> FloatArray:
        """Coordinates ``[rows · W, C]`` of the rows from ``first`` to before ``last``."""
        down = self.down[first:last]
        places = np.empty((len(down), self.width, len(self.at)), dtype=np.float32)
        places[:] = self.at
        places[..., self.axes[0]] = self.across
        places[..., self.axes[1]] = down[:, None]
        return places.reshape(-1, len(self.at))


def sample_grid(
    mapping: Mapping,
    boundary: Boundary,
    width: int,
    height: int,
    *,
    axes: tuple[int, int] = (0, 1),
    at: ArrayLike | None = None,
    should_stop: Callable[[], bool] = _NO_STOP,
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
    latents = np.full((grid.height, grid.width, mapping.latent_dim), np.nan, dtype=np.float32)
    step = max(1, _CELLS_AT_ONCE // grid.width)
    rows = _terrain_rows(mapping, grid, step) if isinstance(mapping, Terrain) else _mapping_rows(mapping, grid, step)
    for first in range(0, grid.height, step):
        if should_stop():
            break
        latents[first : first + step] = next(rows).reshape(-1, grid.width, mapping.latent_dim)
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
    should_stop: Callable[[], bool] = _NO_STOP,
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


def _mapping_rows(mapping: Mapping, grid: Grid, step: int) -> Iterator[FloatArray]:
    for first in range(0, grid.height, step):
        places = grid.places(first, first + step)
        parts = range(0, len(places), _CELLS_AT_ONCE)  # more than one where a single row is longer than that
        yield np.concatenate([np.asarray(mapping(places[k : k + _CELLS_AT_ONCE])) for k in parts])


def _terrain_rows(terrain: Terrain, grid: Grid, step: int) -> Iterator[FloatArray]:
    """Rows ``[step · W, D]``, the first layer by whichever way costs least."""
    before = terrain.layers[0].weight
    if terrain.config.gauss_scale == 0 or before.device.type != "cpu" or grid.width > _CELLS_AT_ONCE:
        yield from _mapping_rows(terrain, grid, step)
        return
    first_layer = _interpolated(terrain, grid) or _separated(terrain, grid)
    slopes = [float(slope.weight.detach()) for slope in terrain.slopes]
    spare = torch.empty(0)
    for first in range(0, grid.height, step):
        with torch.no_grad():
            hidden = torch.nn.functional.leaky_relu_(first_layer(first, min(first + step, grid.height)), slopes[0])
            if spare.shape != hidden.shape:
                spare = torch.empty_like(hidden)
            for layer, slope in zip(terrain.layers[1:-1], slopes[1:], strict=True):
                # Two tables in turn: fresh memory for each layer costs as much as a third of the layer.
                torch.addmm(layer.bias, hidden, layer.weight.T, out=spare)
                hidden, spare = torch.nn.functional.leaky_relu_(spare, slope), hidden
            yield terrain.layers[-1](hidden).numpy()


def _separated(terrain: Terrain, grid: Grid) -> Callable[[int, int], Tensor]:
    """The first layer's sums: sine and cosine of rows and columns alone, by sin(a + b) and cos(a + b)."""
    return _sums(terrain, *_phases(terrain, grid, grid.across, grid.down))


def _sums(terrain: Terrain, columns: Tensor, rows: Tensor) -> Callable[[int, int], Tensor]:
    """The first layer's sums where columns ``[W, M]`` and rows ``[H, M]`` add these phases: ``[rows · W, width]``."""
    sin_a, cos_a, sin_b, cos_b = columns.sin(), columns.cos(), rows.sin(), rows.cos()
    layer = terrain.layers[0]

    def sums(first: int, last: int) -> Tensor:
        features = torch.empty(last - first, len(columns), 2, columns.shape[1])
        for row in range(first, last):
            sine, cosine = features[row - first, :, 0], features[row - first, :, 1]
            torch.mul(sin_a, cos_b[row], out=sine).addcmul_(cos_a, sin_b[row])
            torch.mul(cos_a, cos_b[row], out=cosine).addcmul_(sin_a, sin_b[row], value=-1.0)
        total: Tensor = layer(features.view(-1, 2 * columns.shape[1]))
        return total

    return sums


def _interpolated(terrain: Terrain, grid: Grid) -> Callable[[int, int], Tensor] | None:
    """The first layer's sums from those at few places, or ``None`` where that would cost more.

    Each sum is made of waves no faster than the highest frequency, so along an axis it is a polynomial through its
    values at a few more Chebyshev points than there are radians in half the width; to 5e-7 (the Chebyshev coefficients
    of exp(iωx) are Bessel functions J_n(ω), at most (eω/2n)ⁿ / √2πn: Trefethen 2013, "Approximation Theory and
    Approximation Practice", §8; barycentric weights §5).
    """
    fastest = 2 * math.pi * terrain.B_T.abs().amax(dim=1)
    edges = grid.boundary
    across, down = grid.axes
    n = _nodes(float(fastest[across]) * abs(edges.right - edges.left) / 2)
    m = _nodes(float(fastest[down]) * abs(edges.top - edges.bottom) / 2)
    cells, features = grid.width * grid.height, 2 * terrain.config.feature_size
    if n * m > _MOST_NODES or n * m * features + grid.height * m * n + cells * n > 0.6 * cells * features:
        return None
    node_x, at_columns = _chebyshev(n, edges.left, edges.right, grid.across)
    node_y, at_rows = _chebyshev(m, edges.top, edges.bottom, grid.down)
    at_nodes = _sums(terrain, *_phases(terrain, grid, node_x, node_y))
    with torch.no_grad():
        step = max(1, _CELLS_AT_ONCE // n)
        known = torch.cat([at_nodes(row, min(row + step, m)) for row in range(0, m, step)])
    known, width = known.view(m, -1), known.shape[1]

    def sums(first: int, last: int) -> Tensor:
        of_rows = (at_rows[first:last] @ known).view(last - first, n, width)
        # Not matmul, which copies the one matrix for each row and is three times as slow.
        return torch.bmm(at_columns.expand(last - first, -1, -1), of_rows).view(-1, width)

    return sums


def _phases(
    terrain: Terrain, grid: Grid, across: NDArray[np.float64], down: NDArray[np.float64]
) -> tuple[Tensor, Tensor]:
    """What columns ``[·, M]`` and rows ``[·, M]`` add to a place's phases; the fixed coordinates are with the rows."""
    frequencies = 2 * math.pi * terrain.B_T.double()
    fixed = np.array(grid.at)
    fixed[list(grid.axes)] = 0.0
    columns = torch.from_numpy(across)[:, None] * frequencies[grid.axes[0]]
    rows = torch.from_numpy(down)[:, None] * frequencies[grid.axes[1]] + torch.from_numpy(fixed) @ frequencies
    return columns.float(), rows.float()


def _nodes(radians: float) -> int:
    """How many Chebyshev points know a wave of so many radians in half the interval."""
    n = 4
    while n * (1 + math.log(max(radians, 1e-9) / (2 * n))) - 0.5 * math.log(2 * math.pi * n) > math.log(_TOLERANCE):
        n += 1 if n < 256 else n // 16
    return n


def _chebyshev(n: int, start: float, end: float, places: NDArray[np.float64]) -> tuple[NDArray[np.float64], Tensor]:
    """``n`` Chebyshev points of the first kind, and the matrix ``[len(places), n]`` from values there to places."""
    angles = (np.arange(n) + 0.5) * math.pi / n
    nodes = np.cos(angles)
    weights = np.where(np.arange(n) % 2 == 0, 1.0, -1.0) * np.sin(angles)
    apart = (2 * (places - start) / (end - start) - 1)[:, None] - nodes
    exact = np.abs(apart) < 1e-14
    terms = weights / np.where(exact, 1.0, apart)
    matrix = terms / terms.sum(axis=1, keepdims=True)
    matrix[exact.any(axis=1)] = exact[exact.any(axis=1)]
    return (nodes + 1) / 2 * (end - start) + start, torch.from_numpy(matrix.astype(np.float32))
