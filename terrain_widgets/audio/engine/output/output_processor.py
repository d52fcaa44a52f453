"""What the output chain is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.patch import Patch

FloatArray = NDArray[np.float32]


class OutputProcessor(ABC):
    """A processor of sound: stateful, and the same samples whatever the block size.

    Attributes:
        groups: First words of the parameters that it follows.
        delay: Samples by which it holds the sound back.
    """

    groups: frozenset[str] = frozenset()
    delay: int = 0

    @abstractmethod
    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]`` to as many samples ``[A, S]``."""

    def ring_out(self, audio: FloatArray) -> FloatArray:
        """As ``process``, while no voice sounds: what comes is silence, and what earlier processors ring on."""
        return self.process(audio)

    def reset(self) -> None:
        """Back to the state of a fresh processor."""

    def configure(self, patch: Patch) -> None:
        """Take values of its ``groups`` that have changed."""

    @property
    def idle(self) -> bool:
        """Silence in gives silence out: nothing rings on."""
        return True
