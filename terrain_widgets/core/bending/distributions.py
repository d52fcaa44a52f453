"""Numbers that are drawn for weights, of mean 0 and variance 1."""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

DistributionName = Literal["uniform", "gaussian", "beta", "laplace"]


_LEVELS = 1 << 16  # of two bytes, by which one number is drawn


def drawn(table: FloatArray, count: int, seed: int, part: int = 0) -> FloatArray:
    """So many numbers, each of them one of a table's: a layer may have millions of weights.

    Args:
        table: See ``quantiles``, of any mean and deviation, ``[65536]``.
        count: How many.
        seed: What is drawn.
        part: Which part of a layer they are for: each has numbers of its own.
    """
    random = np.random.Generator(np.random.SFC64((seed, part)))  # the quickest of numpy's
    levels = random.integers(0, 2**64 - 1, -(-count // 4), np.uint64, endpoint=True).view(np.uint16)[:count]
    return table.take(levels, mode="clip")  # without a check: two bytes are always a place there


@cache
def quantiles(name: DistributionName) -> FloatArray:
    """The distribution's values at evenly spaced probabilities, ``[65536]``, of mean 0 and variance 1 exactly.

    A Gaussian's lie within 4.3 deviations, a Laplace distribution's within 7.84.
    """
    below = (np.arange(_LEVELS) + 0.5) / _LEVELS
    if name == "gaussian":
        import torch  # here: whoever has an engine has this module, and a studio opens without torch

        values = torch.special.ndtri(torch.from_numpy(below)).numpy()
    elif name == "uniform":
        values = below - 0.5
    elif name == "laplace":
        values = np.where(below < 0.5, np.log(2.0 * below), -np.log(2.0 - 2.0 * below))
    else:  # the inverse distribution of Beta(½, ½) is sin²(π u / 2)
        values = -np.cos(math.pi * below)
    values = values - values.mean()
    table: FloatArray = (values / values.std()).astype(np.float32)
    table.flags.writeable = False
    return table
