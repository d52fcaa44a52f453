"""Arithmetic on layers of millions of weights: in parts that a processor keeps at hand, two at once.

Memory is what such a layer waits for: every array of its size that is written on the way takes milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
T = TypeVar("T")

_PART = 1 << 16  # weights that a processor keeps at hand
_LARGE = 8 * _PART  # weights from which on a second thread is worth its while
_SAMPLE = 1 << 16  # of a large layer's weights tell about where a rank lies


def blended(one: FloatArray, other: FloatArray, share: float) -> FloatArray:
    """``(1 - share) * one + share * other``, exact at both ends."""
    if share <= 0.0:
        return one.copy()
    if share >= 1.0:
        return other.copy()
    others, part_of = other.ravel(), np.float32(share)
    between, at = np.empty(one.size, dtype=np.float32), one.ravel()

    def blend(part: slice) -> None:
        np.subtract(others[part], at[part], out=between[part])
        between[part] *= part_of
        between[part] += at[part]

    _of_parts(one.size, blend)
    return between.reshape(one.shape)


def in_parts(weights: FloatArray, change: Callable[[FloatArray, int], NDArray[np.floating]]) -> FloatArray:
    """A change of each weight by itself.

    Args:
        weights: Of a layer.
        change: Gives as many changed weights, in a row, and is told which part it is; of a large layer two are
            changed at once.
    """
    flat, changed = weights.ravel(), np.empty(weights.size, dtype=np.float32)

    def fill(part: slice) -> None:
        changed[part] = change(flat[part], part.start // _PART)

    _of_parts(flat.size, fill)
    return changed.reshape(weights.shape)


def mean_and_deviation(weights: FloatArray) -> tuple[np.float32, np.float32]:
    """Of all weights, which are read once: parts are joined by Chan, Golub and LeVeque, Updating formulae, 1979."""
    flat = weights.ravel()

    def moments(part: slice) -> tuple[int, float, float]:
        own = flat[part]
        middle = own.mean()
        away = own - middle
        away *= away
        return own.size, float(middle), float(away.sum())

    counts, means, squares = (np.array(row) for row in zip(*_of_parts(flat.size, moments), strict=True))
    mean = float((counts * means).sum() / flat.size)
    spread = float(squares.sum() + (counts * (means - mean) ** 2).sum())
    return np.float32(mean), np.float32(math.sqrt(spread / flat.size))


def all_finite(weights: FloatArray) -> bool:
    """Whether every weight is a number."""
    flat = weights.ravel()
    return all(_of_parts(flat.size, lambda part: bool(np.isfinite(flat[part]).all())))


def smallest_zeroed(weights: FloatArray, count: int) -> FloatArray:
    """With 0 for so many weights that are nearest to it, at least one; of equal ones the first."""
    flat = weights.ravel()
    limit, below, equal = _ranked(flat, count - 1)
    if limit == 0.0:
        return weights.copy()  # so many are 0 already
    if below + equal == count:
        return in_parts(weights, lambda part, _: np.where(np.abs(part) <= limit, np.float32(0.0), part))
    zeroed = in_parts(weights, lambda part, _: np.where(np.abs(part) < limit, np.float32(0.0), part))
    zeroed.reshape(-1)[np.flatnonzero(np.abs(flat) == limit)[: count - below]] = 0.0
    return zeroed


def _ranked(flat: FloatArray, rank: int) -> tuple[np.float32, int, int]:
    """The size at a rank of all sizes in order, and how many are smaller and how many equal.

    Of a large layer evenly spaced weights tell between which sizes it lies, and only what lies between those is ranked.
    """
    near, below = flat, 0
    if flat.size > 8 * _SAMPLE:
        some = np.sort(np.abs(flat[:: flat.size // _SAMPLE]))
        about, margin = rank * some.size // flat.size, some.size // 64
        low, high = some[max(0, about - margin)], some[min(some.size - 1, about + margin)]

        def split(part: slice) -> tuple[int, FloatArray]:
            sizes = np.abs(flat[part])
            return int(np.count_nonzero(sizes < low)), sizes[(sizes >= low) & (sizes <= high)]

        counts, found = zip(*_of_parts(flat.size, split), strict=True)
        between, smaller = np.concatenate(found), sum(counts)
        if smaller <= rank < smaller + between.size:
            near, below = between, smaller
    near = np.abs(near)
    limit: np.float32 = np.partition(near, rank - below)[rank - below]
    return limit, below + int(np.count_nonzero(near < limit)), int(np.count_nonzero(near == limit))


def order_of(weights: FloatArray) -> NDArray[np.intp]:
    """Places of the weights from the smallest to the largest, of equal ones in memory order.

    A weight's bits and its place make one whole number, and a list of those is sorted many times as fast.
    """
    bits = (weights.ravel() + np.float32(0.0)).view(np.uint32)  # the sum makes one zero of both
    keys = np.empty(bits.size, dtype=np.uint64)

    def make(part: slice) -> None:
        own = bits[part]
        # in the order of the numbers that they stand for
        keys[part] = own ^ (np.negative(own >> 31) | np.uint32(1 << 31))
        keys[part] <<= np.uint64(32)
        keys[part] |= np.arange(part.start, part.start + own.size, dtype=np.uint64)

    _of_parts(bits.size, make)
    keys.sort()
    return (keys & np.uint64(2**32 - 1)).astype(np.intp)


def _of_parts(size: int, found: Callable[[slice], T]) -> list[T]:
    """What is found in each part of so many weights, in order."""
    parts = [slice(start, start + _PART) for start in range(0, size, _PART)]
    return list((_threads().map if size > _LARGE else map)(found, parts))


@cache
def _threads() -> ThreadPoolExecutor:
    """numpy lets go of the interpreter while it works on a part."""
    return ThreadPoolExecutor(2, thread_name_prefix="large layers")
