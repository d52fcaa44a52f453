"""How near one sound is to another: the distance of their levels in mel bands."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.pebble.encoder import mel_filters

FloatArray = NDArray[np.float32]

FFT = 2048
STEP = 512
BANDS = 64
FLOOR_DB = 60.0


def log_mel(audio: FloatArray) -> NDArray[np.float64]:
    """Mono audio ``[…, S]`` at 44.1 kHz to band levels ``[…, frames, 64]`` in dB, 40 Hz to 20 kHz."""
    window = torch.hann_window(FFT)
    spectrum = torch.stft(
        torch.from_numpy(np.array(audio)), FFT, STEP, window=window, pad_mode="constant", return_complex=True
    )
    power = spectrum.abs().square().mT @ mel_filters(BANDS, FFT, 40.0, 20000.0)
    levels: NDArray[np.float64] = 10 * np.log10(power.double().numpy() + 1e-10)
    return levels


def log_mel_distance(original: FloatArray, copy: FloatArray) -> float:
    """Mean absolute difference of the band levels in dB; both floored 60 dB below the original's maximum.

    The level is not matched: a copy that is too quiet pays for it.

    Args:
        original: Mono ``[S]`` at 44.1 kHz.
        copy: Mono, at least as long.
    """
    wanted, given = log_mel(original), log_mel(np.ascontiguousarray(copy[: len(original)]))
    floor = wanted.max() - FLOOR_DB
    return float(np.abs(np.maximum(wanted, floor) - np.maximum(given, floor)).mean())
