"""How alike two sounds rise and fall."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

STEP_SECONDS = 0.005


def envelope(audio: FloatArray, sample_rate: float) -> NDArray[np.float64]:
    """Root mean square of mono audio ``[S]`` in steps of 5 ms."""
    step = max(1, round(STEP_SECONDS * sample_rate))
    whole = np.pad(audio, (0, -len(audio) % step)).reshape(-1, step).astype(np.float64)
    return np.asarray(np.sqrt(np.mean(whole**2, axis=1)))


def envelope_correlation(original: FloatArray, copy: FloatArray, sample_rate: float) -> float:
    """Pearson's correlation of the envelopes, -1 to 1; 0 where one of them does not change.

    Args:
        original: Mono ``[S]``.
        copy: Mono, at least as long.
        sample_rate: Hz.
    """
    a, b = envelope(original, sample_rate), envelope(copy[: len(original)], sample_rate)
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])
