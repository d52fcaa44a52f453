"""Finds what no sound can be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class FaultGuard:
    """Finds what no sound can be: NaN, infinity, and levels that only a broken decoder gives."""

    ceiling = 16.0  # 24 dB above full scale

    def __init__(self) -> None:
        self.count = 0

    def reset(self) -> None:
        """Forget the count."""
        self.count = 0

    def faulty(self, audio: FloatArray) -> bool:
        """Whether audio of any shape holds such samples; adds their number to ``count``."""
        # Comparisons are false for NaN, too. If all squares together are small enough, each of them is.
        if np.vdot(audio, audio) <= self.ceiling**2:
            return False
        if audio.max(initial=0.0) <= self.ceiling and audio.min(initial=0.0) >= -self.ceiling:
            return False
        with np.errstate(invalid="ignore"):
            self.count += int(np.count_nonzero(~(np.abs(audio) <= self.ceiling)))
        return True
