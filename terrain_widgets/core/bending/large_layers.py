"""Arithmetic on layers of millions of weights, part by part."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.parts import LARGE, in_parts, of_parts

FloatArray = NDArray[np.float32]
T = TypeVar("T")

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

    of_parts(one.size, blend)
    return between.reshape(one.shape)


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

    counts, means, squares = (np.array(row) for row in zip(*of_parts(flat.size, moments), strict=True))
    mean = float((counts * means).sum() / flat.size)
    spread = float(squares.sum() + (counts * (means - mean) ** 2).sum())
    return np.float32(mean), np.float32(math.sqrt(spread / flat.size))


def all_finite(weights: FloatArray) -> bool:
    """Whether every weight is a number."""
    flat = weights.ravel()
    return all(of_parts(flat.size, lambda part: bool(np.isfinite(flat[part]).all())))


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

        counts, found = zip(*of_parts(flat.size, split), strict=True)
        between, smaller = np.concatenate(found), sum(counts)
        if smaller <= rank < smaller + between.size:
            near, below = between, smaller
    near = np.abs(near)
    limit: np.float32 = np.partition(near, rank - below)[rank - below]
    return limit, below + int(np.count_nonzero(near < limit)), int(np.count_nonzero(near == limit))


class _Known(Generic[T]):
    """What was found of a large layer, as long as that is there; layers are never changed."""

    def __init__(self) -> None:
        self._found: dict[int, tuple[weakref.ref[FloatArray], T]] = {}

    def of(self, weights: FloatArray, find: Callable[[FloatArray], T]) -> T:
        """What is known, or is found now."""
        if weights.size <= LARGE:
            return find(weights)
        name = id(weights)
        known = self._found.get(name)
        if known is None or known[0]() is not weights:
            known = weakref.ref(weights, lambda _: self._found.pop(name, None)), find(weights)
            self._found[name] = known
        return known[1]


_MOMENTS: _Known[tuple[np.float32, np.float32]] = _Known()
