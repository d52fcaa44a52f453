"""A hand over a backing clip: the clip's latents in motion, and the mix of its own sound with what is decoded."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.gain import Gain
from terrain_widgets.audio.engine.sources.backing_clip import BackingClip
from terrain_widgets.audio.engine.sources.hand import Hand
from terrain_widgets.audio.engine.sources.live_feed import LiveBlock, LiveFeed
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.exploration.endless_walk import Walker

FloatArray = NDArray[np.float32]

_EDGE_SECONDS = 0.005


class HandOverClip:
    """Steers a clip's latents by the terrain's under a hand, and adds the clip's own, dry sound to the decoded one.

    Without a clip it is the hand alone.

    Args:
        hand: Who steers.
        info: The codec. The dry sound is held back by its delay, so that both meet.
        ramp_samples: Length of the mix's ramps.

    Attributes:
        wet: Share of the decoded sound while there is a clip.
        clip: What runs, or nothing.
    """

    kind = "hand"
    keeps_voice = True

    def __init__(self, hand: Hand, info: CodecInfo, ramp_samples: int) -> None:
        self._hand, self._info = hand, info
        self.wet = 1.0
        self._share = Gain(ramp_samples)  # of the decoded sound: 1 without a clip, else what was asked for
        self._feed = LiveFeed(info)
        self.clip: BackingClip | None = None
        self._walker: Walker | None = None  # what makes the latents of a walk without end
        self._dry: FloatArray = np.zeros((info.channels, 1), dtype=np.float32)
        self._begin()

    def restart(self) -> None:
        """From the clip's beginning, with no ramp under way and the hand up."""
        self._hand.restart()
        self._begin()

    def _begin(self) -> None:
        self._frame = 0
        self._share.jump(self._share.target)
        self._leaving: tuple[FloatArray, int, bool] | None = None  # dry sound that fades out: samples, place, loop
        self._left_for = 0  # samples since it began to
        self._feed.restart()

    @property
    def _clip_left(self) -> float:
        """Frames until the clip ends; infinity for a loop or without a clip."""
        if self.clip is None or self.clip.loop or self.clip.walk is not None:
            return math.inf
        return max(0, len(self.clip.latents) - self._frame)

    @property
    def level(self) -> float:
        """The hand's, or full while the clip runs by itself; none after the clip's end."""
        if self._clip_left == 0 or (self.clip is not None and self.clip.live and not self._feed.hears):
            return 0.0
        return self._hand.level or float(self.clip is not None and self.clip.running)

    @property
    def frames_left(self) -> float:
        """Until the clip ends, or what is heard."""
        heard = self._feed.frames_left if self.clip is not None and self.clip.live else 0
        return min(self._clip_left or math.inf, heard or math.inf)

    def set(self, clip: BackingClip | None) -> None:
        """Take another clip, or none, from its beginning.

        It must fit the codec (``compatibility.check_base``).
        """
        if self.clip is not None and not self.clip.live:
            self._leaving, self._left_for = (self._dry, self._frame * self._info.ratio, self.clip.loop), 0
        if clip is not None:
            self._dry = self._dry_sound(clip)
        self.clip, self._frame = clip, 0
        self._walker = None if clip is None or clip.walk is None else Walker(clip.walk)
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

    def hear(self, block: LiveBlock | None) -> None:
        """Take what is heard in the next block."""
        self._feed.take(block)

    def set_wet(self, wet: float) -> None:
        """Mix: 1 is the decoded sound alone, 0 the clip itself."""
        self.wet = float(wet)
        if self.clip is not None:
            self._share.set(self.wet)

    def stop(self) -> None:
        """Run only while the hand is down."""
        if self.clip is not None:
            self.clip = replace(self.clip, running=False)

    def rewind_if_ended(self) -> None:
        """A clip that has ended begins again."""
        if self._clip_left == 0:
            self._frame = 0

    def places(self, frames: int, dim: int) -> FloatArray:
        """The hand's."""
        return self._hand.places(frames, dim)

    def steer(self, latents: FloatArray) -> FloatArray:
        """The clip's latents of the next frames, steered by the terrain's ``[T, D]``."""
        if self.clip is None:
            return latents
        if self.clip.live:
            own = self._feed.latents(len(latents))
        elif self._walker is not None:
            own = self._walker.frames(self._frame, len(latents))
        else:
            length = len(self.clip.latents)
            place = self._frame + np.arange(len(latents))
            own = self.clip.latents[place % length if self.clip.loop else np.minimum(place, length - 1)]
        keep, add, multiply = (np.array([m == mode for m in self.clip.modes]) for mode in ("keep", "add", "multiply"))
        out = np.where(add, own + latents, np.where(multiply, own * latents, np.where(keep, own, latents)))
        steered: FloatArray = out.astype(np.float32)
        return steered

    def mix(self, wet: FloatArray) -> FloatArray:
        """Decoded sound ``[A, T * ratio]`` with the dry sound of the same frames."""
        count = wet.shape[1]
        if self.clip is None and self._leaving is None and self._share.remaining == 0:
            return wet
        share = self._share.curve(count).astype(np.float32)
        dry = np.zeros_like(wet)
        if self._feed.hears and (self.clip is None or self.clip.live):  # without a clip, while its share fades out
            dry += self._feed.dry(count)
        elif self.clip is not None and not self.clip.live:
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

    def advance(self, frames: int, sounding: bool) -> None:
        """Move on; the clip waits while nothing sounds."""
        self._hand.advance(frames, sounding)
        self._feed.advance(frames)
        if sounding:
            self._frame += frames
