"""What sounded, told back by the engine."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Heard:
    """What sounded in some frames, at the hand that was down, else at the first playhead.

    Args:
        places: ``[T, C]`` in control units.
        latents: ``[T, D]``, before factor and offset: what a mapping must give to sound the same.
    """

    places: FloatArray
    latents: FloatArray
