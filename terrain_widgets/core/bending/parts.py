"""A layer of millions of weights in parts that a processor keeps at hand.

Memory is what such a layer waits for: every array of its size that is written on the way takes milliseconds. One thread
does it all: where other programs work too, two of them took longer than one for the same edit, and kept the sound's
thread waiting.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

#: Weights of a part.
PART = 1 << 16
#: A layer of more weights than these is a large one: it is not sorted, and its mean is looked for once.
LARGE = 8 * PART


def parts_of(size: int) -> list[slice]:
    """The parts of so many weights, in order."""
    return [slice(start, min(size, start + PART)) for start in range(0, size, PART)]


def in_parts(weights: FloatArray, change: Callable[[FloatArray, FloatArray, int], None]) -> FloatArray:
    """A change of each weight by itself.

    Args:
        weights: Of a layer.
        change: Is given weights in a row, where the changed ones go, and which part it is.
    """
    flat, changed = weights.ravel(), np.empty(weights.size, dtype=np.float32)
    for number, part in enumerate(parts_of(flat.size)):
        change(flat[part], changed[part], number)
    return changed.reshape(weights.shape)
