"""Numbers that are drawn for weights, of mean 0 and variance 1."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

DistributionName = Literal["uniform", "gaussian", "beta", "laplace"]


def drawn(name: DistributionName, count: int, seed: int, part: int = 0) -> FloatArray:
    """So many numbers, in single precision and without a loop over them: a layer may have millions of weights.

    Args:
        name: ``"uniform"``; ``"gaussian"``; ``"beta"``, of which both parameters are ½; ``"laplace"``.
        count: How many.
        seed: What is drawn.
        part: Which part of a layer they are for: each has numbers of its own.
    """
    random = np.random.Generator(np.random.SFC64((seed, part)))  # the quickest of numpy's
    if name == "gaussian":
        return _gaussian(random, count)
    numbers = random.random(count, dtype=np.float32)
    if name == "uniform":
        numbers -= np.float32(0.5)
        numbers *= np.float32(math.sqrt(12.0))
        return numbers
    if name == "laplace":
        numbers *= np.float32(2.0)
        numbers -= np.float32(1.0)  # from -1, and below 1
        ways = np.maximum(np.float32(1.0) - np.abs(numbers), np.float32(2.0**-25))
        np.log(ways, out=ways)
        ways *= np.float32(-math.sqrt(0.5))  # an exponential one's variance is 1, to both sides 2
        return np.copysign(ways, numbers, out=ways)
    # Beta(½, ½) has the inverse distribution sin²(π u / 2), and variance 1/8.
    numbers *= np.float32(math.pi)
    np.cos(numbers, out=numbers)
    numbers *= np.float32(math.sqrt(2.0))
    return numbers


def _gaussian(random: np.random.Generator, count: int) -> FloatArray:
    """By Box and Muller, A note on the generation of random normal deviates, 1958: half the time of numpy's own."""
    half = -(-count // 2)
    far, turn = random.random((2, half), dtype=np.float32)
    np.subtract(np.float32(1.0), far, out=far)  # above 0
    np.log(far, out=far)
    far *= np.float32(-2.0)
    np.sqrt(far, out=far)
    turn *= np.float32(2.0 * math.pi)
    both = np.empty((2, half), dtype=np.float32)
    np.cos(turn, out=both[0])
    np.sin(turn, out=both[1])
    both *= far
    return both.ravel()[:count]
