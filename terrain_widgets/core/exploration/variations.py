"""Variations of a sound: a small grid of latents around it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.parameter import Number

DEVIATION = Number("deviation", 0.2, 0.01, 1.0, description="Standard deviation of the variations, in latent units.")
SIDE = Number("side", 3, 2, 9, description="How many variations a row and a column have.", integer=True)


def variations(
    centre: ArrayLike, seed: int, deviation: float = DEVIATION.default, side: int = int(SIDE.default)
) -> NDArray[np.float32]:
    """Latents around a centre: ``z + N(0, deviation)``, and in one cell the centre itself.

    That is the middle cell, or the first where none is the middle. A cell keeps its direction while the deviation
    changes.

    Args:
        centre: ``[D]``.
        seed: Of the draw.
        deviation: As ``DEVIATION``.
        side: As ``SIDE``.

    Returns:
        ``[side * side, D]``, row by row.

    Raises:
        ValueError: If the centre is no finite vector, or a number is out of range.
    """
    z = np.asarray(centre, dtype=np.float64)
    if z.ndim != 1 or not np.isfinite(z).all():
        raise ValueError(f"variations are made around one finite latent vector [D], got shape {z.shape}")
    count = int(SIDE.check(side)) ** 2
    drawn = np.random.default_rng(seed).standard_normal((count, len(z))) * DEVIATION.check(deviation)
    drawn[count // 2 if side % 2 else 0] = 0.0
    made: NDArray[np.float32] = (z + drawn).astype(np.float32)
    return made
