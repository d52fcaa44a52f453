"""What every source can do."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class Source(Protocol):
    """One who plays: has a voice (a row of the decoder) of its own while there is room.

    For each part of a block: ``places``, ``steer`` and ``mix`` if its voice sounds, and ``advance`` in any case; only
    the last moves it on.
    """

    @property
    def kind(self) -> str:
        """``"hand"`` or ``"playhead"``: the first word of its parameters, as far as voices have some."""

    @property
    def keeps_voice(self) -> bool:
        """Whether its voice stays its own while it is silent."""

    @property
    def level(self) -> float:
        """Level at which it wants to sound now, linear, 0 to 1; 0 is not at all."""

    @property
    def frames_left(self) -> float:
        """Whole frames until it begins or ends by itself, 1 or more; infinity where it does not."""

    def places(self, frames: int, dim: int) -> FloatArray:
        """Where it is in the next frames, ``[T, C]`` in control units, for a mapping of ``dim`` dimensions."""

    def steer(self, latents: FloatArray) -> FloatArray:
        """What it makes of the mapping's latents ``[T, D]`` at these places: ``[T, D]``."""

    def mix(self, decoded: FloatArray) -> FloatArray:
        """Its decoded sound ``[A, S]``, with what of it does not go through the codec."""

    def advance(self, frames: int, sounding: bool) -> None:
        """Move on by so many frames, in which its voice sounded or not."""

    def stop(self) -> None:
        """Play no longer by itself, until it is started again."""

    def restart(self) -> None:
        """As at the start, but where it is; a hand is up."""
