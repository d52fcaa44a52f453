"""From gestures, which come when they come, to a hand's place at each latent frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.glide import Course, Glide

FloatArray = NDArray[np.float32]


class HandMotion:
    """How one hand goes to where it is said to be: straight within a block, or along a glide, frame by frame.

    Args:
        frame_rate: Latent frames per second.
    """

    def __init__(self, frame_rate: float) -> None:
        self._frame_rate = frame_rate
        self._at: FloatArray | None = None
        self._glide: Glide | None = None
        self._gliding_for = 0  # frames
        self._glides = 0

    def glide(self, target: tuple[float, ...], seconds: float, course: Course, number: int, dim: int) -> None:
        """Glide to a place of ``dim`` coordinates from where it is; a number that came before goes on with its glide.

        Where it has not been anywhere in that space, it jumps.
        """
        if number == self._glides:
            return
        self._glides, self._glide = number, None
        if self._at is not None and len(self._at) == dim:
            self._glide, self._gliding_for = Glide(self._at, _placed(target, dim), seconds, course), 0

    def end_glide(self, number: int) -> None:
        """Go straight from now on; glides up to that number have been."""
        self._glide, self._glides = None, number

    def places(self, target: tuple[float, ...], frames: int, dim: int, landing: bool) -> FloatArray:
        """Where it is in the next frames, ``[T, C]``.

        Args:
            target: Where it is said to be, in as many dimensions as the gesture has.
            frames: T.
            dim: C.
            landing: Whether it starts where it lands, instead of where it was.
        """
        if self._glide is not None and len(self._glide.end) == dim:
            passed = self._gliding_for + np.arange(1, frames + 1)
            way = self._glide.at(passed / self._frame_rate).astype(np.float32)
            self._gliding_for += frames
            self._at = way[-1]
            return way
        here = _placed(target, dim)
        before = self._at if self._at is not None and len(self._at) == dim and not landing else here
        weight = (np.arange(1, frames + 1, dtype=np.float32) / frames)[:, None]
        self._at = here
        return before + weight * (here - before)


def _placed(target: tuple[float, ...], dim: int) -> FloatArray:
    """As many coordinates as asked for: cut, or filled up with 0; what is no number is 0."""
    here = np.zeros(dim, dtype=np.float32)
    given = np.asarray(target[:dim], dtype=np.float32)
    here[: len(given)] = np.where(np.isfinite(given), given, 0.0)
    return here
