"""The layers of a decoder in pictures, and the chosen one large, over which a curve can be drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.bending.layer import histogram, seen
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC

FloatArray = NDArray[np.float32]

CURVE_POINTS = 65
BARS = 48
SMALL_BARS = 24


class WeightsView(PageWidget):
    """A strip of layers, and two pictures of the chosen one: its weights counted, and sorted.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_select: Called with the name of a layer that was chosen.
        on_curve: Called with the heights of a curve that is being drawn, and a number that is the stroke's own.

    Attributes:
        layers: ``name``, ``shape`` in words, ``bars`` from 0 to 1, and whether it is ``bent``, of each.
        selected: Name of the chosen one, or nothing.
        limit: Largest weight of the chosen one, own or bent: the pictures reach so far either way.
        own_bars: How many of its own weights lie in each part of that range, the most is 1.
        bent_bars: The same as it is bent.
        captions: What the bars show, and the curves.
        draws: Whether a curve can be drawn.
        own_curve: Its own weights at evenly spaced places of an order, in parts of ``limit``.
        bent_curve: The same as it is bent.
        words: The same in a sentence.
    """

    _esm = STATIC / "weights_view.js"
    _css = STATIC / "weights_view.css"
    layers = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    limit = traitlets.Float(1.0).tag(sync=True)
    own_bars = traitlets.List(traitlets.Float()).tag(sync=True)
    bent_bars = traitlets.List(traitlets.Float()).tag(sync=True)
    captions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    draws = traitlets.Bool(False).tag(sync=True)
    own_curve = traitlets.List(traitlets.Float()).tag(sync=True)
    bent_curve = traitlets.List(traitlets.Float()).tag(sync=True)
    words = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self, on_select: Callable[[str], None], on_curve: Callable[[tuple[float, ...], int], None], **traits: Any
    ) -> None:
        super().__init__(**traits)
        self._on_select, self._on_curve = on_select, on_curve
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "select" and content.get("layer") in [layer["name"] for layer in self.layers]:
            self._on_select(content["layer"])
        elif kind == "curve" and isinstance(content.get("stroke"), int):
            points = content.get("points")
            if isinstance(points, list) and 1 <= len(points) <= CURVE_POINTS and all(map(_finite, points)):
                self._on_curve(tuple(map(float, points)), content["stroke"])


def bars(counts: NDArray[np.int64]) -> list[float]:
    """Counts as heights, of which the highest is 1; roots, so that the rare ones are seen beside the many."""
    heights = np.sqrt(counts / max(1, int(counts.max())))
    return [round(float(height), 3) for height in heights]


class SmallPictures:
    """The small pictures of all layers, each made again only for other weights."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[FloatArray, list[float]]] = {}

    def of(self, layer: str, weights: FloatArray) -> list[float]:
        """A layer's bars."""
        known = self._made.get(layer)
        if known is None or known[0] is not weights:
            some = seen(weights)
            limit = max(float(np.abs(some).max()), 1e-6)
            known = self._made[layer] = weights, bars(histogram(some, -limit, limit, SMALL_BARS))
        return known[1]


def curve(weights: FloatArray, limit: float, raw: bool = False) -> list[float]:
    """Weights at evenly spaced places, in parts of ``limit``.

    Args:
        weights: Of a layer.
        limit: The largest.
        raw: As they lie in memory, else from the smallest to the largest.
    """
    ordered = seen(weights) if raw else np.sort(seen(weights))
    places = np.linspace(0, ordered.size - 1, CURVE_POINTS)
    return [round(float(v), 4) for v in np.interp(places, np.arange(ordered.size), ordered) / limit]


def _finite(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and bool(np.isfinite(value))
