"""Which bent layer it is that breaks a decoder: what was bent last need not be the cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.fault_guard import FaultGuard
from terrain_widgets.codecs.base import BendableStream

FloatArray = NDArray[np.float32]
Layers = Mapping[str, FloatArray]

_MOST = 8  # layers that are tried, the newest first: each try takes as long as a frame


def cause_of(stream: BendableStream, latents: FloatArray, layers: Layers, newest: Sequence[str]) -> tuple[str, ...]:
    """The layer without whose bend these latents would be a sound, found by decoding them so, from silence.

    Where no single one makes the difference, it is the layers that give no sound even where no other is bent.

    Args:
        stream: Of the decoder; it stays as it is.
        latents: That gave no sound, ``[B, D, T]``.
        layers: As they are bent.
        newest: Those of them that were bent last, which are tried first.

    Returns:
        Names; none where no try tells.
    """

    def breaks(bent: Layers) -> bool:
        trial = stream.bent(bent)
        trial.reset()
        return FaultGuard().faulty(np.asarray(trial.decode(latents), dtype=np.float32))

    if len(layers) < 2 or not breaks(layers):
        return tuple(layers) if len(layers) == 1 else ()
    order = dict.fromkeys([*(name for name in newest if name in layers), *reversed(list(layers))])
    names = list(order)[:_MOST]
    for name in names:
        if not breaks({other: bent for other, bent in layers.items() if other != name}):
            return (name,)
    return tuple(name for name in names if breaks({name: layers[name]}))


def blame(causes: Sequence[str], newest: Sequence[str]) -> str:
    """What to say of it after a fault.

    Args:
        causes: See ``cause_of``.
        newest: Layers that were bent last, named where the cause is not known.
    """
    if len(causes) == 1:
        return f"; the bend of its layer {causes[0]!r} is the cause: take that back"
    if causes:
        return f"; the bends of its layers {', '.join(map(repr, causes))} are the cause: take them back"
    more = f" and {len(newest) - 1} more were" if len(newest) > 1 else " was"
    return f"; of its layers {newest[0]!r}{more} bent last: take that back" if newest else ""
