"""Cells that fill a rectangle of control space: the places at which a picture is computed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary

FloatArray = NDArray[np.float32]


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
