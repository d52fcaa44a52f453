"""Where hits begin, found from the sound alone, and how many of an original's are found in a copy."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.pebble.encoder import mel_filters
from terrain_widgets.codecs.pebble.synth import SAMPLE_RATE

FFT = 512
STEP = 64  # samples: 1.5 ms
BANDS = 24
FLOOR_DB = 50.0  # below the sound's maximum: what is quieter begins nothing
LAG = 6  # steps, 8.7 ms: a rise is measured over this time
LEAST_RISE_DB = 6.0  # mean over the bands, negative changes counted as none
NEIGHBOURHOOD = round(0.04 * SAMPLE_RATE / STEP)  # an onset is the steepest place within 40 ms to either side
TOLERANCE = 0.02  # seconds


def onsets(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """Times in seconds where mono audio ``[S]`` rises at once in many bands (half-wave rectified spectral flux)."""
    padded = np.pad(np.asarray(audio, np.float32), (FFT + LAG * STEP, FFT))
    spectrum = torch.stft(
        torch.from_numpy(padded), FFT, STEP, window=torch.hann_window(FFT), center=False, return_complex=True
    )
    power = spectrum.abs().square().T @ mel_filters(BANDS, FFT, 60.0, 16000.0)
    levels = (10 * torch.log10(power + 1e-12)).numpy()
    levels = np.maximum(levels, levels.max() - FLOOR_DB)
    rise = np.maximum(levels[LAG:] - levels[:-LAG], 0.0).mean(axis=1)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(rise, NEIGHBOURHOOD), 2 * NEIGHBOURHOOD + 1).max(axis=1)
    places = np.flatnonzero((rise >= around) & (rise >= LEAST_RISE_DB))
    # Of a plateau the first step counts. Step k compares windows whose middle lies between k and k + LAG steps.
    places = places[np.diff(places, prepend=-NEIGHBOURHOOD) > 1]
    return ((places + LAG / 2) * STEP + FFT / 2 - FFT - LAG * STEP) / SAMPLE_RATE


def onsets_found(original: NDArray[np.float32], copy: NDArray[np.float32]) -> tuple[int, int, int]:
    """How many of the original's onsets the copy has within 20 ms, each of the copy's serving once.

    Args:
        original: Mono ``[S]`` at 44.1 kHz.
        copy: The same.

    Returns:
        Found ones, the original's, and the copy's.
    """
    wanted, given = onsets(original), onsets(copy[: len(original)])
    free = [*given]
    found = 0
    for time in wanted:
        near = min(free, key=lambda other: abs(other - time), default=None)
        if near is not None and abs(near - time) <= TOLERANCE:
            free.remove(near)
            found += 1
    return found, len(wanted), len(given)
