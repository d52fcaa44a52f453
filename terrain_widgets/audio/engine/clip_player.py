"""A base clip in motion, and the mix of its own sound with what is decoded."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.backing_clip import BackingClip
from terrain_widgets.audio.engine.compatibility import check_base, check_wet
from terrain_widgets.audio.engine.processors import Gain
from terrain_widgets.codecs.base import CodecInfo

FloatArray = NDArray[np.float32]

_EDGE_SECONDS = 0.005


class ClipPlayer:
    """Steers a clip's latents by the terrain's and adds the clip's own, dry sound to the decoded one.

    Args:
        info: The codec. The dry sound is held back by its delay, so that both meet.
        ramp_samples: Length of the mix's ramps.

    Attributes:
        wet: Share of the decoded sound while there is a clip.
        clip: What runs, or nothing.
    """

    def __init__(self, info: CodecInfo, ramp_samples: int) -> None:
        self._info = info
        self.wet = 1.0
        self._share = Gain(ramp_samples)  # of the decoded sound: 1 without a clip, else what was asked for
        self.clip: BackingClip | None = None
        self._dry: FloatArray = np.zeros((info.channels, 1), dtype=np.float32)
        self.begin()

    def begin(self) -> None:
        """From the clip's beginning, with no ramp under way."""
        self._frame = 0
        self._share.jump(self._share.target)
        self._leaving: tuple[FloatArray, int, bool] | None = None  # dry sound that fades out: samples, place, loop
        self._left_for = 0  # samples since it began to

    @property
    def frames_left(self) -> float:
        """Frames until the clip ends; infinity for a loop or without a clip."""
        if self.clip is None or self.clip.loop:
            return math.inf
        return max(0, len(self.clip.latents) - self._frame)

    @property
    def running(self) -> bool:
        """Whether there is a clip that plays by itself, and has not ended."""
        return self.clip is not None and self.clip.running and self.frames_left > 0

    def set(self, clip: BackingClip | None) -> None:
        """Take another clip, or none, from its beginning.

        Raises:
            ValueError: If the clip has not the codec's latents, or neither one channel nor the codec's.
        """
        if clip is not None:
            check_base(clip, self._info)
        if self.clip is not None:
            self._leaving, self._left_for = (self._dry, self._frame * self._info.ratio, self.clip.loop), 0
        if clip is not None:
            self._dry = self._dry_sound(clip)
        self.clip, self._frame = clip, 0
        self._share.set(1.0 if clip is None else self.wet)

    def _dry_sound(self, clip: BackingClip) -> FloatArray:
        info = self._info
        length = len(clip.latents) * info.ratio
        dry = np.zeros((info.channels, length), dtype=np.float32)
        if clip.audio is not None:
            count = min(length, clip.audio.shape[1])
            dry[:, :count] = clip.audio[:, :count]
            # where the clip begins again its two ends meet: both at zero
            edge = min(count // 2, round(_EDGE_SECONDS * info.sample_rate))
            ramp = (np.arange(edge) / max(1, edge)).astype(np.float32)
            dry[:, :edge] *= ramp
            dry[:, count - edge : count] *= ramp[::-1]
        return dry

    def set_wet(self, wet: float) -> None:
        """Mix: 1 is the decoded sound alone, 0 the clip itself.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        check_wet(wet)
        self.wet = float(wet)
        if self.clip is not None:
            self._share.set(self.wet)

    def stop(self) -> None:
        """Run only while the hand is down."""
        if self.clip is not None:
            self.clip = replace(self.clip, running=False)

    def rewind_if_ended(self) -> None:
        """A clip that has ended begins again."""
        if self.frames_left == 0:
            self._frame = 0

    def steer(self, latents: FloatArray) -> FloatArray:
        """The clip's latents of the next frames, steered by the terrain's ``[T, D]``. Does not move on."""
        if self.clip is None:
            return latents
        length = len(self.clip.latents)
        place = self._frame + np.arange(len(latents))
        own = self.clip.latents[place % length if self.clip.loop else np.minimum(place, length - 1)]
        keep, add, multiply = (np.array([m == mode for m in self.clip.modes]) for mode in ("keep", "add", "multiply"))
        out = np.where(add, own + latents, np.where(multiply, own * latents, np.where(keep, own, latents)))
        steered: FloatArray = out.astype(np.float32)
        return steered

    def mix(self, wet: FloatArray) -> FloatArray:
        """Decoded sound ``[A, T * ratio]`` with the dry sound of the same frames. Does not move on."""
        count = wet.shape[1]
        if self.clip is None and self._leaving is None and self._share.remaining == 0:
            return wet
        share = self._share.curve(count).astype(np.float32)
        dry = np.zeros_like(wet)
        if self.clip is not None:
            dry += self._piece(self._dry, self._frame * self._info.ratio, self.clip.loop, count)
        if self._leaving is not None:
            samples, place, loop = self._leaving
            # over the time, and by the line, in which the new one fades in
            age = (self._left_for + np.arange(count)) / (_EDGE_SECONDS * self._info.sample_rate)
            fade = (1.0 - np.minimum(1.0, age)).astype(np.float32)
            dry += self._piece(samples, place + self._left_for, loop, count) * fade
            self._left_for += count
            if age[-1] >= 1.0:
                self._leaving = None
        return np.asarray(wet * share + dry * (1.0 - share), dtype=np.float32)

    def _piece(self, samples: FloatArray, start: int, loop: bool, count: int) -> FloatArray:
        """``count`` samples of a dry sound from ``start`` on, held back by the codec's delay."""
        place = start + np.arange(count) - self._info.delay
        length = samples.shape[1]
        inside = (place >= 0) & (loop | (place < length))
        return np.where(inside, samples[:, place % length], np.float32(0.0))

    def advance(self, frames: int) -> None:
        """Move on."""
        self._frame += frames
