"""Which notes sound: levels of semitones, which the bands of a log-mel distance do not tell apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
_RATE, _WINDOW = 44100, 8192
_NOTES = np.arange(40, 96)  # of MIDI: E2 to B6
_QUIET = 0.05  # of the loudest moment's sum


def semitones(audio: FloatArray) -> FloatArray:
    """Levels of semitones from E2 to B6 ``[T, 56]``, every 46 ms.

    Args:
        audio: ``[S]`` at 44.1 kHz.
    """
    padded = np.pad(audio, _WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[:: _WINDOW // 4]
    power = np.abs(np.fft.rfft(frames * np.hanning(_WINDOW))) ** 2
    hertz = np.maximum(np.fft.rfftfreq(_WINDOW, 1 / _RATE), 1.0)
    centres = 440.0 * 2 ** ((_NOTES - 69) / 12)
    shares = np.maximum(0.0, 1.0 - 2.0 * np.abs(12 * np.log2(hertz[:, None] / centres)))
    return np.asarray(np.sqrt(power @ shares), np.float32)


def notes_kept(original: FloatArray, copy: FloatArray) -> float:
    """Correlation of two sounds' semitones, -1 to 1: the mean over moments at which the original is not quiet.

    Args:
        original: ``[S]`` at 44.1 kHz.
        copy: At least as long.
    """
    wanted, given = semitones(original), semitones(copy[: len(original)])
    loud = wanted.sum(1) > _QUIET * wanted.sum(1).max()
    pairs = zip(wanted[loud], given[loud], strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] if b.any() else 0.0 for a, b in pairs]))
