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
    ``play`` mode the newest place is handed over at most once per animation frame. In ``edit`` mode so is what a drag
    touches, from down to up. Without a pointer, arrow keys move a cursor, and Enter puts the pen down and lifts it.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_stroke: Called with the stroke's number and its points.
        on_move: Called with x, y, pressure and whether the pointer is on the plane.
        on_drag: Called with the gesture's number, ``"down"``, ``"drag"`` or ``"up"``, x and y.
        on_key: Called with a key's name and whether Ctrl (or Cmd) and Shift are held.
    """

    _esm = Path(__file__).parent / "static" / "pen_layer.js"
    mode = traitlets.Enum(("draw", "play", "edit"), "draw").tag(sync=True)
    colour = traitlets.Unicode("#ffffff").tag(sync=True)
    label = traitlets.Unicode("plane").tag(sync=True)

    def __init__(
        self,
        on_stroke: Callable[[int, Stroke], None] | None = None,
        on_move: Callable[[float, float, float, bool], None] | None = None,
        on_drag: Callable[[int, str, float, float], None] | None = None,
        on_key: Callable[[str, bool, bool], None] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._on_stroke, self._on_move, self._on_drag, self._on_key = on_stroke, on_move, on_drag, on_key
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
        elif kind == "drag" and self._on_drag is not None and content.get("phase") in ("down", "drag", "up"):
            place = np.array([content.get(k, 0.0) for k in ("x", "y")], dtype=np.float64)
            if np.isfinite(place).all():
                self._on_drag(int(content["gesture"]), content["phase"], float(place[0]), float(place[1]))
        elif kind == "key" and self._on_key is not None and isinstance(content.get("key"), str):
            self._on_key(content["key"][:16], bool(content.get("ctrl")), bool(content.get("shift")))
