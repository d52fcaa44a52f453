"""Arithmetic on layers of millions of weights: in parts that a processor keeps at hand, in single precision.

Memory is what such a layer waits for: every array of its size that is written on the way takes milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_PART = 1 << 16  # weights that a processor keeps at hand


def blended(one: FloatArray, other: FloatArray, share: float) -> FloatArray:
    """``(1 - share) * one + share * other``, exact at both ends."""
    if share <= 0.0:
        return one.copy()
    if share >= 1.0:
        return other.copy()
    others, part_of = other.ravel(), np.float32(share)
    between, at = np.empty(one.size, dtype=np.float32), one.ravel()
    for part in _parts(one.size):
        np.subtract(others[part], at[part], out=between[part])
        between[part] *= part_of
        between[part] += at[part]
    return between.reshape(one.shape)


def in_parts(weights: FloatArray, change: Callable[[FloatArray], NDArray[np.floating]]) -> FloatArray:
    """A change of each weight by itself.

    Args:
        weights: Of a layer.
        change: Gives as many changed weights, in a row.
    """
    flat, changed = weights.ravel(), np.empty(weights.size, dtype=np.float32)
    for part in _parts(flat.size):
        changed[part] = change(flat[part])
    return changed.reshape(weights.shape)


def mean_and_deviation(weights: FloatArray) -> tuple[np.float32, np.float32]:
    """Of all weights."""
    flat = weights.ravel()
    mean = np.float32(sum(float(flat[part].sum()) for part in _parts(flat.size)) / flat.size)

    def squares(part: FloatArray) -> float:
        away = part - mean
        away *= away
        return float(away.sum())

    return mean, np.float32(math.sqrt(sum(squares(flat[part]) for part in _parts(flat.size)) / flat.size))


def smallest_zeroed(weights: FloatArray, count: int) -> FloatArray:
    """With 0 for so many weights that are nearest to it, at least one; of equal ones the first."""
    sizes = np.abs(weights.ravel())
    sizes.partition(count - 1)  # a whole sort takes a second in a large layer
    limit = sizes[count - 1]
    left = count - int(np.count_nonzero(sizes[:count] < limit))  # of those at the limit

    def zeroed(part: FloatArray) -> FloatArray:
        nonlocal left
        size = np.abs(part)
        near = size < limit
        if left:
            at = np.flatnonzero(size == limit)[:left]
            near[at] = True
            left -= at.size
        return np.where(near, np.float32(0.0), part)

    return in_parts(weights, zeroed)


def order_of(weights: FloatArray) -> NDArray[np.intp]:
    """Places of the weights from the smallest to the largest, of equal ones in memory order.

    A weight's bits and its place make one whole number, and a list of those is sorted many times as fast.
    """
    bits = (weights.ravel() + np.float32(0.0)).view(np.uint32)  # the sum makes one zero of both
    keys = np.empty(bits.size, dtype=np.uint64)
    for part in _parts(bits.size):
        own = bits[part]
        keys[part] = own ^ (
            np.negative(own >> 31) | np.uint32(1 << 31)
        )  # in the order of the numbers that they stand for
        keys[part] <<= np.uint64(32)
        keys[part] |= np.arange(part.start, part.start + own.size, dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(2**32 - 1)).astype(np.intp)


def _parts(size: int) -> Iterator[slice]:
    return (slice(start, start + _PART) for start in range(0, size, _PART))
