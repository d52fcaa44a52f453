"""Where an engine is in its beats and bars."""

from __future__ import annotations

import math

_ROUNDING = 1e-9


class BeatClock:
    """Beats since the start, counted by frames; another tempo goes on from where it is.

    Args:
        frame_rate: Latent frames per second.
        tempo: Beats per minute.
    """

    def __init__(self, frame_rate: float, tempo: float) -> None:
        self._frame_rate, self._from, self._frames = frame_rate, 0.0, 0
        self._step = 0.0
        self.configure(tempo)

    @property
    def beats(self) -> float:
        """Where the next frame is."""
        return self._from + self._frames * self._step

    def configure(self, tempo: float) -> None:
        """Go on at this tempo."""
        self.place(self.beats)
        self._step = tempo / 60.0 / self._frame_rate

    def place(self, beats: float) -> None:
        """Go on from here."""
        self._from, self._frames = beats, 0

    def advance(self, frames: int) -> None:
        """So many frames have gone by."""
        self._frames += frames

    def frames_until(self, every: float) -> int:
        """Frames until the next one with which a multiple of so many beats begins; 0 if the next frame is that."""
        coming = math.ceil(self.beats / every - _ROUNDING) * every
        return max(0, math.ceil((coming - self.beats) / self._step - _ROUNDING))
