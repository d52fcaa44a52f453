"""Where a hand is, or was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class HandPosition:
    """Where the hand is.

    Args:
        place: ``[C]`` in control units where it is, or was down last; ``None`` before it ever was.
        down: Whether it sounds.
        pressure: 0..1.
        played: Whether a page that felt it plays it by itself.
    """

    place: NDArray[np.float64] | None = None
    down: bool = False
    pressure: float = 1.0
    played: bool = False

    @property
    def place_or_origin(self) -> NDArray[np.float64]:
        """The place, or the middle of a plane."""
        return np.zeros(2) if self.place is None else self.place
