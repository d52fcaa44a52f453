"""Arithmetic on layers of millions of weights: in parts that a processor keeps at hand, two at once.

Memory is what such a layer waits for: every array of its size that is written on the way takes milliseconds.
"""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Generic, TypeVar

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


def in_parts(weights: FloatArray, change: Callable[[FloatArray, FloatArray, int], None]) -> FloatArray:
    """A change of each weight by itself.

    Args:
        weights: Of a layer.
        change: Is given weights in a row, where the changed ones go, and which part it is; of a large layer two are
            changed at once.
    """
    flat, changed = weights.ravel(), np.empty(weights.size, dtype=np.float32)
    _of_parts(flat.size, lambda part: change(flat[part], changed[part], part.start // _PART))
    return changed.reshape(weights.shape)


def mean_and_deviation(weights: FloatArray) -> tuple[np.float32, np.float32]:
    """Of all weights, which are read once: parts are joined by Chan, Golub and LeVeque, Updating formulae, 1979."""
    return _MOMENTS.of(weights, _moments)


def _moments(weights: FloatArray) -> tuple[np.float32, np.float32]:
    flat = weights.ravel()

    def moments(part: slice) -> tuple[int, float, float]:
        own = flat[part]
        middle = own.mean()
        away = own - middle
        return own.size, float(middle), float(np.dot(away, away))

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
    ties = np.flatnonzero(np.abs(flat) == limit)[: count - below] if below + equal > count else None
    largest = limit if ties is None else np.nextafter(limit, np.float32(0.0))  # that is zeroed wherever it is

    def zero(part: FloatArray, out: FloatArray, _: int) -> None:
        # as whole numbers, since a negative weight times 0 would be another zero
        np.multiply(part.view(np.int32), np.abs(part) > largest, out=out.view(np.int32))

    zeroed = in_parts(weights, zero)
    if ties is not None:
        zeroed.reshape(-1)[ties] = 0.0
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


def along_curve(places: NDArray[np.int32] | int, heights: NDArray[np.float64]) -> FloatArray:
    """A curve that goes straight between its heights, at places.

    Args:
        places: From 0, where the curve begins, to one less than their number, where it ends; or their number, for all
            of them in order.
        heights: Of the curve, evenly spaced.
    """
    size = places if isinstance(places, int) else places.size
    found = np.empty(size, dtype=np.float32)
    steps = np.diff(heights, append=heights[-1:])
    stretch = (len(heights) - 1) / max(1, size - 1)

    def fill(part: slice) -> None:
        along = np.arange(part.start, part.stop) if isinstance(places, int) else places[part]
        along = along * stretch
        before = along.astype(np.int32)
        np.minimum(before, max(0, len(heights) - 2), out=before)  # the last place is a whole step behind the one before
        along -= before
        along *= steps.take(before)
        along += heights.take(before)
        found[part] = along

    _of_parts(size, fill)
    return found


def ranks_of(weights: FloatArray) -> NDArray[np.int32]:
    """How many weights come before each in order, of equal ones those that lie before it in memory.

    A large layer would take half a second to sort. Of it weights are counted in bins, 128 an octave, and taken as
    evenly spread within each: a rank is off by less than a ten-thousandth of their number, and equal weights have one
    rank. Its ranks are kept as long as it is there.
    """
    return _RANKS.of(weights, _counted_ranks if weights.size > _LARGE else _sorted_ranks)


def _keys(part: FloatArray) -> NDArray[np.uint32]:
    """Whole numbers in the order of the weights; both zeros are one."""
    bits = (part + np.float32(0.0)).view(np.uint32)
    bits ^= np.negative(bits >> np.uint32(31)) | np.uint32(1 << 31)
    return bits


def _sorted_ranks(weights: FloatArray) -> NDArray[np.int32]:
    """A weight's key and its place make one whole number, and a list of those is sorted many times as fast."""
    keys = _keys(weights.ravel()).astype(np.uint64) << np.uint64(32)
    keys |= np.arange(keys.size, dtype=np.uint64)
    keys.sort()
    ranks = np.empty(keys.size, dtype=np.int32)
    ranks[(keys & np.uint64(2**32 - 1)).astype(np.int32)] = np.arange(keys.size, dtype=np.int32)
    return ranks


def _counted_ranks(weights: FloatArray) -> NDArray[np.int32]:
    flat = weights.ravel()

    def counted(part: slice) -> NDArray[np.int64]:
        return np.bincount(_keys(flat[part]) >> np.uint32(16), minlength=1 << 16)

    counts = sum(_of_parts(flat.size, counted), np.zeros(1 << 16, dtype=np.int64))
    first = np.cumsum(counts) - counts
    share = (counts - 1).clip(0) / 0xFFFF
    ranks = np.empty(flat.size, dtype=np.int32)

    def fill(part: slice) -> None:
        keys = _keys(flat[part])
        bins = keys >> np.uint32(16)
        keys &= np.uint32(0xFFFF)
        along = keys * share.take(bins)
        along += first.take(bins)
        ranks[part] = along

    _of_parts(flat.size, fill)
    return ranks


class _Known(Generic[T]):
    """What was found of a large layer, as long as that is there; layers are never changed."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[weakref.ref[FloatArray], T]] = {}

    def of(self, weights: FloatArray, find: Callable[[FloatArray], T]) -> T:
        """What is known, or is found now."""
        if weights.size <= _LARGE:
            return find(weights)
        name = id(weights)
        known = self._found.get(name)
        if known is None or known[0]() is not weights:
            known = weakref.ref(weights, lambda _: self._found.pop(name, None)), find(weights)
            self._found[name] = known
        return known[1]


_MOMENTS: _Known[tuple[np.float32, np.float32]] = _Known()
_RANKS: _Known[NDArray[np.int32]] = _Known()


def _of_parts(size: int, found: Callable[[slice], T]) -> list[T]:
    """What is found in each part of so many weights, in order."""
    parts = [slice(start, min(size, start + _PART)) for start in range(0, size, _PART)]
    return list((_threads().map if size > _LARGE else map)(found, parts))


@cache
def _threads() -> ThreadPoolExecutor:
    """numpy lets go of the interpreter while it works on a part."""
    return ThreadPoolExecutor(2, thread_name_prefix="large layers")
