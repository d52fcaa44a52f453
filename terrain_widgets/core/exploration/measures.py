"""What can be measured of each frame of a sound without a label: loudness, brightness, noisiness, pitch, roughness."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Row = NDArray[np.float64]

#: Names of all measures, with what they are in.
MEASURES = {
    "loudness": "dB of full scale",
    "brightness": "octaves above 100 Hz, of the spectral centroid",
    "noisiness": "spectral flatness, 0…1, as its fourth root",
    "pitch": "octaves above 100 Hz; unknown where there is none",
    "roughness": "dissonance of what lies in one critical band",
}
_SILENCE_DB = -60.0  # below it a frame has no timbre to measure
_WINDOW = 2048
_LOWEST_HZ, _HIGHEST_HZ = 50.0, 2000.0
_PERIODIC = 0.6  # of the autocorrelation at the period, from which on a frame has a pitch
_ROUGH_HZ = 5000.0  # above it little of what is rough is heard
_LOBE, _BAND = 4, 26  # bins: how wide a partial is through the window, and how far one may be rough with another


def measure(audio: ArrayLike, sample_rate: float, ratio: int, frames: int) -> dict[str, Row]:
    """Every measure of every latent frame, ``[T]`` by its name; NaN where a frame is too quiet to have it.

    A frame is seen through a Hann window of 2048 samples about its middle.

    Args:
        audio: ``[A, S]`` or ``[S]``.
        sample_rate: Hz.
        ratio: Samples per latent frame.
        frames: T.
    """
    mono = np.atleast_2d(np.asarray(audio, dtype=np.float64)).mean(axis=0)
    needed = frames * ratio + _WINDOW
    before = (_WINDOW - ratio) // 2 if ratio < _WINDOW else 0
    padded = np.pad(mono, (before, max(0, needed - len(mono))))
    starts = np.arange(frames) * ratio + (0 if ratio < _WINDOW else (ratio - _WINDOW) // 2)
    found: dict[str, list[Row]] = {name: [] for name in MEASURES}
    for part in np.array_split(starts, max(1, frames // 512)):  # memory stays small for long sounds
        for name, row in _measured(padded[part[:, None] + np.arange(_WINDOW)], sample_rate).items():
            found[name].append(row)
    return {name: np.concatenate(rows) for name, rows in found.items()}


def _measured(windows: Row, rate: float) -> dict[str, Row]:
    hann = np.hanning(_WINDOW)
    energy = (windows * hann) ** 2
    loudness = 10 * np.log10(energy.sum(axis=1) / (hann**2).sum() + 1e-12)
    silent = loudness < _SILENCE_DB
    magnitude = np.abs(np.fft.rfft(windows * hann, axis=1))
    frequency = np.asarray(np.fft.rfftfreq(_WINDOW, 1 / rate), dtype=np.float64)
    heard = (frequency >= 30) & (frequency <= min(16000.0, 0.45 * rate))
    power = magnitude[:, heard] ** 2 + 1e-12
    centroid = (power * frequency[heard]).sum(axis=1) / power.sum(axis=1)
    flatness = np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)
    rows = {
        "loudness": np.maximum(loudness, -80.0),
        "brightness": np.log2(centroid / 100),
        "noisiness": flatness**0.25,
        "pitch": _pitch(windows * hann, rate),
        "roughness": _roughness(magnitude[:, heard], frequency[heard]),
    }
    return {name: np.where(silent & (name != "loudness"), np.nan, row) for name, row in rows.items()}


def _pitch(windowed: Row, rate: float) -> Row:
    """Octaves above 100 Hz of the first strong peak of the autocorrelation, NaN where none is strong."""
    power = np.abs(np.fft.rfft(windowed, 2 * _WINDOW, axis=1)) ** 2
    own = np.fft.irfft(
        np.fft.rfft(np.hanning(_WINDOW), 2 * _WINDOW) * np.conj(np.fft.rfft(np.hanning(_WINDOW), 2 * _WINDOW))
    )
    lags = np.arange(int(rate / _HIGHEST_HZ), min(int(rate / _LOWEST_HZ), _WINDOW * 3 // 4) + 2)
    # divided by the window's own, or long periods would look weak (Boersma 1993)
    every = np.fft.irfft(power, axis=1)
    likeness = every[:, lags] / own[lags] * own[0] / np.maximum(every[:, :1], 1e-12)
    peaks = (likeness[:, 1:-1] >= likeness[:, :-2]) & (likeness[:, 1:-1] > likeness[:, 2:])
    strength = np.where(peaks, likeness[:, 1:-1], 0.0)
    best = strength.max(axis=1)
    first = (strength >= 0.9 * best[:, None]).argmax(axis=1) + 1
    rows = np.arange(len(first))
    a, b, c = likeness[rows, first - 1], likeness[rows, first], likeness[rows, first + 1]
    bend = a - 2 * b + c
    offset = np.where(np.abs(bend) > 1e-12, 0.5 * (a - c) / np.where(np.abs(bend) > 1e-12, bend, 1.0), 0.0)
    octaves = np.log2(rate / (lags[first] + np.clip(offset, -1.0, 1.0)) / 100)
    return np.where(best >= _PERIODIC, octaves, np.nan)


def _roughness(magnitude: Row, frequency: Row) -> Row:
    """Dissonance of all that sounds within a critical band of each other, as the root of its share of the power.

    Plomp and Levelt's curve as Sethares (1993) writes it, over pairs of bins that are farther apart than a partial is
    wide: noise has it too, which no choice of some peaks says of it reliably.
    """
    low, power = frequency[frequency < _ROUGH_HZ], magnitude[:, frequency < _ROUGH_HZ]
    rough = np.zeros(len(power))
    for apart in range(_LOBE, _LOBE + _BAND):
        x = apart * (low[1] - low[0]) * 0.24 / (0.0207 * low[:-apart] + 18.96)
        rough += (power[:, :-apart] * power[:, apart:]) @ (np.exp(-3.51 * x) - np.exp(-5.75 * x))
    return np.asarray(np.sqrt(rough / np.maximum((power**2).sum(axis=1), 1e-12)))
