"""Samples and frames of whole files: how many there are, and how a file is cut into blocks without losing any.

S samples are ``ceil(S / ratio)`` frames: the last frame is filled up with silence before it is encoded, and ``trimmed``
takes that silence away again behind the decoder. Every file is counted from its own first sample, so that nothing
drifts from file to file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


def frames_needed(samples: int, ratio: int) -> int:
    """Latent frames of so many samples: ``ceil(samples / ratio)``, at least 1."""
    return max(1, -(-samples // ratio))


def whole_frames(audio: FloatArray, ratio: int) -> FloatArray:
    """Audio ``[A, S]`` filled up with silence to ``[A, ceil(S / ratio) * ratio]``."""
    samples = audio.shape[1]
    return np.pad(audio, ((0, 0), (0, frames_needed(samples, ratio) * ratio - samples)))


def trimmed(audio: FloatArray, samples: int) -> FloatArray:
    """Decoded audio ``[A, T * ratio]`` without what filled the last frame: ``[A, samples]``.

    Raises:
        ValueError: If there are fewer samples than that.
    """
    if audio.shape[1] < samples:
        raise ValueError(f"cannot trim {audio.shape[1]} samples to {samples}: decode all frames first")
    return audio[:, :samples]


def checked_audio(audio: Any, sample_rate: float) -> FloatArray:
    """Anything like audio as a float32 array ``[A, S]``.

    Raises:
        ValueError: If it is empty, not finite or not of one or two dimensions, or the rate is not positive.
    """
    samples = np.asarray(audio, dtype=np.float32)
    if samples.ndim not in (1, 2) or samples.size == 0:
        raise ValueError(f"encode takes audio [channels, samples] or [samples], not empty; got shape {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("encode takes finite audio, but this holds NaN or infinity; repair or remove those samples")
    if not sample_rate > 0:
        raise ValueError(f"the sample rate must be above 0 Hz, got {sample_rate}")
    return samples[None] if samples.ndim == 1 else samples


def with_channels(audio: FloatArray, channels: int) -> FloatArray:
    """Audio ``[A, S]`` with another number of channels: equal ones stay, all else goes by way of their mean."""
    if len(audio) == channels:
        return audio
    mono = audio.mean(axis=0, dtype=np.float32)
    return np.repeat(mono[None], channels, axis=0)


def at_rate(audio: FloatArray, sample_rate: float, wanted: float) -> FloatArray:
    """Audio ``[A, S]`` resampled to ``[A, round(S * wanted / sample_rate)]`` by soxr, at least one sample."""
    if sample_rate == wanted:
        return audio
    count = max(1, round(audio.shape[1] * wanted / sample_rate))
    resampled = np.asarray(soxr.resample(audio.T, sample_rate, wanted, quality="HQ"), dtype=np.float32).T
    short = max(0, count - resampled.shape[1])
    return np.ascontiguousarray(np.pad(resampled, ((0, 0), (0, short)))[:, :count])


def blocks(frames: int, size: int, margin: int = 0) -> Iterator[tuple[slice, slice]]:
    """Frames 0 to ``frames`` in blocks.

    Args:
        frames: How many there are.
        size: Most frames that a block adds.
        margin: Frames of the neighbourhood on either side that a block also covers, where there are such.

    Yields:
        The frames that a block covers, and which of these, counted within the block, it adds.
    """
    for start in range(0, frames, size):
        stop = min(frames, start + size)
        first, last = max(0, start - margin), min(frames, stop + margin)
        yield slice(first, last), slice(start - first, stop - first)
