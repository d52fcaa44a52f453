"""A voice: one row of the decoder's batch, with the latents' memory and the gate that belong to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latent_chain import LatentGlide, LatentGuard, LatentSettings, LatentSlew
from terrain_widgets.audio.engine.processors import Fade

FloatArray = NDArray[np.float32]


class Voice:
    """Latents in, a shaped and gated row of sound out.

    Args:
        settings: How latents are shaped.
        ramp_samples: Length of the gate's fades.
        frame_rate: Latent frames per second.
        ratio: Samples per frame.
    """

    def __init__(self, settings: LatentSettings, ramp_samples: int, frame_rate: float, ratio: int) -> None:
        self.gate = Fade(ramp_samples)
        self.guard = LatentGuard(settings)
        self._glide, self._slew = LatentGlide(), LatentSlew()
        self._frame_rate, self._ratio = frame_rate, ratio
        self._last = np.zeros((1, len(settings.low)), dtype=np.float32)

    @property
    def active(self) -> bool:
        """Whether it sounds, or still fades out."""
        return not self.gate.silent

    @property
    def frames_left(self) -> float:
        """Frames until a closing gate is silent, infinity while it is open."""
        return np.inf if self.gate.target > 0.0 else -(-self.gate.remaining // self._ratio)

    def glide(self) -> None:
        """What comes next comes from elsewhere: lead over to it, where something sounds."""
        if self.active:
            self._glide.begin()

    def forget(self) -> None:
        """The next frame is a beginning."""
        self._glide.forget()
        self._slew.forget()

    def latents(self, raw: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` as the mapping gave them to latents that may be decoded."""
        settings = self.guard.settings
        guarded = self._glide.process(self.guard.process(raw))
        self._last = self._slew.process(guarded, settings.slew / self._frame_rate)
        return self._last

    def held(self, frames: int) -> FloatArray:
        """The last latents for some frames more, ``[T, D]``."""
        return np.repeat(self._last[-1:], frames, axis=0)
