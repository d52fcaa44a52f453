"""Where rendered sound goes: a ring that another process or thread reads, or a sound device."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.memory.ring import Ring

FloatArray = NDArray[np.float32]


class Output(Protocol):
    """What a renderer writes to, at the codec's rate."""

    def missing(self) -> int:
        """Samples that it would take now."""

    def write(self, audio: FloatArray) -> None:
        """Take sound ``[A, S]``."""


class RingOutput:
    """Keeps a ring filled.

    Args:
        ring: Read by somebody else.
        target: Samples to keep ready: latency against safety.
    """

    def __init__(self, ring: Ring, target: int) -> None:
        self._ring, self.target = ring, target

    def missing(self) -> int:
        """Samples up to the target."""
        return max(0, self.target - self._ring.available)

    def write(self, audio: FloatArray) -> None:
        """Add what there is room for, which is a latent frame or two more than the target."""
        self._ring.write(audio)
