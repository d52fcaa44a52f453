"""Bent layers at an amount: made beside the sound where a host knows of them before, else when they are needed."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec, bendable_of
from terrain_widgets.core.bending.large_layers import blended

FloatArray = NDArray[np.float32]
Layers = Mapping[str, FloatArray]

_AHEAD = 3  # bends that are made before the sound gets to them; a large model's take tens of megabytes each


class BentLayers:
    """Between a codec's own layers and bent ones.

    A layer of millions of weights takes longer than a block may. A host that reads an update on another thread than the
    sound's calls ``prepare`` there with what the bend will be; the sound's thread then finds that ready.

    Args:
        codec: Whose layers.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._own: Layers | None = None
        # Replaced whole and never changed, so that two threads may look: of each layer its bent weights, an amount, and
        # what lies there.
        self._between: Mapping[str, tuple[FloatArray, float, FloatArray]] = {}
        self._ready: deque[tuple[Layers, float, Layers]] = deque(maxlen=_AHEAD)

    def exchange(self, codec: Codec) -> None:
        """Another codec's layers from now on."""
        self._codec, self._own, self._between = codec, None, {}
        self._ready.clear()

    def prepare(self, layers: Layers, amount: float) -> None:
        """Make ready what ``at`` will be asked for; on any thread."""
        if 0.0 < amount < 1.0:
            self._ready.append((layers, amount, self._made(layers, amount)))

    def at(self, layers: Layers, amount: float) -> Layers:
        """What the codec plays with in place of its own layers; to be read only.

        Args:
            layers: Bent ones at the full amount, by name.
            amount: 0 is none of them, 1 is all of them, and between them weights go straight.
        """
        if amount <= 0.0 or not layers:
            return {}
        if amount >= 1.0:
            return layers
        for known, of, made in tuple(self._ready):
            if of == amount and _same(known, layers):
                return made
        return self._made(layers, amount)

    def _made(self, layers: Layers, amount: float) -> Layers:
        own = self._own = self._own if self._own is not None else bendable_of(self._codec)
        before, between = self._between, {}
        for name, bent in layers.items():
            known = before.get(name)
            fits = known is not None and known[0] is bent and known[1] == amount
            between[name] = known if known is not None and fits else (bent, amount, blended(own[name], bent, amount))
        self._between = between
        return {name: made for name, (_, _, made) in between.items()}


def _same(one: Layers, other: Layers) -> bool:
    """The same arrays under the same names."""
    return one.keys() == other.keys() and all(one[name] is other[name] for name in one)
