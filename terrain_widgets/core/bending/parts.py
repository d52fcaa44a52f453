"""A layer of millions of weights in parts that a processor keeps at hand, two of them at once.

Memory is what such a layer waits for: every array of its size that is written on the way takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
T = TypeVar("T")

#: Weights of a part.
PART = 1 << 16
#: Weights from which on a second thread is worth its while.
LARGE = 8 * PART


def slices(size: int) -> list[slice]:
    """The parts of so many weights."""
    return [slice(start, min(size, start + PART)) for start in range(0, size, PART)]


def of_parts(size: int, found: Callable[[slice], T]) -> list[T]:
    """What is found in each part of so many weights, in order."""
    return list((_threads().map if size > LARGE else map)(found, slices(size)))


def in_parts(weights: FloatArray, change: Callable[[FloatArray, FloatArray, int], None]) -> FloatArray:
    """A change of each weight by itself.

    Args:
        weights: Of a layer.
        change: Is given weights in a row, where the changed ones go, and which part it is; of a large layer two are
            changed at once.
    """
    flat, changed = weights.ravel(), np.empty(weights.size, dtype=np.float32)
    of_parts(flat.size, lambda part: change(flat[part], changed[part], part.start // PART))
    return changed.reshape(weights.shape)


@cache
def _threads() -> ThreadPoolExecutor:
    """numpy lets go of the interpreter while it works on a part."""
    return ThreadPoolExecutor(2, thread_name_prefix="large layers")
