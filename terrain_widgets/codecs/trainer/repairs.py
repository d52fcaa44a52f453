"""Repairs of sounds before a model learns from them; each is a function of mono audio ``[S]``."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

SILENCE_DB = -60.0  # below the sound's peak
PEAK_DB = -0.1
_BEGINNING = 512  # samples that decide which way up a sound is


def without_silence(audio: FloatArray, floor_db: float = SILENCE_DB) -> FloatArray:
    """The sound from its first to its last sample above a floor, so that what begins does so at once.

    Args:
        audio: Mono ``[S]``.
        floor_db: The floor in dB, relative to the sound's peak.

    Returns:
        ``[S']``; all of it where it is silent throughout.
    """
    peak = float(np.abs(audio).max(initial=0.0))
    loud = np.flatnonzero(np.abs(audio) > peak * 10 ** (floor_db / 20))
    return audio[loud[0] : loud[-1] + 1] if len(loud) else audio


def at_peak(audio: FloatArray, peak_db: float = PEAK_DB) -> FloatArray:
    """The sound with its peak at that level in dBFS; silence stays as it is."""
    peak = float(np.abs(audio).max(initial=0.0))
    if peak < 1e-9:
        return audio
    return np.asarray(audio * np.float32(10 ** (peak_db / 20) / peak), np.float32)


def upright(audio: FloatArray) -> FloatArray:
    """The sound turned so that its beginning goes up first: hits recorded with either polarity then add up."""
    beginning = audio[:_BEGINNING]
    if not len(beginning) or float(beginning.max()) >= -float(beginning.min()):
        return audio
    return -audio


def without_offset(audio: FloatArray, sample_rate: float) -> FloatArray:
    """The sound less its constant part, which its ends are led to, so that none of them begins with a step.

    Args:
        audio: Mono ``[S]``.
        sample_rate: Hz.
    """
    moved = np.asarray(audio - audio.mean(dtype=np.float64), np.float32)
    ramp = min(len(moved) // 2, math.ceil(0.002 * sample_rate))
    if ramp:
        rise = np.linspace(0.0, 1.0, ramp, dtype=np.float32)
        moved[:ramp] *= rise
        moved[-ramp:] *= rise[::-1]
    return moved
