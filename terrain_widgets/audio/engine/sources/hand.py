"""Hands: their places come with every block."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

MAX_HANDS = 8


@dataclass(frozen=True, eq=False)
class HandBlock:
    """What one hand does in one block.

    Args:
        places: ``[T, C]`` in control units, one for each latent frame.
        level: 0 is up; above it, up to 1, down at that level.
    """

    places: FloatArray
    level: float


class Hand:
    """One finger, pointer or pad, as a source.

    Attributes:
        level: Level at which it sounds; 0 is up.
    """

    kind = "hand"
    keeps_voice = False
    frames_left = np.inf

    def __init__(self) -> None:
        self._offset: FloatArray = np.zeros(1, dtype=np.float32)
        self.restart()

    def wander(self, offset: FloatArray) -> None:
        """Be so far from where it is said to be, ``[C]``: one number for all dimensions; those that miss are 0."""
        self._offset = offset

    def restart(self) -> None:
        """Up, and never down before."""
        self.level = 0.0
        self._was_down = False
        self._places: FloatArray = np.zeros((0, 1), dtype=np.float32)
        self._at = 0

    def take(self, places: FloatArray, level: float) -> bool:
        """Its places ``[T, C]`` in the next block and its level; returns whether it has come down."""
        self._places, self._at, self.level = places, 0, level
        touched = level > 0.0 and not self._was_down
        self._was_down = level > 0.0
        return touched

    def retrigger(self) -> None:
        """Take it as having been up."""
        self._was_down = False

    def places(self, frames: int, dim: int) -> FloatArray:
        """As they were given, with the offset."""
        given = self._places[self._at : self._at + frames]
        if not self._offset.any():
            return given
        offset = np.zeros(given.shape[1], dtype=np.float32)
        count = 1 if len(self._offset) > 1 else len(offset)
        offset[: len(self._offset) * count] = self._offset[: len(offset)]
        return given + offset

    def release(self, frames: int, dim: int) -> None:
        """Up for so many frames, at the place where it was last."""
        last = self._places[-1:] if self._places.shape[1:] == (dim,) else np.zeros((1, dim), dtype=np.float32)
        if not len(last):
            last = np.zeros((1, dim), dtype=np.float32)
        self.take(np.repeat(last, frames, axis=0), 0.0)

    def steer(self, latents: FloatArray) -> FloatArray:
        """The mapping's latents as they are."""
        return latents

    def mix(self, decoded: FloatArray) -> FloatArray:
        """The decoded sound alone."""
        return decoded

    def advance(self, frames: int, sounding: bool) -> None:
        """Go on in the block."""
        self._at += frames

    def stop(self) -> None:
        """It does nothing by itself."""
