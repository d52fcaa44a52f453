"""Phases that go on when the sound jumps from one frame of the corpus to another.

A jump turns the new frame's bins so that they meet what the old sound would have gone on to. All bins around one peak
are turned by the same angle, so that a partial keeps its shape (identity phase locking: Laroche and Dolson, "Improved
phase vocoder time-scale modification of audio", IEEE Trans. Speech and Audio Processing 7(3), 1999); the angle is that
at which the two correlate best. While one sound goes on, the turn stays, and the sound is that of the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.frames import BINS, Spectra

Turn = NDArray[np.complex64]

UNTURNED: Turn = np.ones(BINS, np.complex64)


@dataclass(frozen=True, slots=True)
class Regions:
    """The bins around each peak of a spectrum, up to half way to the next.

    Args:
        starts: First bin of each, beginning with 0.
        sizes: How many bins each has; ``BINS`` together.
    """

    starts: NDArray[np.int64]
    sizes: NDArray[np.int64]


def regions_of(spectrum: Spectra) -> Regions:
    """The regions of a spectrum ``[A, BINS]`` by the power of all its channels."""
    power = (np.square(spectrum.real) + np.square(spectrum.imag)).sum(axis=0)
    rises = power[1:] > power[:-1]
    peaks = np.flatnonzero(rises[:-1] & ~rises[1:]) + 1
    starts = np.zeros(max(1, len(peaks)), np.int64)
    starts[1:] = (peaks[:-1] + peaks[1:] + 1) // 2
    sizes = np.empty_like(starts)
    sizes[:-1] = starts[1:] - starts[:-1]
    sizes[-1] = BINS - starts[-1]
    return Regions(starts, sizes)


def turn_to_meet(going_on: Spectra, turned: Turn, arriving: Spectra, regions: Regions) -> Turn:
    """The turn of each bin, ``[BINS]`` of absolute value 1, equal for all channels, which so keep their relation.

    Args:
        going_on: What the sound before would have gone on to, ``[A, BINS]``, as it is in the corpus.
        turned: How that was turned.
        arriving: The frame that is jumped to, as it is in the corpus.
        regions: Of that frame.
    """
    # in double precision: where old and new hardly correlate, what is left of the sum decides
    product = going_on.astype(np.complex128)
    if turned is not UNTURNED:
        product *= turned
    product *= arriving.conj()
    sums = np.add.reduceat(product[0] if len(product) == 1 else product.sum(axis=0), regions.starts)
    sizes = np.abs(sums)
    meets = sizes > 1e-20
    turns = np.ones(len(sums), np.complex64)
    np.divide(sums, sizes, out=turns, where=meets, casting="same_kind")
    return np.repeat(turns, regions.sizes)
