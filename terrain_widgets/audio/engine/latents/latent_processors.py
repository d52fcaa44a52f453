"""The processors of latents that every voice has: stateful, frame by frame, whatever the block size."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.latent_chain import LatentProcessor
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings

FloatArray = NDArray[np.float32]

GLIDE_FRAMES = 4  # from the latents last played to those of a new mapping


class LatentGuard(LatentProcessor):
    """Shapes latents and keeps them where the decoder is known to behave.

    Rows that hold a NaN or infinity are replaced by the last good row.

    Args:
        settings: How they are shaped.

    Attributes:
        count: Rows replaced so far.
    """

    def __init__(self, settings: LatentSettings) -> None:
        self.settings = settings
        self.count = 0
        self._last = np.clip(np.zeros_like(self.settings.low), self.settings.low, self.settings.high)

    def undo(self, processed: FloatArray, raw: FloatArray) -> FloatArray:
        """Before factor and offset; a factor of 0 has lost what there was."""
        scale, offset = self.settings.scale, self.settings.offset
        lost = scale == 0.0
        before = (processed - offset) / np.where(lost, np.float32(1.0), scale)
        return np.asarray(np.where(lost, raw, before), dtype=np.float32)

    def configure(self, settings: LatentSettings) -> None:
        """Shape by these from now on."""
        self.settings = settings

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


class LatentGlide(LatentProcessor):
    """Leads from the latents last played to whatever comes now, after a swap that would else be a jump.

    Gliding from the latents last played, rather than from the old mapping, stays continuous however fast swaps follow
    each other (a terrain in training arrives many times a second).
    """

    def __init__(self) -> None:
        self._last: FloatArray | None = None
        self._held: FloatArray | None = None
        self._left = 0

    def lead_over(self) -> None:
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


class LatentSlew(LatentProcessor):
    """Limits how far each latent moves from frame to frame.

    Args:
        settings: Their slew limit counts.
        frame_rate: Latent frames per second.
    """

    def __init__(self, settings: LatentSettings, frame_rate: float) -> None:
        self._frame_rate = frame_rate
        self.configure(settings)
        self._at: FloatArray | None = None

    def forget(self) -> None:
        """The next frame is taken as it comes."""
        self._at = None

    def configure(self, settings: LatentSettings) -> None:
        """Move no faster than these say from now on."""
        self._step = settings.slew / self._frame_rate

    def process(self, latents: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` with no change above the limit from frame to frame."""
        step = self._step
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
