"""Noise that depends on nothing but the number of a frame, a row and a seed: the same in any blocks, live and offline.

RAVE keeps the most important of its 128 latents; its ``decode`` makes up the rest from a standard normal distribution
in every call (Caillon & Esling 2021, arXiv:2111.05011, section 3.2), so that the same latents never sound the same
twice. Handed all 128, it makes up none.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_PERIOD = 4096  # frames: 48 s of the fastest models in use, more than three minutes of RAVE's usual 21.5 frames/s
_ROW_STRIDE = 1033  # rows are the same noise at other times


class FrameNoise:
    """Standard normal noise by frame.

    Args:
        channels: How many dimensions are missing.
        seed: Another seed, another noise.
    """

    def __init__(self, channels: int, seed: int = 0) -> None:
        self._table = _table(channels, seed)

    def fill(self, out: FloatArray, first: int) -> None:
        """Write the noise of the frames from number ``first`` on into ``out`` ``[rows, channels, count]``.

        At most 4096 frames.
        """
        for row, noise in enumerate(out):
            start = (first + row * _ROW_STRIDE) % _PERIOD
            noise[:] = self._table[start : start + noise.shape[1]].T


@lru_cache(maxsize=8)
def _table(channels: int, seed: int) -> FloatArray:
    """Noise ``[2 * period, channels]``, the second period like the first; shared by streams, never changed."""
    once = np.random.default_rng(seed).standard_normal((channels, _PERIOD), dtype=np.float32)
    return np.ascontiguousarray(np.concatenate([once, once], axis=1).T)  # what a frame needs lies together
