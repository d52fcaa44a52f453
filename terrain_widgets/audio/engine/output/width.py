"""The stereo width of a voice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.gain import Gain
from terrain_widgets.audio.engine.output.output_processor import OutputProcessor
from terrain_widgets.audio.patch import Patch

FloatArray = NDArray[np.float32]

_ADDRESS = "hand.width"


class Width(OutputProcessor):
    """Makes two channels narrower or wider: the difference of both is scaled, their sum stays (mid and side).

    Sound of one channel, or of more than two, goes through unchanged.

    Args:
        ramp_samples: In which it goes over to another width.
        patch: Gives the first.
    """

    groups = frozenset({"hand"})

    def __init__(self, ramp_samples: int, patch: Patch) -> None:
        self._side = Gain(ramp_samples, patch[_ADDRESS])

    def configure(self, patch: Patch) -> None:
        """Head for the patch's width."""
        self._side.set(patch[_ADDRESS])

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]`` to audio ``[A, S]``."""
        if audio.shape[0] != 2:
            return audio
        if self._side.remaining == 0 and self._side.target == 1.0:
            return audio
        middle, side = 0.5 * (audio[0] + audio[1]), 0.5 * (audio[0] - audio[1])
        side = side * self._side.curve(audio.shape[1])
        return np.stack([middle + side, middle - side]).astype(np.float32)
