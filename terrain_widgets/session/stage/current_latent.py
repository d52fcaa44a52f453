"""Which latents are meant by “this sound”: those that play now, or those of a sound's frame."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.session.sound import Sound

FloatArray = NDArray[np.float32]


def heard_now(sound: Sound) -> tuple[FloatArray, FloatArray]:
    """What sounds, as the engine tells: under a hand that is down, else at the first playhead, else what did last.

    The last so that one can leave the plane to press a button.

    Returns:
        The place ``[C]``, and the latents ``[D]`` that a mapping must give to sound the same there.

    Raises:
        ValueError: If nothing has sounded yet.
    """
    engine = sound.engine
    status = None if engine is None else engine.status()
    if status is None or not status.place:
        raise ValueError(
            "nothing has played yet: with the sound on, play the terrain, the points or the sliders, then take what "
            "sounds"
        )
    return np.asarray(status.place, dtype=np.float32), np.asarray(status.latents, dtype=np.float32)
