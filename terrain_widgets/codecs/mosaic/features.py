"""What a frame sounds like: its level, and its colour, the spectrum in mel bands relative to that level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.frames import BINS, HANN, SAMPLE_RATE, WINDOW, Spectra

FloatArray = NDArray[np.float32]

BANDS = 80
LOWEST_HZ, HIGHEST_HZ = 40.0, 20000.0
DB_PER_UNIT = 12.0
DB_CENTRE = -36.0  # dBFS RMS of level 0, as in pebble
DB_SILENCE = -78.0  # what is quieter has no level and no colour
DB_COLOURED = -60.0  # from here on a frame's colour counts in full
QUIETEST = (DB_SILENCE - DB_CENTRE) / DB_PER_UNIT
_COLOUR_FLOOR = 1e-3  # of a band, relative to the frame's level: 60 dB below it is nothing


def _mel_filters() -> FloatArray:
    """Triangular filters ``[BINS, BANDS]`` on the HTK mel scale, each summing to one."""
    mel = np.linspace(2595 * np.log10(1 + LOWEST_HZ / 700), 2595 * np.log10(1 + HIGHEST_HZ / 700), BANDS + 2)
    edges = 700 * (10 ** (mel / 2595) - 1)
    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)[:, None]
    narrowest = SAMPLE_RATE / WINDOW  # no triangle falls between two bins
    below, above = np.minimum(edges[:-2], edges[1:-1] - narrowest), np.maximum(edges[2:], edges[1:-1] + narrowest)
    weights = np.maximum(
        0.0, np.minimum((hertz - below) / (edges[1:-1] - below), (above - hertz) / (above - edges[1:-1]))
    )
    return np.asarray(weights / weights.sum(axis=0), dtype=np.float32)


_MEL = _mel_filters()
# A sine of amplitude 1 has the RMS level of 1 / sqrt(2): the power of a windowed spectrum by Parseval's theorem.
_POWER = 2.0 / (WINDOW * float(np.sum(HANN.astype(np.float64) ** 2)))


def levels_and_colours(spectra: Spectra) -> tuple[FloatArray, FloatArray]:
    """Level and colour of frames.

    Args:
        spectra: ``[T, A, BINS]``.

    Returns:
        Levels ``[T]``, 1 being ``DB_PER_UNIT`` dB and 0 ``DB_CENTRE`` dBFS RMS, not below ``QUIETEST``; colours
        ``[T, BANDS]`` in nepers relative to the level, fading to 0 where the frame fades to silence.
    """
    power = np.square(spectra.real) + np.square(spectra.imag)
    power = power.mean(axis=1)
    rms = np.sqrt(power.sum(axis=1) * np.float32(_POWER))
    decibels = 20 * np.log10(rms + 1e-9)
    levels = np.maximum((decibels - DB_CENTRE) / DB_PER_UNIT, QUIETEST)
    bands = np.sqrt(power @ _MEL)
    scale = np.sqrt(power.sum(axis=1, keepdims=True) / BINS) + np.float32(1e-9)
    audible = np.clip((decibels - DB_SILENCE) / (DB_COLOURED - DB_SILENCE), 0.0, 1.0)
    colours = np.log(bands / scale + np.float32(_COLOUR_FLOOR)) * audible[:, None]
    return levels.astype(np.float32), colours.astype(np.float32)
