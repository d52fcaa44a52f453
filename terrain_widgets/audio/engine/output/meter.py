"""What a level meter shows of a block of sound."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.limiter import Limiter
from terrain_widgets.audio.engine.output.output_processor import OutputProcessor

FloatArray = NDArray[np.float32]

_FALL_DB = 24.0  # per second
_RMS_SECONDS = 0.1
_SILENCE_DB = -120.0


def decibels(linear: float) -> float:
    """Linear amplitude to dB, not below -120."""
    return max(_SILENCE_DB, 20.0 * math.log10(linear)) if linear > 0.0 else _SILENCE_DB


@dataclass(frozen=True)
class Level:
    """What a meter shows.

    Args:
        peak_db: Peak in dBFS, falling 24 dB per second after a maximum.
        rms_db: RMS in dBFS over about 0.1 s.
        limiter_db: Largest gain reduction in dB (0 or positive), falling like the peak.
        nan_count: Samples and latent rows that were no numbers, since the start.
        frames: Latent frames rendered since the start.
    """

    peak_db: float = _SILENCE_DB
    rms_db: float = _SILENCE_DB
    limiter_db: float = 0.0
    nan_count: int = 0
    frames: int = 0


class Meter(OutputProcessor):
    """Peak and RMS with the fall of a needle.

    Args:
        sample_rate: Hz.
        limiter: Whose reduction is shown, too.
    """

    def __init__(self, sample_rate: float, limiter: Limiter) -> None:
        self._sample_rate, self._limiter = sample_rate, limiter
        self.reset()

    def reset(self) -> None:
        """Silence since long."""
        self.peak_db, self.limiter_db, self._power = _SILENCE_DB, 0.0, 0.0

    @property
    def rms_db(self) -> float:
        """RMS in dBFS over about 0.1 s."""
        return decibels(math.sqrt(self._power))

    def process(self, audio: FloatArray) -> FloatArray:
        """Look at a block ``[A, S]``, and at how far the limiter turned it down."""
        if audio.shape[1] == 0:
            return audio
        reduction_db = self._limiter.take_reduction_db()
        seconds = audio.shape[1] / self._sample_rate
        fall = _FALL_DB * seconds
        peak = max(float(audio.max()), -float(audio.min()))
        self.peak_db = max(decibels(peak), self.peak_db - fall, _SILENCE_DB)
        self.limiter_db = max(reduction_db, self.limiter_db - fall, 0.0)
        keep = math.exp(-seconds / _RMS_SECONDS)
        self._power = keep * self._power + (1.0 - keep) * float(np.vdot(audio, audio)) / audio.size
        return audio
