"""The rectangle of control space that a view shows. Coordinates are never clamped to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Boundary:
    """Edges in control units, as nn.terrain's ``values_boundary``: left, top, right, bottom.

    ``top < bottom`` means that y grows downward, as nn.terrain has it; the default has y up.

    Raises:
        ValueError: If an edge is not finite or two opposite edges coincide.
    """

    left: float = -1.0
    top: float = 1.0
    right: float = 1.0
    bottom: float = -1.0

    def __post_init__(self) -> None:
        if not np.isfinite(self.as_tuple()).all() or self.left == self.right or self.top == self.bottom:
            raise ValueError(
                f"a boundary needs four finite numbers (left, top, right, bottom) that span an area, "
                f"got {self.as_tuple()}"
            )

    def as_tuple(self) -> tuple[float, float, float, float]:
        """``(left, top, right, bottom)``."""
        return (self.left, self.top, self.right, self.bottom)

    def from_unit(self, places: ArrayLike) -> NDArray[np.float64]:
        """Control units for places ``[N, 2]`` in view fractions: (0, 0) is the top left corner, (1, 1) bottom right."""
        unit = np.asarray(places, dtype=np.float64)
        origin, extent = self._origin_and_extent()
        return origin + unit * extent

    def to_unit(self, coordinates: ArrayLike) -> NDArray[np.float64]:
        """View fractions for coordinates ``[N, 2]`` in control units; outside the rectangle they leave 0…1."""
        origin, extent = self._origin_and_extent()
        return (np.asarray(coordinates, dtype=np.float64) - origin) / extent

    def zoomed(self, factor: float, about: ArrayLike = (0.5, 0.5)) -> Boundary:
        """What is seen ``factor`` times as large, while the place ``about``, in view fractions, stays where it is.

        Raises:
            ValueError: If the factor is not above 0 or not finite, or nothing would be left to see.
        """
        if not (np.isfinite(factor) and factor > 0):
            raise ValueError(f"a view is zoomed by a finite factor above 0, got {factor!r}")
        _, extent = self._origin_and_extent()
        fixed = self.from_unit(about)
        left, top = fixed - np.asarray(about, dtype=np.float64) * extent / factor
        right, bottom = np.array([left, top]) + extent / factor
        return Boundary(float(left), float(top), float(right), float(bottom))

    def moved(self, by: ArrayLike) -> Boundary:
        """What is seen after all that is drawn has moved ``by`` view fractions ``[2]``."""
        _, extent = self._origin_and_extent()
        x, y = -np.asarray(by, dtype=np.float64) * extent
        return Boundary(self.left + float(x), self.top + float(y), self.right + float(x), self.bottom + float(y))

    def _origin_and_extent(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        origin = np.array([self.left, self.top])
        return origin, np.array([self.right, self.bottom]) - origin
