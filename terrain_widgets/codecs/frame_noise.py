"""Noise that depends on nothing but the number of a frame, a row and a seed: the same in any blocks, live and offline.

RAVE keeps the most important of its 128 latents; its ``decode`` makes up the rest from a standard normal distribution
anew in every call (Caillon & Esling 2021, arXiv:2111.05011, section 3.2), so that the same latents never sound the same
twice. Handed all 128, it makes up none.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

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

    def frames(self, first: int, count: int, rows: int) -> Tensor:
        """Noise ``[rows, channels, count]`` of the frames from number ``first`` on, at most 4096 of them."""
        starts = [(first + row * _ROW_STRIDE) % _PERIOD for row in range(rows)]
        return torch.stack([self._table[:, start : start + count] for start in starts])


@lru_cache(maxsize=8)
def _table(channels: int, seed: int) -> Tensor:
    """Noise ``[channels, 2 * period]``, the second period like the first; shared by streams, never changed."""
    once = np.random.default_rng(seed).standard_normal((channels, _PERIOD), dtype=np.float32)
    return torch.from_numpy(np.concatenate([once, once], axis=1))
