"""What a walk through latent space is kept within."""

from __future__ import annotations

from typing import Literal, TypedDict

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.exploration.walk import spacing
from terrain_widgets.session.sounds.latent_store import LatentStore

FloatArray = NDArray[np.float32]

_MOST_NEAR = 2000  # latents that a walk stays near to: each step is compared with all of them, beside the sound

#: Nothing, the range of the encoded sounds' latents, or what is near to one of these.
Within = Literal["nothing", "range", "reach"]


class WalkLimits(TypedDict, total=False):
    """As ``walk`` and ``EndlessWalk`` take it: ``low`` and ``high`` ``[D]``, or ``near`` ``[N, D]`` and ``radius``."""

    low: FloatArray
    high: FloatArray
    near: FloatArray
    radius: float


def walk_limits(sounds: LatentStore, within: Within) -> WalkLimits:
    """What a walk is kept within, as arrays; no limits where nothing is encoded.

    Raises:
        ValueError: If there is no such limit.
    """
    if within not in ("nothing", "range", "reach"):
        raise ValueError(f"a walk is kept within nothing, range or reach, not {within!r}")
    if within == "nothing" or not sounds.encoded:
        return {}
    frames = np.concatenate([sounds.latents_of(clip.id).values for clip in sounds.encoded])
    if within == "range":
        return {"low": frames.min(axis=0), "high": frames.max(axis=0)}
    near = frames[:: -(-len(frames) // _MOST_NEAR)]
    return {"near": near, "radius": 2.0 * spacing(near)}
