"""Samples of 16 bits, as a mosaic keeps its sounds: so the kernel's engine and the page's play the same samples.

A sound is kept in steps of 2^-15 of the power of two above its peak, so that a quiet one is kept as finely as a loud
one, and none is clipped. Such samples are exact in float32, and rounding them once more changes nothing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_BITS = 15  # beside the sign
_LARGEST = 2**_BITS - 1
_LEAST_EXPONENT = -60  # of a peak: the steps stay normal float32 numbers


def in_steps(audio: FloatArray) -> tuple[NDArray[np.int16], np.float32]:
    """A sound ``[A, S]`` as whole numbers of one step, and that step: a power of two, full scale being 1."""
    _, exponent = np.frexp(np.abs(audio).max(initial=0.0))
    step = np.float32(2.0 ** (max(int(exponent), _LEAST_EXPONENT) - _BITS))
    return np.clip(np.rint(audio / step), -_LARGEST, _LARGEST).astype(np.int16), step


def rounded(audio: FloatArray) -> FloatArray:
    """A sound ``[A, S]`` as it is after it has been kept with 16 bits."""
    numbers, step = in_steps(audio)
    return numbers.astype(np.float32) * step
