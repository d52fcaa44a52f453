"""Numbers by chance that are the same everywhere: integer hashes of a seed and a cell of the lattice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint32]
Floats = NDArray[np.float64]


def mixed(words: Words) -> Words:
    """Each word's bits mixed: ``lowbias32`` (C. Wellons, "Prospecting for Hash Functions", 2018), exact modulo 2³²."""
    words = (words ^ (words >> np.uint32(16))) * np.uint32(0x7FEB352D)
    words = (words ^ (words >> np.uint32(15))) * np.uint32(0x846CA68B)
    return words ^ (words >> np.uint32(16))


def hashed(seed: Words, *cells: NDArray[np.int64]) -> Words:
    """A word for each cell.

    Args:
        seed: Seeds, broadcast against the cells.
        *cells: The cells' whole coordinates, axis by axis; they count modulo 2³².
    """
    words = mixed(seed ^ np.uint32(0x9E3779B9))
    for cell in cells:
        words = mixed(words ^ (cell & 0xFFFFFFFF).astype(np.uint32))
    return words


def unit(words: Words) -> Floats:
    """Words as numbers from 0 to below 1."""
    return words.astype(np.float64) * 2.0**-32


def seeds(values: object) -> Words:
    """Whole numbers as seeds ``[·]``, modulo 2³²."""
    return (np.atleast_1d(np.asarray(values, dtype=np.int64)) & 0xFFFFFFFF).astype(np.uint32)
