"""How loud something is, frame by frame, as a movement."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.modulation.hashing import Floats

#: The basis that follows the level of what is heard live.
ENVELOPE = "envelope"
_FLOOR_DB = 60.0


def levels(audio: NDArray[np.float32], ratio: int) -> Floats:
    """From 0, at 60 dB below full scale and for less, to 1 at full scale, even in decibels.

    Args:
        audio: ``[A, T * ratio]``, of which the mean of the channels counts; what is no finite number is silence.
        ratio: Samples of a frame.

    Returns:
        One for each frame, ``[T]``.
    """
    mono = np.nan_to_num(audio.astype(np.float64).mean(axis=0), nan=0.0, posinf=0.0, neginf=0.0)
    power = (mono.reshape(-1, ratio) ** 2).mean(axis=1)
    found: Floats = np.clip(1.0 + 10.0 * np.log10(power + 1e-12) / _FLOOR_DB, 0.0, 1.0)
    return found
