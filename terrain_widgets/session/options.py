"""What a new session is made of, for whoever makes one on behalf of somebody else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TypedDict

from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.io.sound_files import Sound


class SessionOptions(TypedDict, total=False):
    """What a new ``Session`` takes; whoever makes one for its user hands them on."""

    codec: Codec | str | os.PathLike[str] | None
    sounds: Iterable[Sound | str | os.PathLike[str]] | None
    boundary: Boundary | tuple[float, float, float, float] | None
    gauss_scale: float
    seed: int
