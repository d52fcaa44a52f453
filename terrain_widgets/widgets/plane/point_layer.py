"""The sheet over a plane that shows labelled points, places, drags and selects them, or plays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import numpy as np
import traitlets

from terrain_widgets.widgets.base.static import STATIC

_COMMANDS = ("undo", "redo", "delete", "attach")


class PointLayer(anywidget.AnyWidget):
    """Points as the page paints them, and what the hand does to them.

    In ``edit`` mode a click places a point or selects the one it meets, and a drag moves that; by keys, arrows move a
    cursor (with Shift finely, with Ctrl the selected point), Enter places or selects, ``[`` and ``]`` go from point to
    point, Delete takes away, ``a`` attaches, Ctrl+Z undoes. In ``play`` mode the pointer steers, or the arrow keys do
    and Space is sound on and off. Places are fractions of the plane, from its left top corner.

    Callbacks run on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        on_place: Called with x and y.
        on_select: Called with a point's id.
        on_drag: Called with a point's id, a gesture's number and x and y; number 0 is the arrow keys'.
        on_move: Called with x, y and whether it sounds.
        on_command: Called with ``"undo"``, ``"redo"``, ``"delete"`` or ``"attach"``.

    Attributes:
        points: ``{"id", "x", "y", "label", "colour", "attached"}`` each.
        selected: Id of the selected point, or nothing.
        held: Id of the point that a pad holds, or nothing.
        mode: ``"edit"`` or ``"play"``.
        label: For screen readers.
    """

    _esm = STATIC / "point_layer.js"
    points = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    held = traitlets.Unicode("").tag(sync=True)
    mode = traitlets.Enum(("edit", "play"), "edit").tag(sync=True)
    label = traitlets.Unicode("points").tag(sync=True)

    def __init__(
        self,
        on_place: Callable[[float, float], None],
        on_select: Callable[[str], None],
        on_drag: Callable[[str, int, float, float], None],
        on_move: Callable[[float, float, bool], None],
        on_command: Callable[[str], None],
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self._on_place, self._on_select, self._on_drag = on_place, on_select, on_drag
        self._on_move, self._on_command = on_move, on_command
        self.on_msg(self._receive)

    def _receive(self, _widget: Any, content: Any, _buffers: list[Any]) -> None:
        if not isinstance(content, dict):
            return
        kind, point_id = content.get("type"), content.get("id")
        x, y = (_number(content.get(name)) for name in ("x", "y"))
        placed = np.isfinite([x, y]).all()
        if kind == "place" and placed:
            self._on_place(x, y)
        elif kind == "select" and isinstance(point_id, str):
            self._on_select(point_id)
        elif kind == "drag" and placed and isinstance(point_id, str) and isinstance(content.get("gesture"), int):
            self._on_drag(point_id, content["gesture"], x, y)
        elif kind == "move" and placed:
            self._on_move(x, y, bool(content.get("on")))
        elif kind == "key" and content.get("key") in _COMMANDS:
            self._on_command(content["key"])


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else float("nan")
