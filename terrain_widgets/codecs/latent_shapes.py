"""What decoders are given, checked: a table of latents for a whole sound, a batch of them for streams."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.trajectory import LatentTrajectory

FloatArray = NDArray[np.float32]


def latent_table(latents: Any, latent_dim: int) -> FloatArray:
    """Latents ``[T, D]`` as float32.

    Args:
        latents: Such an array, or a ``LatentTrajectory``.
        latent_dim: D.

    Raises:
        ValueError: If the shape is not ``[T, D]`` with T of at least 1.
    """
    values = np.asarray(latents.values if isinstance(latents, LatentTrajectory) else latents, dtype=np.float32)
    if values.ndim != 2 or values.shape[1] != latent_dim or len(values) < 1:
        raise ValueError(f"decode takes latents [frames, {latent_dim}], got shape {values.shape}")
    return values


def latent_batch(latents: Any, voices: int, latent_dim: int) -> FloatArray:
    """Latents ``[B, D, T]`` as float32, each row after the other in memory.

    Args:
        latents: Such an array.
        voices: B, the rows of the stream.
        latent_dim: D.

    Raises:
        ValueError: If the shape is not ``[voices, D, T]`` with T of at least 1.
    """
    values = np.ascontiguousarray(latents, dtype=np.float32)
    if values.ndim != 3 or values.shape[:2] != (voices, latent_dim) or values.shape[2] < 1:
        raise ValueError(
            f"this stream decodes latents [{voices} voices, {latent_dim} latents, frames], got {values.shape}; ask "
            "codec.stream(voices) for another number of voices"
        )
    return values
