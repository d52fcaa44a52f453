"""What every sink can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from terrain_widgets.audio.host import Host


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


@runtime_checkable
class Sink(Protocol):
    """Takes sound from a host and brings it somewhere."""

    def start(self, host: Host) -> None:
        """Begin to take from ``host``; ends what it took from before."""

    def stop(self) -> None:
        """Take no more."""

    def close(self) -> None:
        """Stop and free everything; may be called again."""

    def status(self) -> SinkStatus:
        """How it is doing."""
