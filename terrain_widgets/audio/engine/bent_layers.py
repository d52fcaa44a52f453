"""Bent layers at an amount: made beside the sound where a host knows of them before, else when they are needed."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec, bendable_of
from terrain_widgets.core.bending.applied import AppliedBend, LayerBend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.large_layers import blended

FloatArray = NDArray[np.float32]
Layers = Mapping[str, FloatArray]
Bends = Mapping[str, LayerBend]

_AHEAD = 3  # bends that are made before the sound gets to them; a large model's take tens of megabytes each


class BentLayers:
    """Applies edits to a codec's layers, and goes between the codec's own and the bent ones.

    A layer of millions of weights takes longer than a block may. A host that reads an update on another thread than the
    sound's calls ``prepare`` there with what the bend will be; the sound's thread then finds that ready.

    Args:
        codec: Whose layers.
    """

    def __init__(self, codec: Codec) -> None:
        self._making = threading.Lock()
        self.exchange(codec)

    def exchange(self, codec: Codec) -> None:
        """Another codec's layers from now on."""
        self._codec = codec
        self._applied: AppliedBend | None = None
        # Both are replaced whole and never changed, so that two threads may look: of each layer its bend and the bent
        # weights; and these, an amount, and what lies there.
        self._full: Mapping[str, tuple[LayerBend, FloatArray]] = {}
        self._between: Mapping[str, tuple[FloatArray, float, FloatArray]] = {}
        self._ready: deque[tuple[Bends, float, Layers]] = deque(maxlen=_AHEAD)

    def prepare(self, bends: Bends, amount: float) -> None:
        """Make ready what ``at`` will be asked for; on any thread.

        Raises:
            ValueError: If an edit does not fit its layer.
        """
        if amount > 0.0:
            self._ready.append((bends, amount, self._made(bends, amount)))

    def check(self, bends: Bends, amount: float) -> None:
        """Whether ``at`` will do, without doing it; what is known already is not checked again.

        Raises:
            ValueError: If there is no such layer, or an edit does not fit it.
        """
        known = self._full
        for name, bend in bends.items() if amount > 0.0 else ():
            if name in known and known[name][0] is bend:
                continue
            own = self._own.original
            if name not in own:
                raise ValueError(f"there is no layer {name!r} in this model")
            for edit in bend if isinstance(bend, tuple) else ():
                edit.check(own[name])

    def at(self, bends: Bends, amount: float) -> Layers:
        """What the codec plays with in place of its own layers; to be read only.

        Args:
            bends: Edits of layers, or layers as they are bent at the full amount, by name.
            amount: 0 is none of it, 1 is all of it, and between them weights go straight.

        Raises:
            ValueError: If an edit does not fit its layer.
        """
        if amount <= 0.0 or not bends:
            return {}
        for known, of, made in tuple(self._ready):
            if of == amount and _same(known, bends):
                return made
        return self._made(bends, amount)

    def _made(self, bends: Bends, amount: float) -> Layers:
        full = self._at_full(bends)
        if amount >= 1.0:
            return full
        before, own = self._between, self._own.original
        between: dict[str, tuple[FloatArray, float, FloatArray]] = {}
        for name, bent in full.items():
            known = before.get(name)
            fits = known is not None and known[0] is bent and known[1] == amount
            between[name] = known if known is not None and fits else (bent, amount, blended(own[name], bent, amount))
        self._between = between
        return {name: made for name, (_, _, made) in between.items()}

    def _at_full(self, bends: Bends) -> Layers:
        known = self._full
        if known.keys() != bends.keys() or any(known[name][0] is not bend for name, bend in bends.items()):
            edits: dict[str, tuple[Edit, ...]] = {n: bend for n, bend in bends.items() if isinstance(bend, tuple)}
            with self._making:
                applied = self._own.of_edits(edits)
            given = {name: bend for name, bend in bends.items() if not isinstance(bend, tuple)}
            known = {name: (bend, applied[name] if name in applied else given[name]) for name, bend in bends.items()}
            self._full = known
        return {name: bent for name, (_, bent) in known.items()}

    @property
    def _own(self) -> AppliedBend:
        made = self._applied = self._applied or AppliedBend(bendable_of(self._codec))
        return made


def _same(one: Bends, other: Bends) -> bool:
    """The same bends under the same names."""
    return one.keys() == other.keys() and all(one[name] is other[name] for name in one)
