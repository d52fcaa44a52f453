"""What a bend makes of a model's layers, without doing again what was done before."""

from __future__ import annotations

from collections.abc import Container, Mapping

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edit import Edit

FloatArray = NDArray[np.float32]
#: What is known of a layer's bend: the edits, or, where somebody else has applied them, its weights.
LayerBend = tuple[Edit, ...] | FloatArray
_Known = tuple[tuple[Edit, ...], FloatArray]  # edits, and what they make of the layer


class AppliedBend:
    """Applies bends to one model, one after the other.

    A layer whose edits are as before is not computed again. Of a layer that got one more edit, or whose last edit is
    another one now, as while a slider moves, only that one is applied. So an edit of a large model takes as long as
    that edit of that layer.

    Args:
        original: Every layer of the model by name; not changed.
    """

    def __init__(self, original: Mapping[str, FloatArray]) -> None:
        self.original = original
        self._known: dict[str, list[_Known]] = {}  # of each layer the newest, and what that was made from

    def of(self, bend: Bend) -> dict[str, FloatArray]:
        """The changed layers by name, exactly as ``Bend.apply`` gives them; to be read only.

        Args:
            bend: What is done.

        Raises:
            ValueError: As ``Bend.apply``.
        """
        return self.of_edits(bend.edits(self.original))

    def of_edits(self, every: Mapping[str, tuple[Edit, ...]]) -> dict[str, FloatArray]:
        """As ``of``, of what is done to each layer.

        Raises:
            ValueError: If an edit does not fit its layer.
        """
        self.keep(every)
        return {layer: self.layer(layer, edits) for layer, edits in every.items()}

    def keep(self, layers: Container[str]) -> None:
        """Forget what was made of all other layers."""
        self._known = {layer: known for layer, known in self._known.items() if layer in layers}

    def layer(self, layer: str, edits: tuple[Edit, ...]) -> FloatArray:
        """One layer as it is changed, and what is known of the others stays known; to be read only.

        Args:
            layer: Its name.
            edits: What is done to it.

        Raises:
            ValueError: If an edit does not fit it.
        """
        known = [((), self.original[layer]), *self._known.get(layer, [])]
        begun, weights = max((k for k in known if k[0] == edits[: len(k[0])]), key=lambda k: len(k[0]))
        before = begun, weights
        for count, edit in enumerate(edits[len(begun) :], len(begun) + 1):
            before = edits[: count - 1], weights
            weights = edit.applied(weights)
        kept = [before, (edits, weights)] if len(begun) < len(edits) else known[1:]
        self._known[layer] = [one for one in kept if one[0]]
        return weights
