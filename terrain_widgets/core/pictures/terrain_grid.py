"""A terrain on a grid, several times as fast as one place after the other: rows and columns do the waves' work."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from terrain_widgets.core.pictures.grid import Grid
from terrain_widgets.core.terrain.terrain import Terrain

_WIDEST = 4096  # cells of one row that are computed at once
_MOST_NODES = 16_384  # bounds memory
_ROWS_AT_ONCE, _MOST_OF_ROWS = 256, 2**21  # with fewer rows the product costs twice as much; and bounds memory
_TOLERANCE = 5e-7
_WORTH = 0.8  # interpolating costs less than its multiplications say no more than this often

#: Writes the first layer's sums ``[rows, W, width]`` of rows ``first`` to before ``last`` into a tensor.
FirstLayer = Callable[[int, int, Tensor], None]


def is_separable(terrain: Terrain, grid: Grid) -> bool:
    """Whether ``fill_rows`` can sample this terrain: it has Fourier features, and lives where numpy can see it."""
    return terrain.config.gauss_scale > 0 and terrain.fc_out.weight.device.type == "cpu" and grid.width <= _WIDEST


def fill_rows(terrain: Terrain, grid: Grid, step: int, latents: NDArray[np.float32]) -> Iterator[None]:
    """Write latents ``[H, W, D]``, so many rows for each ``next``."""
    with torch.no_grad():
        waves = _Waves.of(terrain, grid)
        first_layer = _interpolated(waves, grid) or _separated(waves, grid)
    table = torch.from_numpy(latents).view(-1, terrain.latent_dim)
    layers = [(layer.weight.detach().T, layer.bias.detach()) for layer in terrain.layers[1:]]
    slopes = [float(slope.weight.detach()) for slope in terrain.slopes]
    # Two tables in turn: fresh memory for each layer costs as much as a third of the layer.
    both = torch.empty(2, min(step, grid.height) * grid.width, terrain.config.network_channel)
    for first in range(0, grid.height, step):
        last = min(first + step, grid.height)
        cells = (last - first) * grid.width
        hidden, spare = both[0, :cells], both[1, :cells]
        with torch.no_grad():
            first_layer(first, last, hidden.view(last - first, grid.width, -1))
            torch.nn.functional.leaky_relu_(hidden, slopes[0])
            for (weight, bias), slope in zip(layers[:-1], slopes[1:], strict=True):
                torch.addmm(bias, hidden, weight, out=spare)
                hidden, spare = torch.nn.functional.leaky_relu_(spare, slope), hidden
            weight, bias = layers[-1]
            # D rows of many cells: as many rows of D cells cost twice as much.
            found = torch.mm(weight.T, hidden.T).T
            torch.add(found, bias, out=table[first * grid.width : last * grid.width])
        yield


@dataclass(frozen=True)
class _Waves:
    """The first layer as seen from the middle of the grid: ``sin(a + b) · sine + cos(a + b) · cosine + bias``.

    a and b are what a place's distance from the middle, across and down, adds to each wave's phase. The middle's own
    phase φ is turned into the weights, by sin(p + φ) and cos(p + φ), in double precision.

    Args:
        across: Radians per control unit across, ``[M]``, double.
        down: Likewise down.
        middle: Where a and b are 0, in control units across and down.
        sine: Weights ``[M, width]`` of sin(a + b).
        cosine: Weights of cos(a + b).
        bias: ``[width]``.
    """

    across: Tensor
    down: Tensor
    middle: tuple[float, float]
    sine: Tensor
    cosine: Tensor
    bias: Tensor

    @classmethod
    def of(cls, terrain: Terrain, grid: Grid) -> _Waves:
        edges, layer = grid.boundary, terrain.layers[0]
        middle = ((edges.left + edges.right) / 2, (edges.top + edges.bottom) / 2)
        place = np.array(grid.at)
        place[list(grid.axes)] = middle
        frequencies = 2 * math.pi * terrain.B_T.double()
        phase = (torch.from_numpy(place) @ frequencies)[:, None]
        sine, cosine = layer.weight.double().T.split(terrain.config.feature_size)
        return cls(
            frequencies[grid.axes[0]],
            frequencies[grid.axes[1]],
            middle,
            (phase.cos() * sine - phase.sin() * cosine).float(),
            (phase.sin() * sine + phase.cos() * cosine).float(),
            layer.bias.detach(),
        )

    def phases(self, across: NDArray[np.float64], down: NDArray[np.float64]) -> tuple[Tensor, Tensor]:
        """a ``[·, M]`` of columns and b ``[·, M]`` of rows at these control units."""
        a = torch.from_numpy(across - self.middle[0])[:, None] * self.across
        b = torch.from_numpy(down - self.middle[1])[:, None] * self.down
        return a.float(), b.float()


def _separated(waves: _Waves, grid: Grid) -> FirstLayer:
    """Sine and cosine of rows and columns alone, by sin(a + b) and cos(a + b)."""
    a, b = waves.phases(grid.across, grid.down)
    sin_a, cos_a, sin_b, cos_b = a.sin(), a.cos(), b.sin(), b.cos()
    weight, count = torch.cat([waves.sine, waves.cosine]), a.shape[1]
    spare = torch.empty(0)

    def sums(first: int, last: int, out: Tensor) -> None:
        nonlocal spare
        if len(spare) != last - first:
            spare = torch.empty(last - first, grid.width, 2 * count)
        for row, features in zip(range(first, last), spare, strict=True):
            sine, cosine = features[:, :count], features[:, count:]
            torch.mul(sin_a, cos_b[row], out=sine).addcmul_(cos_a, sin_b[row])
            torch.mul(cos_a, cos_b[row], out=cosine).addcmul_(sin_a, sin_b[row], value=-1.0)
        torch.addmm(waves.bias, spare.view(-1, 2 * count), weight, out=out.view(-1, out.shape[-1]))

    return sums


def _interpolated(waves: _Waves, grid: Grid) -> FirstLayer | None:
    """The first layer's sums from those at few places, or ``None`` where that would cost more.

    Each sum is made of waves no faster than the highest frequency, so along an axis it is a polynomial through its
    values at a few more Chebyshev points than there are radians in half the width; to 5e-7 (the Chebyshev coefficients
    of exp(iωx) are Bessel functions J_n(ω), at most (eω/2n)ⁿ / √2πn: Trefethen 2013, "Approximation Theory and
    Approximation Practice", §8; barycentric weights §5).
    """
    edges = grid.boundary
    n = _nodes(float(waves.across.abs().max()) * abs(edges.right - edges.left) / 2)
    m = _nodes(float(waves.down.abs().max()) * abs(edges.top - edges.bottom) / 2)
    cells, (count, width) = grid.width * grid.height, waves.sine.shape
    if n * m > _MOST_NODES or n * m * count + grid.height * m * n + cells * n > _WORTH * cells * 2 * count:
        return None
    node_x, at_columns = _chebyshev(n, edges.left, edges.right, grid.across)
    node_y, at_rows = _chebyshev(m, edges.top, edges.bottom, grid.down)
    known = _at_nodes(waves, node_x, node_y).view(m, n * width)
    block = min(grid.height, max(1, min(_ROWS_AT_ONCE, _MOST_OF_ROWS // (n * width))))
    of_rows, begins = torch.empty(block, n * width), -block

    def sums(first: int, last: int, out: Tensor) -> None:
        nonlocal begins
        while first < last:
            if not begins <= first < begins + block:
                begins = first
                rows = at_rows[begins : begins + block]
                torch.mm(rows, known, out=of_rows[: len(rows)])
            until = min(last, begins + block)
            ready = of_rows[first - begins : until - begins].view(until - first, n, width)
            # Not matmul, which copies the one matrix for each row and is three times as slow.
            torch.bmm(at_columns.expand(until - first, -1, -1), ready, out=out[: until - first])
            out, first = out[until - first :], until

    return sums


def _at_nodes(waves: _Waves, across: NDArray[np.float64], down: NDArray[np.float64]) -> Tensor:
    """The first layer's sums ``[m, n, width]`` at places that lie mirrored about the middle, both even in number.

    Of the four parts of sin(a + b) and cos(a + b) each is even or odd along each axis, so a quarter of the places is
    enough.
    """
    n, m = len(across) // 2, len(down) // 2
    a, b = waves.phases(across[:n], down[:m])
    sin_a, cos_a, sin_b, cos_b = a.sin(), a.cos(), b.sin(), b.cos()

    def part(of_rows: Tensor, of_columns: Tensor, weight: Tensor) -> Tensor:
        products: Tensor = (of_rows[:, None] * of_columns[None]).view(n * m, -1) @ weight
        return products.view(m, n, -1)

    even, odd = part(cos_b, cos_a, waves.cosine) + waves.bias, part(sin_b, sin_a, -waves.cosine)
    odd_across, odd_down = part(cos_b, sin_a, waves.sine), part(sin_b, cos_a, waves.sine)
    sums = torch.empty(2 * m, 2 * n, waves.sine.shape[1])
    here, there = even + odd, even - odd
    sums[:m, :n] = here + odd_across + odd_down
    sums[m:, n:] = (here - odd_across - odd_down).flip(0, 1)
    sums[:m, n:] = (there - odd_across + odd_down).flip(1)
    sums[m:, :n] = (there + odd_across - odd_down).flip(0)
    return sums


def _nodes(radians: float) -> int:
    """How many Chebyshev points, an even number, know a wave of so many radians in half the interval."""
    n = 4
    while n * (1 + math.log(max(radians, 1e-9) / (2 * n))) - 0.5 * math.log(2 * math.pi * n) > math.log(_TOLERANCE):
        n += 2 if n < 256 else n // 32 * 2
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
