"""What the stream model hears and plays on: partials a quarter tone apart, and bands of noise."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from terrain_widgets.codecs.pebble.encoder import mel_filters

SAMPLE_RATE = 44100
HOP = 512  # samples between two sets of amplitudes
WINDOW = 2 * HOP
PARTIALS = 176
LOWEST = 41.203  # Hz, E1
STEPS_PER_OCTAVE = 24
NOISE_BANDS = 48
LONG = 4096  # samples of the window that tells low tones apart
SHORT = 1024
SHORT_BANDS = 48
NOISES = 256  # frames of noise, after which it comes again: 3 s
_PHASE_SEED, _NOISE_SEED = 20_231_117, 20_231_118


def frequencies() -> np.ndarray:
    """Of the partials, Hz ``[PARTIALS]``: equal temperament at A = 440 Hz, and the tones between."""
    return LOWEST * 2.0 ** (np.arange(PARTIALS) / STEPS_PER_OCTAVE)


def phases() -> np.ndarray:
    """Of the partials at the first sample, in turns ``[PARTIALS]``: any, so that they do not add up to a pulse."""
    return torch.rand(PARTIALS, generator=torch.Generator().manual_seed(_PHASE_SEED)).double().numpy()


def partial_filters(window: int = LONG) -> Tensor:
    """``[window // 2 + 1, PARTIALS]``: how much a partial takes of each bin's power; each at least a bin wide.

    Args:
        window: Samples of the spectra.
    """
    hertz = np.fft.rfftfreq(window, 1 / SAMPLE_RATE)[:, None]
    centre = frequencies()[None]
    width = np.maximum(centre * (2 ** (1 / STEPS_PER_OCTAVE) - 1), SAMPLE_RATE / window)
    weights = np.maximum(0.0, 1.0 - np.abs(hertz - centre) / width)
    return torch.from_numpy(weights / weights.sum(0)).float()


def band_filters() -> Tensor:
    """``[SHORT // 2 + 1, SHORT_BANDS]``: mel bands of the short window."""
    return mel_filters(SHORT_BANDS, SHORT, 40.0, 20000.0)


def band_centres() -> np.ndarray:
    """Of those bands, Hz ``[SHORT_BANDS]``: where they weigh most."""
    bins = np.fft.rfftfreq(SHORT, 1 / SAMPLE_RATE)
    filters = band_filters().double().numpy()
    return np.asarray(bins @ filters / filters.sum(0))


def noise_centres() -> np.ndarray:
    """Of the bands of noise, Hz ``[NOISE_BANDS]``, from 0 to half the sample rate."""
    top = SAMPLE_RATE / 2
    mel = np.linspace(0.0, 2595 * np.log10(1 + top / 700), NOISE_BANDS)
    centres = 700 * (10 ** (mel / 2595) - 1)
    # the lowest bands lie closer than bins do
    centres = np.maximum(centres, np.arange(NOISE_BANDS) * SAMPLE_RATE / WINDOW)
    return np.asarray(centres * top / centres[-1])


def noise_shapes() -> Tensor:
    """``[NOISE_BANDS, WINDOW // 2 + 1]``: gains over bins of bands of noise, which overlap and sum to one."""
    bins = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE)
    rows = [np.interp(bins, noise_centres(), row) for row in np.eye(NOISE_BANDS)]
    return torch.from_numpy(np.array(rows)).float()


def noise_spectra() -> Tensor:
    """Spectra of pieces of noise of unit power, complex64 ``[NOISES, WINDOW // 2 + 1]``.

    Magnitudes are one, phases by chance: the noise is as even as it can be. The page draws the same numbers.
    """
    turns = torch.rand(NOISES, WINDOW // 2 + 1, generator=torch.Generator().manual_seed(_NOISE_SEED))
    return torch.polar(torch.full_like(turns, math.sqrt(WINDOW)), 2.0 * math.pi * turns)


def waves() -> tuple[Tensor, Tensor]:
    """Cosines and sines of the partials under a window ``[PARTIALS, WINDOW]``; neighbours' windows sum to one."""
    angle = 2 * np.pi * frequencies()[:, None] * np.arange(WINDOW) / SAMPLE_RATE
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    return torch.from_numpy(np.cos(angle) * window).float(), torch.from_numpy(np.sin(angle) * window).float()
