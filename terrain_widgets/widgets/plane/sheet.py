"""The sheet over a plane that feels pen, mouse, fingers and keys: ink, points, cursor and gestures live in the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import traitlets

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.widgets.base.page_widget import PageWidget
from terrain_widgets.widgets.base.static import STATIC
from terrain_widgets.widgets.plane.gestures import Place, PointMove, Steering, Stroke, Touch

_UNIT = [0.0, 0.0, 1.0, 1.0]
_LONGEST = 1_000_000  # points of a stroke: more than an hour at 240 Hz


@dataclass(frozen=True)
class Handlers:
    """What is told of the hand; each may be left out.

    They are called on whatever thread the kernel uses for messages, so they must only enqueue or set a value. Places
    are ``[2]`` in control units.

    Args:
        stroke: A finished stroke.
        steer: Where a playing pointer is.
        touch: A step of a drag.
        key: One of the sheet's ``chords`` was pressed.
        view: Zoom by a factor about a place in fractions of the view, then move by fractions of it.
        drop: What was dropped, in words that its source and its taker agree on, and where.
        place: A click where there is no point, with the points tool.
        select: A click on a point, by its id.
        move_point: A step of a point's drag.
        size: How large the page shows the plane: CSS pixels each way, the screen's pixels for each, and whether its
            user wants little motion.
    """

    stroke: Callable[[Stroke], None] = lambda _stroke: None
    steer: Callable[[Steering], None] = lambda _steering: None
    touch: Callable[[Touch], None] = lambda _touch: None
    key: Callable[[str], None] = lambda _key: None
    view: Callable[[float, Place, Place], None] = lambda _factor, _at, _by: None
    drop: Callable[[str, Place], None] = lambda _what, _place: None
    place: Callable[[Place], None] = lambda _place: None
    select: Callable[[str], None] = lambda _point: None
    move_point: Callable[[PointMove], None] = lambda _move: None
    size: Callable[[int, float, bool], None] = lambda _side, _ratio, _calm: None


class Sheet(PageWidget):
    """What lies over a plane and feels the pointer: ink, points and cursor are painted in the page.

    The tool says what a pointer does:

    - ``draw``: a finished stroke, with all its pressures and tilts, is handed over once; its ink stays visible until
      ``settle()``.
    - ``drag``: what a drag touches is told, from down to up.
    - ``points``: a click places a point or selects the one it meets, a drag moves that.
    - ``play``: the newest place is told.
    - ``pan``: the view is asked to change; so it is, with any tool, by the middle button, the held space bar, two
      fingers, or Ctrl and the wheel.

    Without a pointer, arrow keys move a cursor (with Shift finely). Enter puts the pen down and lifts it, or places and
    selects points; ``[`` and ``]`` go from point to point, Ctrl and an arrow push the selected one. Space clicks, or is
    sound on and off.

    Args:
        handlers: What is told of the hand.

    Attributes:
        tool: What a pointer does.
        view: What the plane shows: left, top, right, bottom in control units. Places come back in the view in which
            they were drawn, even if it has changed since.
        hover: Whether a pointer that is not pressed plays.
        budget: What a line must carry, ``{"frames": N, "rule": …, "density": δ}``, for the words beside wet ink; empty
            where nothing must be carried.
        chords: Which keys are told, as ``"r"``, ``"W"``, ``"Delete"`` or ``"Ctrl+Shift+z"``; others stay the page's.
        points: ``{"id", "x", "y", "label", "colour", "attached"}`` each, x and y in control units.
        selected: Id of the selected point, or nothing.
        held: Id of the point that a pad holds, or nothing.
        key: By which an engine in the page is found that plays what the pointer does.
    """

    _esm = STATIC / "sheet.js"
    _css = STATIC / "sheet.css"
    tool = traitlets.Enum(("draw", "drag", "pan", "points", "play"), "draw").tag(sync=True)
    colour = traitlets.Unicode("#ffffff").tag(sync=True)
    label = traitlets.Unicode("plane").tag(sync=True)
    view = traitlets.List(traitlets.Float(), _UNIT, minlen=4, maxlen=4).tag(sync=True)
    hover = traitlets.Bool(True).tag(sync=True)
    budget = traitlets.Dict().tag(sync=True)
    chords = traitlets.List(traitlets.Unicode()).tag(sync=True)
    points = traitlets.List(traitlets.Dict()).tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    held = traitlets.Unicode("").tag(sync=True)
    key = traitlets.Unicode("").tag(sync=True)

    def __init__(self, handlers: Handlers | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._handlers = handlers if handlers is not None else Handlers()
        self.on_msg(self._receive)

    def settle(self, stroke: int) -> None:
        """The stroke is drawn by somebody else now, or refused: its wet ink may go."""
        self.send({"type": "settled", "stroke": stroke})

    def _receive(self, _widget: Any, content: Any, buffers: list[Any]) -> None:
        try:
            self._understand(content, buffers)
        except (IndexError, KeyError, TypeError, ValueError, OverflowError):
            return  # a page may say anything; what cannot be read did not happen

    def _understand(self, content: Any, buffers: list[Any]) -> None:
        kind, handlers = content["type"], self._handlers
        if kind == "key" and content["key"] in self.chords:
            handlers.key(content["key"])
        elif kind == "view":
            factor, at = float(content["factor"]), _numbers(content, "x", "y")
            if 0 < factor < np.inf:
                handlers.view(factor, at, _numbers(content, "dx", "dy"))
        elif kind == "stroke":
            handlers.stroke(self._stroke(content, bytes(buffers[0])))
        elif kind == "move":
            tilt = np.asarray(content.get("tilt", (0.0, 0.0)), dtype=np.float64).reshape(2)
            pressure, device = float(_numbers(content, "pressure")[0]), str(content.get("device", "mouse"))
            on, played = bool(content.get("on")), bool(content.get("played"))
            handlers.steer(Steering(self._place(content), pressure, on, device, tilt, played))
        elif kind == "drag" and content["phase"] in ("down", "drag", "up"):
            place, shift = self._place(content), bool(content.get("shift"))
            handlers.touch(Touch(int(content["gesture"]), content["phase"], place, shift))
        elif kind == "drop" and isinstance(content["what"], str):
            handlers.drop(content["what"][:64], self._place(content))
        elif kind == "place":
            handlers.place(self._place(content))
        elif kind == "select" and isinstance(content["id"], str):
            handlers.select(content["id"])
        elif kind == "move_point" and isinstance(content["id"], str):
            handlers.move_point(PointMove(content["id"], int(content["gesture"]), self._place(content)))
        elif kind == "size":
            side, ratio = _numbers(content, "side", "ratio")
            handlers.size(round(side), float(ratio), bool(content.get("calm")))

    def _stroke(self, content: dict[str, Any], buffer: bytes) -> Stroke:
        columns = int(content.get("columns", 4))
        table = np.frombuffer(buffer, dtype="<f4").astype(np.float64)
        if columns < 4 or not 0 < len(table) <= columns * _LONGEST or not np.isfinite(table).all():
            raise ValueError("no stroke")
        table = table.reshape(-1, columns)
        tilts = table[:, 4:6] if columns >= 6 else np.zeros((len(table), 2))
        places, shift = self._seen(content).from_unit(table[:, :2]), bool(content.get("shift"))
        return Stroke(int(content["stroke"]), places, table[:, 3] / 1000, table[:, 2].clip(0, 1), tilts, shift)

    def _place(self, content: dict[str, Any]) -> Place:
        return self._seen(content).from_unit(_numbers(content, "x", "y"))

    def _seen(self, content: dict[str, Any]) -> Boundary:
        """What the page showed when the pen was there."""
        left, top, right, bottom = content.get("view") or self.view
        return Boundary(float(left), float(top), float(right), float(bottom))


def _numbers(content: dict[str, Any], *names: str) -> Place:
    numbers = np.array([float(content[name]) for name in names])
    if not np.isfinite(numbers).all():
        raise ValueError("not finite")
    return numbers
