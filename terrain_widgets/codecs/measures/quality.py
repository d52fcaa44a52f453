"""How near a codec's sound is to the original: two spectral distances, each with the baseline that it must beat.

The baseline is "one mean spectrum, moved up and down by the loudness envelope": right dynamics, one timbre, no pitch.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from terrain_widgets.codecs.measures.log_mel import FLOOR_DB, log_mel

FloatArray = NDArray[np.float32]
#: FFT length, step and window of each resolution, in samples: Parallel WaveGAN's, and auraloss's defaults.
RESOLUTIONS = ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240))
LEAST_POWER = 1e-8


def baseline_distance(original: FloatArray) -> float:
    """``log_mel_distance`` of the baseline.

    Args:
        original: Mono ``[S]`` at 44.1 kHz.
    """
    wanted = log_mel(original)
    power = 10 ** (wanted / 10)
    shape = power.mean(0) / power.mean()
    given = 10 * np.log10(power.mean(1, keepdims=True) * shape + 1e-10)
    floor = wanted.max() - FLOOR_DB
    return float(np.abs(np.maximum(wanted, floor) - np.maximum(given, floor)).mean())


def _magnitudes(audio: FloatArray, resolution: tuple[int, int, int]) -> Tensor:
    fft, step, length = resolution
    spectrum = torch.stft(
        torch.from_numpy(np.array(audio)), fft, step, length, torch.hann_window(length), return_complex=True
    )
    return spectrum.abs().square().clamp(min=LEAST_POWER).sqrt()  # [bins, frames]


def _convergence_and_log(wanted: Tensor, given: Tensor) -> float:
    convergence = torch.linalg.norm(wanted - given) / torch.linalg.norm(wanted)
    return float(convergence + (wanted.log() - given.log()).abs().mean())


def multi_resolution_distance(original: FloatArray, copy: FloatArray) -> float:
    """Multi-resolution STFT distance: spectral convergence plus mean absolute difference of log magnitudes (nepers).

    The mean over three resolutions, as ``auraloss.freq.MultiResolutionSTFTLoss()`` with its defaults gives it (Yamamoto
    et al., "Parallel WaveGAN", 2020). Two pieces of the same white noise are about 1.35 apart.

    Args:
        original: Mono ``[S]`` at 44.1 kHz.
        copy: Mono, at least as long.
    """
    copy = copy[: len(original)]
    return float(np.mean([_convergence_and_log(_magnitudes(original, r), _magnitudes(copy, r)) for r in RESOLUTIONS]))


def multi_resolution_baseline(original: FloatArray) -> float:
    """``multi_resolution_distance`` of the baseline, whose spectra are taken as smooth, without a phase's accidents.

    Args:
        original: Mono ``[S]`` at 44.1 kHz.
    """
    distances = []
    for resolution in RESOLUTIONS:
        wanted = _magnitudes(original, resolution)
        power = wanted.square()
        given = power.mean(1, keepdim=True) * power.mean(0) / power.mean()
        distances.append(_convergence_and_log(wanted, given.clamp(min=LEAST_POWER).sqrt()))
    return float(np.mean(distances))
