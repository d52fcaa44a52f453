"""How alike two sounds rise and fall."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

FloatArray = NDArray[np.float32]

STEP_SECONDS = 0.005
_STEPS = (110, 220, 882)  # samples: how it begins, and how it dies away


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


def envelope_loss(output: Tensor, target: Tensor) -> Tensor:
    """Difference of the envelopes of ``output`` and ``target``, both ``[B, S]``, as a share of the target's own.

    The mean over envelopes in steps of 2.5, 5 and 20 ms.
    """

    def rises(audio: Tensor, step: int) -> Tensor:
        power = audio[:, : audio.shape[1] // step * step].unflatten(1, (-1, step)).square().mean(2)
        return torch.sqrt(power + 1e-8)

    apart = []
    for step in _STEPS:
        wanted = rises(target, step)
        off = (rises(output, step) - wanted).abs().sum(1) / wanted.sum(1).clamp(min=1e-3)
        apart.append(off.clamp(max=10.0).mean())
    return torch.stack(apart).mean()
