"""The invisible sheet over a plane that feels the pen: wet ink, cursor and gestures live in the page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

Stroke = NDArray[np.float32]


class PenLayer(anywidget.AnyWidget):
    """Pointer Events with pressure, kept whole, in the page.

    In ``draw`` mode a finished stroke is handed over once, as ``[P, 4]``: x, y (fractions of the plane, from its left
    top corner), pressure 0…1 and milliseconds since the pen went down. Its ink stays visible until ``settle()``. In
    ``play`` mode the newest place is handed over at most once per animation frame.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_stroke: Called with the stroke's number and its points.
        on_move: Called with x, y, pressure and whether the pointer is on the plane.
    """

    _esm = Path(__file__).parent / "static" / "pen_layer.js"
    mode = traitlets.Enum(("draw", "play"), "draw").tag(sync=True)
    colour = traitlets.Unicode("#ffffff").tag(sync=True)
    label = traitlets.Unicode("plane").tag(sync=True)

    def __init__(
        self,
        on_stroke: Callable[[int, Stroke], None] | None = None,
        on_move: Callable[[float, float, float, bool], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._on_stroke, self._on_move = on_stroke, on_move
        self.on_msg(self._receive)

    def settle(self, stroke: int) -> None:
        """The stroke is drawn by somebody else now, or refused: its wet ink may go."""
        self.send({"type": "settled", "stroke": stroke})

    def _receive(self, _widget: Any, content: Any, buffers: list[Any]) -> None:
        kind = content.get("type") if isinstance(content, dict) else None
        if kind == "stroke" and self._on_stroke is not None and buffers:
            points = np.frombuffer(bytes(buffers[0]), dtype="<f4")
            if len(points) % 4 == 0 and np.isfinite(points).all():
                self._on_stroke(int(content["stroke"]), points.reshape(-1, 4))
        elif kind == "move" and self._on_move is not None:
            place = np.array([content.get(k, 0.0) for k in ("x", "y", "pressure")], dtype=np.float64)
            if np.isfinite(place).all():
                self._on_move(float(place[0]), float(place[1]), float(place[2]), bool(content.get("on")))
