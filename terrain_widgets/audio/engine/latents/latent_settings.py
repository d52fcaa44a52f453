"""How latents are shaped, as numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.parameters import DEFAULT_LATENT_LIMIT

FloatArray = NDArray[np.float32]


def _vector(value: Any, name: str, dim: int) -> FloatArray:
    vector = np.asarray(value, dtype=np.float32)
    if vector.ndim > 1 or (vector.ndim == 1 and vector.shape[0] not in (1, dim)):
        raise ValueError(f"{name} needs one number or {dim} (one per latent dimension), got shape {vector.shape}")
    if not np.isfinite(vector).all():
        raise ValueError(f"{name} must be finite, got {value!r}")
    return np.broadcast_to(vector, (dim,)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class LatentSettings:
    """How latents are shaped before they are decoded: ``clip(z * scale + offset, low, high)``, then a slew limit.

    Args:
        low: Smallest value per latent dimension ``[D]``.
        high: Largest value per latent dimension ``[D]``.
        scale: Factor ``[D]``.
        offset: Added after the factor ``[D]``.
        slew: Largest change of a latent in units per second; infinity changes nothing.
    """

    low: FloatArray
    high: FloatArray
    scale: FloatArray
    offset: FloatArray
    slew: float = math.inf

    @classmethod
    def of(
        cls,
        dim: int,
        low: ArrayLike = -DEFAULT_LATENT_LIMIT,
        high: ArrayLike = DEFAULT_LATENT_LIMIT,
        scale: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
        slew: float = math.inf,
    ) -> LatentSettings:
        """Settings for D latents from one number or D numbers each.

        Raises:
            ValueError: If shapes disagree, a value is not finite, ``low`` is above ``high``, or the slew limit is not
                above 0.
        """
        lows, highs = _vector(low, "low", dim), _vector(high, "high", dim)
        if (lows > highs).any():
            where = int(np.argmax(lows > highs))
            raise ValueError(
                f"latent range is upside down in dimension {where}: low {lows[where]:g} is above high "
                f"{highs[where]:g}; swap them"
            )
        if not float(slew) > 0.0:
            raise ValueError(f"the slew limit is a number of units per second above 0 (or infinity), got {slew!r}")
        return cls(lows, highs, _vector(scale, "scale", dim), _vector(offset, "offset", dim), float(slew))
