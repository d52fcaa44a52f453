"""What there is to see of the layers that can be bent: their weights, own and bent, and what is known of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import about_layers_of, outputs_of
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.layer import LayerStatistics, histogram
from terrain_widgets.core.bending.outputs import LayerOutput, is_output
from terrain_widgets.core.bending.terrain_layers import is_terrain
from terrain_widgets.session.stage.live_patch import LivePatch

FloatArray = NDArray[np.float32]


class SeenLayers:
    """The layers of what plays.

    Args:
        live: The patch and what was made, and the engine that follows both.
    """

    def __init__(self, live: LivePatch) -> None:
        self._live = live

    @property
    def layers(self) -> Mapping[str, FloatArray]:
        """The codec's own weights by layer, and those of the terrain that plays, as ``terrain.…``.

        The codec is loaded if need be (about a second).

        Raises:
            ValueError: If the codec has none to show.
        """
        return {name: weights for name, weights in self._bendable.items() if not is_output(name)}

    @property
    def outputs(self) -> Mapping[str, LayerOutput]:
        """The layers whose output can be changed channel by channel, by name: ``net.2.output``."""
        return outputs_of(self._live.codec)

    def about(self, layer: str) -> str:
        """What a layer does, in a sentence; empty where nobody knows."""
        return about_layers_of(self._live.codec).get(layer, "")

    @property
    def bend(self) -> Bend:
        """All edits, in order."""
        return self._live.state.bend

    @property
    def amount(self) -> float:
        """How far the weights go from their own (0) to the bent ones (1)."""
        amount: float = self._live.patch["bend.amount"]
        return amount

    def weights(self, layer: str) -> FloatArray:
        """A layer as it is bent, at the full amount; of an output the table of its channels.

        Raises:
            KeyError: If there is no such layer.
        """
        self._check(layer)
        bent = self.bent
        return bent[layer] if layer in bent else self._bendable[layer]

    @property
    def bent(self) -> Mapping[str, FloatArray]:
        """All layers and outputs that are bent, by name, at the full amount; to be read only.

        Raises:
            ValueError: If the codec has none to show.
        """
        return self._live.assets.bent(self.bend)

    @property
    def _bendable(self) -> Mapping[str, FloatArray]:
        return self._live.assets.bendable

    def statistics(self, layer: str) -> tuple[LayerStatistics, LayerStatistics]:
        """Of a layer's own weights, and of the bent ones.

        Raises:
            KeyError: If there is no such layer.
        """
        self._check(layer)
        return LayerStatistics.of(self._bendable[layer]), LayerStatistics.of(self.weights(layer))

    def histograms(self, layer: str, bins: int = 64) -> tuple[float, NDArray[np.int64], NDArray[np.int64]]:
        """``(limit, own, bent)``: how many weights lie in each part of ``-limit``..``limit``.

        Raises:
            KeyError: If there is no such layer.
        """
        self._check(layer)
        own, bent = self._bendable[layer], self.weights(layer)
        limit = max(float(np.abs(own).max()), float(np.abs(bent).max()), 1e-6)
        return limit, histogram(own, -limit, limit, bins), histogram(bent, -limit, limit, bins)

    def _check(self, layer: str) -> None:
        known = self._bendable
        if layer in known:
            return
        if is_terrain(layer):
            raise KeyError(f"there is no layer {layer!r}: the terrain that had it plays no more")
        raise KeyError(f"there is no layer {layer!r}; there are {', '.join(known):.200}")
