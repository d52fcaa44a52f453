"""The plane: terrain and paths drawn from Python, with a pen layer over them. Not a panel, but what panels show."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import ipywidgets
import numpy as np
from ipycanvas import Canvas, MultiCanvas
from numpy.typing import NDArray

from terrain_widgets.session.session import Session
from terrain_widgets.widgets._drawing import batch, forget_current_canvas
from terrain_widgets.widgets._palette import clip_colour
from terrain_widgets.widgets._tab_pass import TabPass
from terrain_widgets.widgets._terrain_picture import terrain_picture
from terrain_widgets.widgets._ui_thread import ui
from terrain_widgets.widgets.pen_layer import PenLayer

SIZE = 370
_BACKGROUND = "#20242e"
_GRID = "#343a48"
_NOBODYS, _MUTED, _CORNERS_SHOWN = "#9aa3b2", 0.35, 32
_TRAIL = 8  # places that a playhead leaves behind it
_HERE = "1 / 1 / 2 / 2"  # canvas and pen layer share the one cell of a grid, the pen layer on top


class Plane(ipywidgets.GridBox):
    """Control space as a square picture that feels the pointer.

    Drawing happens on the UI thread only; ``show_terrain()`` and ``show_paths()`` ask for it.

    Args:
        session: What is drawn.
        mode: ``"draw"`` or ``"play"``.
        on_stroke: Called with a stroke's number and its points ``[P, 2]`` in control units, on the UI thread.
        on_move: Called with coordinates ``[2]`` in control units, pressure and whether the pointer is on the plane, on
            whatever thread the message came; it must return at once.
        label: For screen readers.
        on_drag: Called with a gesture's number, its phase and a place ``[2]`` in control units, on the UI thread.
        on_key: Called with a key, and whether Ctrl and Shift are held, on the UI thread.
        terrain_opacity: How much of the terrain shows under the paths.
    """

    def __init__(
        self,
        session: Session,
        mode: str,
        label: str,
        on_stroke: Callable[[int, NDArray[np.float64]], None] | None = None,
        on_move: Callable[[NDArray[np.float64], float, bool], None] | None = None,
        *,
        on_drag: Callable[[int, str, NDArray[np.float64]], None] | None = None,
        on_key: Callable[[str, bool, bool], None] | None = None,
        terrain_opacity: float = 1.0,
    ) -> None:
        self._session, self._terrain_opacity = session, terrain_opacity
        self._on_stroke, self._on_move = on_stroke, on_move
        self._on_drag, self._on_key = on_drag, on_key
        self.corners: list[NDArray[np.float64]] = []  # of a line that is being made, in control units
        self._small: Canvas | None = None
        self._trails: dict[str, list[NDArray[np.float64]]] = {}
        box = {"width": f"{SIZE}px", "height": f"{SIZE}px", "grid_area": _HERE, "margin": "0"}
        self._canvas = MultiCanvas(3, width=SIZE, height=SIZE, layout=box)
        self.pen = PenLayer(self._stroke, self._move, self._drag, self._key, mode=mode, label=label, layout=box)
        super().__init__(
            [self._canvas, self.pen, TabPass()],
            layout={
                "grid_template_columns": f"{SIZE}px",
                "grid_template_rows": f"{SIZE}px",
                "width": f"{SIZE}px",
                "height": f"{SIZE}px",
                "margin": "2px",
                "overflow": "hidden",
            },
        )
        self.add_class("tw-looked-at")
        self._canvas.on_client_ready(self._page_appeared)
        self.show_terrain()
        self.show_paths()

    def show_terrain(self) -> None:
        """Draw the terrain anew, soon; what lies above it stays."""
        ui.submit(self._draw_terrain_now, key=(id(self), "terrain"))

    def show_paths(self) -> None:
        """Draw the paths anew, soon."""
        ui.submit(self._draw_paths_now, key=(id(self), "paths"))

    def show_playheads(self, places: Mapping[str, NDArray[np.float32]]) -> None:
        """Draw where playheads are, ``[2]`` in control units by name, with their trails. On the UI thread only."""
        if not places and not self._trails:
            return
        for name in [name for name in self._trails if name not in places]:
            del self._trails[name]
        for name, place in places.items():
            point = self._session.boundary.to_unit(np.asarray(place, dtype=np.float64)[None])[0] * SIZE
            self._trails[name] = [*self._trails.get(name, [])[-_TRAIL:], point]
        with batch():
            self._draw_playheads(self._canvas[2])

    def draw_now(self) -> None:
        """Draw everything anew. On the UI thread only."""
        self._draw_terrain_now()
        self._draw_paths_now()

    def _draw_terrain_now(self) -> None:
        with batch():
            self._draw_terrain(self._canvas[0])

    def _draw_paths_now(self) -> None:
        with batch():
            self._draw_paths(self._canvas[1])

    def _page_appeared(self) -> None:
        def redraw() -> None:
            forget_current_canvas()
            self.draw_now()

        ui.submit(redraw)

    def _draw_terrain(self, layer: Canvas) -> None:
        picture = terrain_picture(self._session)
        layer.clear()
        layer.fill_style = _BACKGROUND
        layer.fill_rect(0, 0, SIZE, SIZE)
        if picture is None:
            self._draw_grid(layer)
            return
        # Sent small and enlarged by the page: a training redraws this several times a second.
        cells = picture[0].shape[0]
        if self._small is None or self._small.width != cells:
            self._small = Canvas(width=cells, height=cells)
        self._small.put_image_data(picture[0], 0, 0)
        layer.global_alpha = self._terrain_opacity
        layer.draw_image(self._small, 0, 0, SIZE, SIZE)
        layer.global_alpha = 1.0

    def _draw_grid(self, layer: Canvas) -> None:
        layer.stroke_style = _GRID
        layer.line_width = 1
        for step in range(1, 8):
            at = step * SIZE / 8
            layer.stroke_line(at, 0, at, SIZE)
            layer.stroke_line(0, at, SIZE, at)

    def _draw_paths(self, layer: Canvas) -> None:
        layer.clear()
        layer.line_cap = layer.line_join = "round"
        layer.font = "12px sans-serif"
        state = self._session.state
        numbers = {clip.id: index for index, clip in enumerate(state.clips)}
        for drawing in state.drawings.values():
            if drawing.path.control_dim != 2:
                continue
            points = self._session.boundary.to_unit(drawing.path.values) * SIZE
            own = drawing.clip is not None
            colour = drawing.colour or (clip_colour(numbers[drawing.clip]) if drawing.clip is not None else _NOBODYS)
            layer.global_alpha = _MUTED if drawing.muted else 1.0
            halo = 6.0 if own and drawing.clip == self._session.selected else 4.5
            for style, width in (("rgba(0,0,0,0.55)", halo), (colour, 3.0)):
                layer.stroke_style = style
                layer.line_width = width
                layer.stroke_lines(points)
            layer.fill_style = colour
            layer.fill_circle(points[0][0], points[0][1], 5)
            if 2 < len(points) <= _CORNERS_SHOWN:
                layer.fill_circles(points[1:, 0], points[1:, 1], 3)
            name = drawing.label or (state.clip(drawing.clip).name if drawing.clip is not None else "no sound")
            self._draw_name(layer, name, points[0])
            layer.global_alpha = 1.0
        self._draw_corners(layer)

    def _draw_corners(self, layer: Canvas) -> None:
        if not self.corners:
            return
        points = self._session.boundary.to_unit(np.stack(self.corners)) * SIZE
        layer.stroke_style = layer.fill_style = "#ffffff"
        layer.line_width = 2
        layer.stroke_lines(points)
        layer.fill_circles(points[:, 0], points[:, 1], 4)

    def _draw_playheads(self, layer: Canvas) -> None:
        layer.clear()
        for points in self._trails.values():
            for age, (x, y) in enumerate(reversed(points)):
                layer.global_alpha = 1.0 if age == 0 else 0.4 * (1 - age / (_TRAIL + 1))
                layer.fill_style = "#ffffff"
                layer.fill_circle(float(x), float(y), 6.0 if age == 0 else 3.0)
            layer.global_alpha = 1.0
            layer.stroke_style, layer.line_width = "#000000", 1.5
            layer.stroke_circle(float(points[-1][0]), float(points[-1][1]), 6.0)

    def _draw_name(self, layer: Canvas, name: str, start: NDArray[np.float64]) -> None:
        x, y = min(float(start[0]) + 8, SIZE - 8.0 * len(name)), max(float(start[1]) - 8, 12.0)
        layer.line_width = 3
        layer.stroke_style = "rgba(0,0,0,0.75)"
        layer.stroke_text(name, x, y)
        layer.fill_style = "#ffffff"
        layer.fill_text(name, x, y)

    def _stroke(self, stroke: int, points: NDArray[np.float32]) -> None:
        def hand_over() -> None:
            try:
                if self._on_stroke is not None:
                    self._on_stroke(stroke, self._session.boundary.from_unit(points[:, :2]))
            finally:
                self._draw_paths_now()
                self.pen.settle(stroke)

        ui.submit(hand_over)

    def _move(self, x: float, y: float, pressure: float, on: bool) -> None:
        if self._on_move is not None:
            self._on_move(self._session.boundary.from_unit([[x, y]])[0], pressure, on)

    def _drag(self, gesture: int, phase: str, x: float, y: float) -> None:
        def hand_over() -> None:
            if self._on_drag is not None:
                self._on_drag(gesture, phase, self._session.boundary.from_unit([[x, y]])[0])

        # Of a drag that waits only the newest place counts; where it began and ended always does.
        ui.submit(hand_over, key=(id(self), "drag", gesture) if phase == "drag" else None)

    def _key(self, name: str, ctrl: bool, shift: bool) -> None:
        if self._on_key is not None:
            act = self._on_key
            ui.submit(lambda: act(name, ctrl, shift))
