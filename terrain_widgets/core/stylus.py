"""What a pen's pressure does while it plays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class StylusMapping:
    """Pressure as loudness, as a place along one control dimension, or as nothing.

    Args:
        pressure_to: ``"nothing"``, ``"gain"``, or the number of a control dimension, from 0.
        low: Control units at no pressure, where it goes to a dimension.
        high: Control units at full pressure.

    Raises:
        ValueError: If ``pressure_to`` is something else, or an end is not finite.
    """

    pressure_to: Literal["nothing", "gain"] | int = "gain"
    low: float = -1.0
    high: float = 1.0

    def __post_init__(self) -> None:
        named = self.pressure_to in ("nothing", "gain")
        if not named and not (isinstance(self.pressure_to, int) and self.pressure_to >= 0):
            raise ValueError(
                f"pressure goes to “nothing”, “gain” or a dimension counted from 0, not to {self.pressure_to!r}"
            )
        if not (np.isfinite(self.low) and np.isfinite(self.high)):
            raise ValueError(f"pressure needs two finite ends, got {self.low!r} and {self.high!r}")

    def __call__(self, place: ArrayLike, pressure: float, control_dim: int = 2) -> tuple[NDArray[np.float64], float]:
        """Coordinates ``[C]`` and gain 0…1 for a place ``[2]`` on the plane.

        Args:
            place: First two coordinates.
            pressure: 0…1.
            control_dim: C; dimensions that neither the plane nor the pressure gives are 0.
        """
        own = np.asarray(place, dtype=np.float64)
        coordinates = np.zeros(max(len(own), control_dim))
        coordinates[: len(own)] = own
        force = float(np.clip(pressure, 0.0, 1.0))
        if isinstance(self.pressure_to, int) and self.pressure_to < len(coordinates):
            coordinates[self.pressure_to] = self.low + force * (self.high - self.low)
        return coordinates, force if self.pressure_to == "gain" else 1.0
