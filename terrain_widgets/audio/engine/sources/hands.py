"""All hands of an engine, the first with a clip underneath."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from terrain_widgets.audio.engine.sources.clip import HandOverClip
from terrain_widgets.audio.engine.sources.hand import MAX_HANDS, Hand, HandBlock
from terrain_widgets.audio.engine.sources.source import Source
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.parameter import Value


class Hands:
    """Eight hands, by number from 0.

    Args:
        info: The codec.
        ramp_samples: Length of the ramps of the clip's mix.

    Attributes:
        clip: The first hand, with what runs underneath it.
    """

    def __init__(self, info: CodecInfo, ramp_samples: int) -> None:
        self._hands = tuple(Hand() for _ in range(MAX_HANDS))
        self.clip = HandOverClip(self._hands[0], info, ramp_samples)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Each as a source."""
        return (self.clip, *self._hands[1:])

    @property
    def down(self) -> list[Source]:
        """Those that are down."""
        return [source for source, hand in zip(self.sources, self._hands, strict=True) if hand.level]

    def wander(self, offset: Value) -> None:
        """All are so far from where they are said to be, in control units: one number, or one for each dimension."""
        for hand in self._hands:
            hand.wander(np.atleast_1d(np.asarray(offset, dtype=np.float32)))

    def retrigger(self, hand: int) -> None:
        """Take it as having been up."""
        self._hands[hand].retrigger()

    def take(self, first: HandBlock, fingers: Mapping[int, HandBlock]) -> bool:
        """What they do in the next block; those left out are up. Returns whether one has come down."""
        touched = self._hands[0].take(first.places, first.level)
        if touched:
            self.clip.rewind_if_ended()
        frames, dim = first.places.shape
        for number, hand in enumerate(self._hands[1:], 1):
            block = fingers.get(number)
            if block is None:
                hand.release(frames, dim)
            elif hand.take(block.places, block.level):
                touched = True
        return touched
