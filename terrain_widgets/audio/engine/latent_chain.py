"""What happens to latents between the mapping and the decoder: stateful, frame by frame, whatever the block size."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.parameters import DEFAULT_LATENT_LIMIT

FloatArray = NDArray[np.float32]

GLIDE_FRAMES = 4  # from the latents last played to those of a new mapping


def _vector(value: Any, name: str, dim: int) -> FloatArray:
    vector = np.asarray(value, dtype=np.float32)
    if vector.ndim > 1 or (vector.ndim == 1 and vector.shape[0] not in (1, dim)):
        raise ValueError(f"{name} needs one number or {dim} (one per latent dimension), got shape {vector.shape}")
    if not np.isfinite(vector).all():
        raise ValueError(f"{name} must be finite, got {value!r}")
    return np.broadcast_to(vector, (dim,)).astype(np.float32)


@dataclass(frozen=True, eq=False)
class LatentSettings:
    """How latents are shaped before they are decoded: ``clip(z * scale + offset, low, high)``, then a slew limit.

    Args:
        low: Smallest value per latent dimension ``[D]``.
        high: Largest value per latent dimension ``[D]``.
        scale: Factor ``[D]``.
        offset: Added after the factor ``[D]``.
        slew: Largest change of a latent in units per second; infinity changes nothing.
    """

    low: FloatArray
    high: FloatArray
    scale: FloatArray
    offset: FloatArray
    slew: float = math.inf

    @classmethod
    def of(
        cls,
        dim: int,
        low: ArrayLike = -DEFAULT_LATENT_LIMIT,
        high: ArrayLike = DEFAULT_LATENT_LIMIT,
        scale: ArrayLike = 1.0,
        offset: ArrayLike = 0.0,
        slew: float = math.inf,
    ) -> LatentSettings:
        """Settings for D latents from one number or D numbers each.

        Raises:
            ValueError: If shapes disagree, a value is not finite, ``low`` is above ``high``, or the slew limit is not
                above 0.
        """
        lows, highs = _vector(low, "low", dim), _vector(high, "high", dim)
        if (lows > highs).any():
            where = int(np.argmax(lows > highs))
            raise ValueError(
                f"latent range is upside down in dimension {where}: low {lows[where]:g} is above high "
                f"{highs[where]:g}; swap them"
            )
        if not float(slew) > 0.0:
            raise ValueError(f"the slew limit is a number of units per second above 0 (or infinity), got {slew!r}")
        return cls(lows, highs, _vector(scale, "scale", dim), _vector(offset, "offset", dim), float(slew))


class LatentGuard:
    """Shapes latents and keeps them where the decoder is known to behave.

    Rows that hold a NaN or infinity are replaced by the last good row and counted in ``count``.

    Args:
        settings: Read at every block; may be replaced between two.
    """

    def __init__(self, settings: LatentSettings) -> None:
        self.settings = settings
        self.reset()

    def reset(self) -> None:
        """Forget the last good row and the count."""
        self.count = 0
        self._last = np.clip(np.zeros_like(self.settings.low), self.settings.low, self.settings.high)

    def process(self, latents: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` to latents ``[T, D]`` that a decoder can take."""
        settings = self.settings
        out = np.asarray(latents, dtype=np.float32) * settings.scale + settings.offset
        if not np.isfinite(out).all():
            good = np.isfinite(out).all(axis=1)
            self.count += int(np.count_nonzero(~good))
            # index of the newest good row at or before each row; -1 where there is none in this block
            newest = np.maximum.accumulate(np.where(good, np.arange(len(out)), -1))
            out = np.where(newest[:, None] >= 0, out[np.maximum(newest, 0)], self._last)
        clamped: FloatArray = np.minimum(
            np.maximum(out, settings.low), settings.high
        )  # np.clip looks at its limits each time
        if len(clamped):
            self._last = clamped[-1].copy()
        return clamped


class LatentGlide:
    """Leads from the latents last played to whatever comes now, after a swap that would else be a jump.

    Gliding from the latents last played, rather than from the old mapping, stays continuous however fast swaps follow
    each other (a terrain in training arrives many times a second).
    """

    def __init__(self) -> None:
        self._last: FloatArray | None = None
        self._held: FloatArray | None = None
        self._left = 0

    def begin(self) -> None:
        """The next frames glide away from the last one."""
        if self._last is not None:
            self._held, self._left = self._last, GLIDE_FRAMES

    def forget(self) -> None:
        """What comes next is a beginning."""
        self._last, self._left = None, 0

    def process(self, latents: FloatArray) -> FloatArray:
        """Latents ``[T, D]``, the first ones mixed with the held one by the weights 1/(n+1) .. n/(n+1)."""
        if self._left and self._held is not None:
            place = (GLIDE_FRAMES - self._left + 1.0 + np.arange(len(latents))) / (GLIDE_FRAMES + 1.0)
            weight = np.minimum(1.0, place)[:, None].astype(np.float32)
            latents = (1.0 - weight) * self._held + weight * latents
            self._left = max(0, self._left - len(latents))
        if len(latents):
            self._last = latents[-1].copy()
        return latents


class LatentSlew:
    """Limits how far each latent moves from frame to frame."""

    def __init__(self) -> None:
        self._at: FloatArray | None = None

    def forget(self) -> None:
        """The next frame is taken as it comes."""
        self._at = None

    def process(self, latents: FloatArray, step: float) -> FloatArray:
        """Latents ``[T, D]`` with no change above ``step`` units per frame."""
        if math.isfinite(step) and len(latents):
            moved = latents.copy()
            at = moved[0] if self._at is None else self._at
            for frame in range(len(moved)):
                at = at + np.clip(moved[frame] - at, -step, step)
                moved[frame] = at
            latents = moved
        if len(latents):
            self._at = latents[-1].copy()
        return latents
