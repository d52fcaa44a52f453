"""Frames of a sound: where they lie, their window, their spectra.

Frame t covers the samples ``t * HOP`` to ``t * HOP + WINDOW``: it looks ahead when it is encoded, so that it can be
decoded without waiting. Analysis and synthesis use the same Hann window; eight overlapping squares of it add up to a
constant, so that unchanged frames give back the samples they were taken from.
"""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Spectra = NDArray[np.complex64]

SAMPLE_RATE = 44100  # Hz
WINDOW = 4096  # samples
HOP = 512  # samples: 86 frames per second
BINS = WINDOW // 2 + 1
OVERLAP = WINDOW // HOP
LOOK_AHEAD = WINDOW - HOP  # samples behind a frame's own hop that it covers

HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
_POWER_SUM = 3.0 / 8.0 * OVERLAP  # of the squared windows at any sample
SYNTHESIS = (HANN / _POWER_SUM).astype(np.float32)
#: A frame's samples times this are what its spectrum gives when it is transformed back and windowed once more.
BOTH_WINDOWS = HANN * SYNTHESIS
# What the seven frames before add to the samples of a frame: a sound that begins in the middle has it from the start.
RUN_UP = np.zeros(WINDOW, np.float32)
for _earlier in range(1, OVERLAP):
    RUN_UP[: WINDOW - _earlier * HOP] += BOTH_WINDOWS[_earlier * HOP :]


def padded(audio: FloatArray, frames: int) -> FloatArray:
    """Audio ``[A, S]`` and the silence that its last frames reach into: ``[A, frames * HOP + LOOK_AHEAD]``."""
    return np.pad(audio, ((0, 0), (0, frames * HOP + LOOK_AHEAD - audio.shape[1])))


def frames_of(audio: FloatArray) -> FloatArray:
    """Windowed frames ``[T, A, WINDOW]`` of padded audio ``[A, T * HOP + LOOK_AHEAD]``."""
    cut = np.lib.stride_tricks.sliding_window_view(audio, WINDOW, axis=1)[:, ::HOP]
    return cut.swapaxes(0, 1) * HANN


def spectra_of(frames: FloatArray) -> Spectra:
    """Spectra ``[..., BINS]`` of windowed frames ``[..., WINDOW]``."""
    return np.asarray(scipy.fft.rfft(frames, axis=-1), dtype=np.complex64)


def exact_spectra_of(frames: FloatArray | NDArray[np.float64]) -> Spectra:
    """As ``spectra_of``, each bin as exact as a float32 can be, and not relative to the loudest: for phases."""
    return np.asarray(scipy.fft.rfft(np.asarray(frames, np.float64), axis=-1), dtype=np.complex64)


def samples_of(spectra: Spectra) -> FloatArray:
    """The frames ``[..., WINDOW]`` of spectra ``[..., BINS]``, windowed once more, to be added up."""
    frames = np.asarray(scipy.fft.irfft(spectra, WINDOW, axis=-1), dtype=np.float32)
    frames *= SYNTHESIS
    return frames
