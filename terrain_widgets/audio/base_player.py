"""A base clip in motion, and the mix of its own sound with what is decoded."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.base_clip import BaseClip
from terrain_widgets.audio.fitting import check_base, check_wet
from terrain_widgets.audio.processors import Gain
from terrain_widgets.codecs.base import CodecInfo

FloatArray = NDArray[np.float32]

_EDGE_SECONDS = 0.005
_DYING_SECONDS = 0.002


class BasePlayer:
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
        self.clip: BaseClip | None = None
        self.begin()

    def begin(self) -> None:
        """From the clip's beginning, with no ramp under way."""
        self._frame = 0
        self._share.jump(self._share.target)
        self._last = self._dying = np.zeros((self._info.channels, 1), dtype=np.float32)
        self._dying_for = 0

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

    def set(self, clip: BaseClip | None) -> None:
        """Take another clip, or none, from its beginning.

        Raises:
            ValueError: If the clip has not the codec's latents, or neither one channel nor the codec's.
        """
        if clip is not None:
            check_base(clip, self._info)
            self._dry = self._dry_sound(clip)
        self.clip, self._frame = clip, 0
        self._share.set(1.0 if clip is None else self.wet)
        self._dying, self._dying_for = self._last, 0  # the dry sound would jump: what it was dies away

    def _dry_sound(self, clip: BaseClip) -> FloatArray:
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
        share = self._share.curve(count).astype(np.float32)
        if self.clip is None and not self._dying.any() and self._share.remaining == 0:
            return wet
        age = self._dying_for + 1 + np.arange(count)
        dry = self._dying * np.exp(-age / (_DYING_SECONDS * self._info.sample_rate)).astype(np.float32)
        self._dying_for += count
        if self.clip is not None:
            place = self._frame * self._info.ratio + np.arange(count) - self._info.delay
            length = self._dry.shape[1]
            inside = (place >= 0) & (self.clip.loop | (place < length))
            dry = dry + np.where(inside, self._dry[:, place % length], np.float32(0.0))
        self._last = dry[:, -1:]
        return np.asarray(wet * share + dry * (1.0 - share), dtype=np.float32)

    def advance(self, frames: int) -> None:
        """Move on."""
        self._frame += frames
