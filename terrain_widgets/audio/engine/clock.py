"""The engine's one clock: latent frames since its start."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Clock:
    """Whatever moves in time in an engine reads this, so that live, offline and replayed it is the same.

    Args:
        frame_rate: Latent frames per second.
        frame: Frames since the start: that of the next one to be rendered.
    """

    frame_rate: float
    frame: int = 0

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return self.frame / self.frame_rate

    def advance(self, frames: int) -> None:
        """So many frames have been rendered."""
        self.frame += frames

    def restart(self) -> None:
        """From frame 0 again."""
        self.frame = 0
