"""One slider for each latent: set, locked, shaken at random, zeroed. Every change gives a new set of sliders."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.parameter import Number

LATENT_RANGE = 3.0  # of a slider, either way; most codecs' latents have a standard deviation near 1
TEMPERATURE = Number(
    "temperature", 1.0, 0.0, 10.0, description="Standard deviation of random latents; 0 is the middle of them all."
)


@dataclass(frozen=True, eq=False)
class LatentSliders:
    """Where the sliders stand.

    Args:
        values: Latents ``[D]``, kept within ±3.
        locked: Sliders that neither chance nor zero moves, ``[D]`` booleans; by default none.

    Raises:
        ValueError: If values are no finite vector, or there are more or fewer locks than sliders.
    """

    values: NDArray[np.float32]
    locked: NDArray[np.bool_]

    def __init__(self, values: ArrayLike, locked: ArrayLike | None = None) -> None:
        table = np.array(values, dtype=np.float32)
        locks = np.zeros(table.shape, bool) if locked is None else np.array(locked, dtype=bool)
        if table.ndim != 1 or not np.isfinite(table).all() or locks.shape != table.shape:
            raise ValueError(
                f"sliders need one finite number and one lock for each latent, got shapes {table.shape}, {locks.shape}"
            )
        table = table.clip(-LATENT_RANGE, LATENT_RANGE)
        for name, array in (("values", table), ("locked", locks)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def centred(cls, latent_dim: int) -> LatentSliders:
        """All at zero, none locked."""
        return cls(np.zeros(latent_dim))

    def moved(self, index: int, value: float) -> LatentSliders:
        """One slider elsewhere. A lock is against chance, not against the hand.

        Raises:
            IndexError: If there is no such slider.
        """
        values = self.values.copy()
        values[self._checked(index)] = value
        return LatentSliders(values, self.locked)

    def locked_at(self, index: int, lock: bool = True) -> LatentSliders:
        """One slider locked, or free again.

        Raises:
            IndexError: If there is no such slider.
        """
        locks = self.locked.copy()
        locks[self._checked(index)] = lock
        return LatentSliders(self.values, locks)

    def randomised(self, seed: int, temperature: float = TEMPERATURE.default) -> LatentSliders:
        """Free sliders drawn from a normal distribution around zero, with ``temperature`` as standard deviation.

        A slider's draw depends on the seed and its own number, not on which others are locked.

        Raises:
            ValueError: If the temperature is out of range.
        """
        drawn = np.random.default_rng(seed).standard_normal(len(self.values)) * TEMPERATURE.check(temperature)
        return LatentSliders(np.where(self.locked, self.values, drawn), self.locked)

    def zeroed(self) -> LatentSliders:
        """Free sliders at zero."""
        return LatentSliders(np.where(self.locked, self.values, 0.0), self.locked)

    def _checked(self, index: int) -> int:
        if not 0 <= index < len(self.values):
            raise IndexError(f"there are sliders 0 to {len(self.values) - 1}, not {index}")
        return index
