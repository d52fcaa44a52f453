"""How loud a sound is to an ear, near enough to set two of them alike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def a_weighting(hertz: NDArray[np.floating]) -> NDArray[np.float64]:
    """Factor of amplitude by frequency, 1 at 1000 Hz: the A curve of IEC 61672-1, appendix E."""
    squares = np.square(hertz)
    below = (squares + 20.598997**2) * (squares + 12194.217**2)
    middle = np.sqrt((squares + 107.65265**2) * (squares + 737.86223**2))
    curve: NDArray[np.float64] = 10.0 ** (2.0 / 20.0) * 12194.217**2 * squares**2 / (below * middle)
    return curve


def weighted_level(audio: NDArray[np.float32], sample_rate: float) -> float:
    """RMS level of a sound ``[A, S]`` under the A curve, in dB of full scale; -200 for silence."""
    channels = np.atleast_2d(np.asarray(audio, dtype=np.float64))
    size = channels.shape[1]
    if size == 0:
        return -200.0
    weights = a_weighting(np.fft.rfftfreq(size, 1.0 / sample_rate))
    spectrum = np.abs(np.fft.rfft(channels, axis=1)) * weights
    power = 2.0 * np.square(spectrum).sum() / (size * size * len(channels))  # both halves of the spectrum
    return max(-200.0, 10.0 * float(np.log10(power + 1e-30)))
