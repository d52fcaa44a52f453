"""Where a sink takes its sound from, and how it says that it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class SoundSource(Protocol):
    """What a pump takes sound from: a ``Host`` in the kernel, or the engine's own end of it in the audio process."""

    @property
    def sample_rate(self) -> int:
        """Hz."""

    @property
    def channels(self) -> int:
        """A."""

    @property
    def available(self) -> int:
        """Samples ready to be read."""

    @property
    def ring_seconds(self) -> float:
        """Sound kept ready to be read."""

    @property
    def gate_open(self) -> bool:
        """Whether something sounds or is about to."""

    @property
    def panics(self) -> int:
        """How often panic was called."""

    def read(self, max_samples: int) -> FloatArray:
        """Take up to ``max_samples``: ``[A, n]``; never waits."""

    def state(self) -> tuple[bool, bool]:
        """(ready, silent): whether it renders, and whether what it renders is silence."""


@dataclass(frozen=True)
class SinkStatus:
    """How a sink is doing.

    Args:
        running: Whether it takes sound from a host.
        message: One sentence for the user, or ``""``.
        samples: Samples taken since ``start``.
        underruns: Times that the sound ran out.
        latency_seconds: Sound between the host and the ear, as far as it is known.
    """

    running: bool
    message: str = ""
    samples: int = 0
    underruns: int = 0
    latency_seconds: float = 0.0
