"""From a basis to what is added to a latent: speed, energy, deviation, and what happens at the limits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.modulation.hashing import Floats, Words, hashed, unit

#: What happens beyond the limit.
MODES = ("none", "clip", "wrap", "fold")
LARGEST = 3.0  # energy and deviation, Latent-Playground's range


def curved(amount: ArrayLike) -> Floats:
    """Energy or deviation from -3 to 3 as a factor: ``sign(s) s²/3``, Latent-Playground's curve; 3 stays 3."""
    given: Floats = np.asarray(amount, dtype=np.float64)
    return given * np.abs(given) / LARGEST


def units_per_second(jump: ArrayLike) -> Floats:
    """How many cells of noise, or free cycles, a second has.

    Args:
        jump: From -100 to 100; Latent-Playground's ``0.01 + 0.99 r^2.3`` cells in 40 ms, where r goes from 0 to 1.
    """
    share: Floats = (np.asarray(jump, dtype=np.float64) + 100.0) / 200.0
    return 25.0 * (0.01 + 0.99 * share**2.3)


def bounded(values: Floats, mode: str, limit: Floats) -> Floats:
    """Values that are kept within ``-limit``…``limit``.

    Args:
        values: Any.
        mode: ``none`` leaves them; ``clip`` stops at the limit; ``wrap`` goes on from the other limit; ``fold`` turns
            back.
        limit: Above 0, broadcast against the values.
    """
    if mode == "clip":
        return np.minimum(np.maximum(values, -limit), limit)
    if mode == "wrap":
        share = (values + limit) / (2.0 * limit)
        return (share - np.floor(share)) * 2.0 * limit - limit
    if mode == "fold":
        share = (values + limit) / (4.0 * limit)
        share = share - np.floor(share)
        return limit - np.abs(share - 0.5) * 4.0 * limit
    return values


def stretched(seconds: Floats, chaos: Floats, seed: Words) -> Floats:
    """Loops of several lengths from one: each between half and twice as long with full chaos, always the same.

    Args:
        seconds: The loop's length.
        chaos: 0 to 1.
        seed: One for each.
    """
    return seconds * 2.0 ** (chaos * (2.0 * unit(hashed(seed, np.asarray(-1))) - 1.0))
