"""The plane: terrain and paths drawn from Python, with a sheet over them. Not a panel, but what panels show."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping

import ipywidgets
import numpy as np
from ipycanvas import Canvas, MultiCanvas
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Actions
from terrain_widgets.widgets.base.palette import BACKGROUND, GRID
from terrain_widgets.widgets.base.tab_pass import TabPass
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.plane.drawing import batch, forget_current_canvas
from terrain_widgets.widgets.plane.gestures import Stroke, Touch
from terrain_widgets.widgets.plane.overlay import Overlay
from terrain_widgets.widgets.plane.path_layer import draw_paths, draw_work
from terrain_widgets.widgets.plane.sheet import Handlers, Sheet
from terrain_widgets.widgets.plane.terrain_picture import shaded, terrain_grid, terrain_picture

SIZE = 370
_TRAIL = 8  # places that a playhead leaves behind it
_HERE = "1 / 1 / 2 / 2"  # what lies on one another shares the one cell of a grid, the sheet on top
_FOLLOW_SECONDS = 0.8
_STEP = 1.25  # of a key that zooms
_NEAREST, _FARTHEST = 1e3, 1e-2  # how large and how small the session's plane may be seen


class Plane(ipywidgets.GridBox):
    """Control space as a square picture that feels the pointer.

    Drawing happens on the UI thread only; ``show_terrain()`` and ``show_paths()`` ask for it.

    Args:
        session: What is drawn.
        tool: What a pointer does; see ``Sheet``.
        label: For screen readers.
        handlers: What is told of the hand: ``steer`` on whatever thread the message came, so that it must return at
            once, all others on the UI thread. ``view`` and ``key`` are the plane's own.
        terrain_opacity: How much of the terrain shows under the paths.

    Attributes:
        overlay: What a tool shows over the paths.
        chosen: Ids of paths that stand out.
        view_actions: Zoom in, zoom out, and show all.
    """

    def __init__(
        self,
        session: Session,
        tool: str,
        label: str,
        handlers: Handlers | None = None,
        *,
        terrain_opacity: float = 1.0,
    ) -> None:
        self._session, self._terrain_opacity = session, terrain_opacity
        self._handlers = handlers if handlers is not None else Handlers()
        self.overlay, self.chosen = Overlay(), frozenset[str]()
        self._view: Boundary | None = None
        self._small: Canvas | None = None
        self._followed = -np.inf  # when the terrain was drawn
        self._heads: dict[str, list[NDArray[np.float64]]] = {}
        box = {"width": f"{SIZE}px", "height": f"{SIZE}px", "grid_area": _HERE, "margin": "0"}
        self._canvas = MultiCanvas(3, width=SIZE, height=SIZE, layout=box)
        self.sheet = Sheet(self._sheet_handlers(), tool=tool, label=label, layout=box)
        self.sheet.view = list(session.document.boundary.as_tuple())
        self.view_actions = Actions(
            [
                Action("closer", "", "Zoom in", lambda: self.look_closer(_STEP), ("z",), icon="search-plus"),
                Action("farther", "", "Zoom out", lambda: self.look_closer(1 / _STEP), ("Z",), icon="search-minus"),
                Action("fit", "", "Show all", self.fit, ("0",), icon="expand"),
            ]
        )
        self.use(self.view_actions)
        # Seen where nothing is drawn over it: in a page that no kernel answers.
        self.still = ipywidgets.Image(value=b"", format="png", layout={**box, "visibility": "hidden"})
        super().__init__(
            [self.still, self._canvas, self.sheet, TabPass()],
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

    # --- what is looked at

    @property
    def view(self) -> Boundary:
        """What is looked at: the session's own plane, or what the user has zoomed and moved to."""
        return self._session.document.boundary if self._view is None else self._view

    def look(self, view: Boundary | None) -> None:
        """Look at another part of control space, ``None`` for the session's own plane."""
        self._view = None if view == self._session.document.boundary else view
        self.show_terrain()
        self.show_paths()

    def look_closer(self, factor: float, at: ArrayLike = (0.5, 0.5), by: ArrayLike = (0.0, 0.0)) -> None:
        """Zoom about a place in fractions of the view, then move what is drawn by fractions of it, soon."""

        def change() -> None:
            home = self._session.document.boundary
            view = self.view.zoomed(factor, at).moved(by)
            if _FARTHEST < abs((home.right - home.left) / (view.right - view.left)) < _NEAREST:
                self.look(view)

        ui.submit(change)

    def fit(self) -> None:
        """Look at the session's own plane, and at what is drawn beyond it."""
        home = self._session.document.boundary
        drawn = [d.path.values for d in self._session.state.drawings.values() if d.path.control_dim == 2]
        places = home.to_unit(np.concatenate([home.from_unit([[0, 0], [1, 1]]), *drawn]))
        low, high = places.min(axis=0), places.max(axis=0)
        if (low < 0).any() or (high > 1).any():
            side = 1.1 * (high - low).max()  # the same scale both ways, and a margin
            corner = (low + high - side) / 2
            (left, top), (right, bottom) = home.from_unit([corner, corner + side])
            self.look(Boundary(float(left), float(top), float(right), float(bottom)))
        else:
            self.look(None)

    # --- drawing

    def show_terrain(self) -> None:
        """Draw the terrain again, soon; what lies above it stays."""
        ui.submit(self._follow_terrain, key=(id(self), "terrain"))

    def show_paths(self) -> None:
        """Redraw the paths soon."""
        ui.submit(self._draw_paths_now, key=(id(self), "paths"))

    def show_work(self, overlay: Overlay, chosen: Collection[str] = ()) -> None:
        """Show what a tool is at, and let some paths stand out, soon."""
        self.overlay, self.chosen = overlay, frozenset(chosen)
        self.show_paths()

    def show_playheads(self, places: Mapping[str, NDArray[np.float32]]) -> None:
        """Draw where playheads are, ``[2]`` in control units by name, with their trails. On the UI thread only."""
        if not places and not self._heads:
            return
        for name in [name for name in self._heads if name not in places]:
            del self._heads[name]
        for name, place in places.items():
            self._heads[name] = [*self._heads.get(name, [])[-_TRAIL:], np.asarray(place, dtype=np.float64)]
        with batch():
            self._draw_playheads(self._canvas[2])

    def draw_now(self) -> None:
        """Redraw everything. On the UI thread only."""
        self._draw_terrain_now()
        self._draw_paths_now()

    def _follow_terrain(self) -> None:
        """A training that goes on is followed closely by the explorer; a plane takes its time, and the page's less."""
        if self._session.jobs.working != "train" or time.monotonic() - self._followed > _FOLLOW_SECONDS:
            self._followed = time.monotonic()
            self._draw_terrain_now()

    def _draw_terrain_now(self) -> None:
        with batch():
            self._draw_terrain(self._canvas[0])

    def _draw_paths_now(self) -> None:
        self.sheet.view = list(self.view.as_tuple())  # with the picture, so that nobody draws on one that is gone
        with batch():
            layer = self._canvas[1]
            layer.clear()
            draw_paths(layer, self._session.state, self.view, SIZE, self._session.document.selected, self.chosen)
            draw_work(layer, self.overlay, self.view, SIZE)

    def _page_appeared(self) -> None:
        def redraw() -> None:
            forget_current_canvas()
            self.draw_now()

        ui.submit(redraw)

    def _draw_terrain(self, layer: Canvas) -> None:
        picture = self._picture()
        layer.clear()
        layer.fill_style = BACKGROUND
        layer.fill_rect(0, 0, SIZE, SIZE)
        if picture is None:
            self._draw_grid(layer)
            return
        # Sent small and enlarged by the page: a training redraws this several times a second.
        cells = picture.shape[0]
        if self._small is None or self._small.width != cells:
            self._small = Canvas(width=cells, height=cells)
        self._small.put_image_data(picture, 0, 0)
        layer.global_alpha = self._terrain_opacity
        layer.draw_image(self._small, 0, 0, SIZE, SIZE)
        layer.global_alpha = 1.0

    def _picture(self) -> NDArray[np.uint8] | None:
        if self._view is None:
            picture = terrain_picture(self._session)
            return None if picture is None else picture[0]
        grid = terrain_grid(self._session, self._view)
        return None if grid is None else shaded(self._session, grid)[0]

    def _draw_grid(self, layer: Canvas) -> None:
        layer.stroke_style = GRID
        layer.line_width = 1
        home = self._session.document.boundary
        for step in range(9):
            x, y = self.view.to_unit(home.from_unit([step / 8, step / 8])) * SIZE
            layer.stroke_line(x, 0, x, SIZE)
            layer.stroke_line(0, y, SIZE, y)

    def _draw_playheads(self, layer: Canvas) -> None:
        layer.clear()
        for places in self._heads.values():
            points = self.view.to_unit(np.stack(places)) * SIZE
            for age, (x, y) in enumerate(points[::-1]):
                layer.global_alpha = 1.0 if age == 0 else 0.4 * (1 - age / (_TRAIL + 1))
                layer.fill_style = "#ffffff"
                layer.fill_circle(float(x), float(y), 6.0 if age == 0 else 3.0)
            layer.global_alpha = 1.0
            layer.stroke_style, layer.line_width = "#000000", 1.5
            layer.stroke_circle(float(points[-1][0]), float(points[-1][1]), 6.0)

    # --- what the hand does

    def use(self, actions: Actions, press: Callable[[str], object] | None = None) -> None:
        """Have the plane's keys ask for these actions.

        Args:
            actions: Which keys there are, and what they do.
            press: Called with a key instead of the actions themselves, on the UI thread.
        """
        self._press = actions.press if press is None else press
        self.sheet.chords = actions.keys

    def _sheet_handlers(self) -> Handlers:
        told = self._handlers
        return Handlers(
            stroke=self._stroke,
            steer=told.steer,
            touch=self._touch,
            key=self._key,
            view=self.look_closer,
            drop=lambda what, place: ui.submit(lambda: told.drop(what, place)),
            place=lambda place: ui.submit(lambda: told.place(place)),
            select=lambda point: ui.submit(lambda: told.select(point)),
            # Of a drag that waits only the newest place counts.
            move_point=lambda move: ui.submit(lambda: told.move_point(move), key=(id(self), "point", move.gesture)),
        )

    def _key(self, key: str) -> None:
        def press() -> None:
            self._press(key)

        ui.submit(press)

    def _stroke(self, stroke: Stroke) -> None:
        def hand_over() -> None:
            try:
                self._handlers.stroke(stroke)
            finally:
                self._draw_paths_now()
                self.sheet.settle(stroke.number)

        ui.submit(hand_over)

    def _touch(self, touch: Touch) -> None:
        # Where a drag began and ended always counts.
        key = (id(self), "drag", touch.gesture) if touch.phase == "drag" else None
        ui.submit(lambda: self._handlers.touch(touch), key=key)
