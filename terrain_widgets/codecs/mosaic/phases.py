"""Phases that go on when the sound jumps from one frame of the corpus to another.

A jump turns the new frame's bins so that they meet what the old sound would have gone on to. All bins around one peak
are turned by the same angle, so that a partial keeps its shape (identity phase locking: Laroche and Dolson, "Improved
phase vocoder time-scale modification of audio", IEEE Trans. Speech and Audio Processing 7(3), 1999); the angle is that
at which the two correlate best. While one sound goes on, the turn stays, and the sound is that of the corpus.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.frames import BINS, Spectra

Turn = NDArray[np.complex64]

UNTURNED: Turn = np.ones(BINS, np.complex64)


def turn_to_meet(going_on: Spectra, turned: Turn, arriving: Spectra) -> Turn:
    """The turn of each bin, ``[BINS]`` of absolute value 1, equal for all channels, which so keep their relation.

    Args:
        going_on: What the sound before would have gone on to, ``[A, BINS]``, as it is in the corpus.
        turned: How that was turned.
        arriving: The frame that is jumped to, as it is in the corpus.
    """
    power = (np.square(arriving.real) + np.square(arriving.imag)).sum(axis=0)
    # in double precision: where old and new hardly correlate, what is left of the sum decides
    product = (going_on * turned.astype(np.complex128) * arriving.conj()).sum(axis=0)
    starts = _regions(power)
    sums = np.add.reduceat(product, starts)
    sizes = np.abs(sums)
    turns = np.where(sizes > 1e-20, sums / np.maximum(sizes, 1e-20), 1.0).astype(np.complex64)
    return np.repeat(turns, np.diff(np.append(starts, BINS)))


def _regions(power: NDArray[np.float32]) -> NDArray[np.int64]:
    """First bin of the region around each peak, beginning with 0: half way between one peak and the next."""
    middle = power[1:-1]
    peaks = np.flatnonzero((middle > power[:-2]) & (middle >= power[2:])) + 1
    between = (peaks[:-1] + peaks[1:] + 1) // 2
    return np.concatenate([np.zeros(1, np.int64), between])
