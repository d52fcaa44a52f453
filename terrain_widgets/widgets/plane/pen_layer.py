"""The invisible sheet over a plane that feels the pen: wet ink, cursor and gestures live in the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import anywidget
import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.widgets.base.static import STATIC

Place = NDArray[np.float64]
_UNIT = [0.0, 0.0, 1.0, 1.0]
_LONGEST = 1_000_000  # points of a stroke: more than an hour at 240 Hz


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line as the pen gave it, whole.

    Args:
        number: What its ink is settled by.
        places: ``[P, 2]`` in control units.
        times: ``[P]`` seconds since the pen went down.
        pressures: ``[P]``, 0…1; a mouse always says 0.5, and so do keys.
        tilts: ``[P, 2]`` degrees from upright, to the right and towards the user; 0 where the pen does not say.
        shift: Whether Shift was held when the pen went down.
    """

    number: int
    places: Place
    times: NDArray[np.float64]
    pressures: NDArray[np.float64]
    tilts: NDArray[np.float64]
    shift: bool = False

    @property
    def path(self) -> SpatialTrajectory:
        """The line with its times and pressures."""
        return SpatialTrajectory(self.places, np.maximum.accumulate(self.times), self.pressures)


@dataclass(frozen=True, eq=False)
class Touch:
    """One step of a drag.

    Args:
        gesture: A number that all steps of a drag share and no other drag has.
        phase: ``"down"``, ``"drag"`` or ``"up"``.
        place: ``[2]`` in control units.
        shift: Whether Shift was held.
    """

    gesture: int
    phase: str
    place: Place
    shift: bool = False


@dataclass(frozen=True, eq=False)
class Steering:
    """Where a pointer that plays is now.

    Args:
        place: ``[2]`` in control units.
        pressure: 0…1; 0.5 where the device does not say.
        on: Whether it shall sound.
        device: ``"pen"``, ``"mouse"``, ``"touch"`` or ``"keyboard"``.
        tilt: ``[2]`` degrees from upright.
    """

    place: Place
    pressure: float
    on: bool
    device: str
    tilt: Place

    @property
    def feels(self) -> bool:
        """Whether the device told a pressure of its own."""
        return self.device == "pen" or (self.device == "touch" and self.pressure not in (0.0, 0.5, 1.0))


@dataclass(frozen=True)
class Handlers:
    """What is told of the pen; each may be left out.

    They are called on whatever thread the kernel uses for messages, so they must only enqueue or set a value.

    Args:
        stroke: A finished stroke.
        steer: Where a playing pointer is, at most once per animation frame.
        touch: A step of a drag, likewise.
        key: A key's name, and whether Ctrl (or Cmd) and Shift are held.
        view: Zoom by a factor about a place in fractions of the view, then move by fractions of it.
        drop: What was dropped, in words that its source and its taker agree on, and where, in control units.
    """

    stroke: Callable[[Stroke], None] = lambda _stroke: None
    steer: Callable[[Steering], None] = lambda _steering: None
    touch: Callable[[Touch], None] = lambda _touch: None
    key: Callable[[str, bool, bool], None] = lambda _key, _ctrl, _shift: None
    view: Callable[[float, Place, Place], None] = lambda _factor, _at, _by: None
    drop: Callable[[str, Place], None] = lambda _what, _place: None


class PenLayer(anywidget.AnyWidget):
    """Pointer Events with pressure and tilt, kept whole, in the page.

    In ``draw`` mode a finished stroke is handed over once; its ink stays visible until ``settle()``. In ``play`` mode
    the newest place is handed over, in ``edit`` mode what a drag touches, from down to up. In ``pan`` mode, and in the
    others with the middle button, the held space bar, two fingers or Ctrl and the wheel, the view is asked to change.
    Without a pointer, arrow keys move a cursor, Enter puts the pen down and lifts it, and space clicks.

    Args:
        handlers: What is told of the pen.

    Attributes:
        mode: What a pointer does.
        view: What the plane shows: left, top, right, bottom in control units. Places come back in the view in which
            they were drawn, even if it has changed since.
        hover: Whether a pointer that is not pressed plays.
        budget: What a line must carry, ``{"frames": N, "rule": …, "density": δ}``, for the words beside wet ink; empty
            where nothing must be carried.
    """

    _esm = STATIC / "pen_layer.js"
    mode = traitlets.Enum(("draw", "play", "edit", "pan"), "draw").tag(sync=True)
    colour = traitlets.Unicode("#ffffff").tag(sync=True)
    label = traitlets.Unicode("plane").tag(sync=True)
    view = traitlets.List(traitlets.Float(), _UNIT, minlen=4, maxlen=4).tag(sync=True)
    hover = traitlets.Bool(True).tag(sync=True)
    budget = traitlets.Dict().tag(sync=True)

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
        kind = content["type"]
        if kind == "key":
            if isinstance(content["key"], str):
                self._handlers.key(content["key"][:16], bool(content.get("ctrl")), bool(content.get("shift")))
        elif kind == "view":
            factor, at = float(content["factor"]), _numbers(content, "x", "y")
            if 0 < factor < np.inf:
                self._handlers.view(factor, at, _numbers(content, "dx", "dy"))
        elif kind == "stroke":
            self._handlers.stroke(self._stroke(content, bytes(buffers[0])))
        elif kind == "move":
            place, device = self._place(content), str(content.get("device", "mouse"))
            tilt = np.asarray(content.get("tilt", (0.0, 0.0)), dtype=np.float64).reshape(2)
            pressure = float(_numbers(content, "pressure")[0])
            self._handlers.steer(Steering(place, pressure, bool(content.get("on")), device, tilt))
        elif kind == "drag" and content["phase"] in ("down", "drag", "up"):
            place, shift = self._place(content), bool(content.get("shift"))
            self._handlers.touch(Touch(int(content["gesture"]), content["phase"], place, shift))
        elif kind == "drop" and isinstance(content["what"], str):
            self._handlers.drop(content["what"][:64], self._place(content))

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
    numbers = np.array([float(content.get(name, 0.0)) for name in names])
    if not np.isfinite(numbers).all():
        raise ValueError("not finite")
    return numbers
