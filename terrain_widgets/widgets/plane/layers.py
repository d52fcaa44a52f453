"""The drawn layers of a plane, on canvases of ipycanvas: terrain, paths, playheads. On the UI thread only."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from ipycanvas import Canvas, MultiCanvas
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.find import Findings
from terrain_widgets.session.document.state import SessionState
from terrain_widgets.widgets.base.palette import BACKGROUND, GRID, viridis
from terrain_widgets.widgets.plane.drawing import batch, forget_current_canvas
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.heat import draw_marks, heat_picture, seen_box
from terrain_widgets.widgets.plane.path_layer import draw_paths, draw_suggestions, draw_work
from terrain_widgets.widgets.plane.terrain_view import TerrainLayers

_TRAIL = 8  # places that a playhead leaves behind it
_SCALE = (12.0, 30.0, 128.0, 8.0)  # pixels from the left, from the bottom, of width and height
_FILLS = {"width": "100%", "height": "100%", "margin": "0"}


class Layers:
    """Three canvases on one another; everything on them is given in control units and drawn in the page's pixels.

    Args:
        side: CSS pixels each way, before the page has said how large it shows them.

    Attributes:
        widget: The canvases, as large as their place.
        calm: Whether playheads leave no trails, as who wants little motion has it.
    """

    def __init__(self, side: int) -> None:
        self._side, self._ratio = side, 1.0
        self.widget = MultiCanvas(3, width=side, height=side, layout=_FILLS)
        self.calm = False
        # By what is on them and their size, of which there are a few. None is ever closed: a page that is late would
        # draw from one that has gone, and ipycanvas draws nothing in a page any more after a command that fails.
        self._small: dict[tuple[str, int, int], Canvas] = {}
        self._heads: dict[str, list[NDArray[np.float64]]] = {}

    def resize(self, side: int, ratio: float) -> bool:
        """Be so large; what was drawn is gone then.

        Args:
            side: CSS pixels each way.
            ratio: The screen's pixels for each.

        Returns:
            Whether that is another size.
        """
        pixels = round(side * ratio)
        if (side, pixels) == (self._side, self.widget.width):
            return False
        self._side, self._ratio = side, ratio
        with self.widget.hold_sync():
            self.widget.width = self.widget.height = pixels
        return True

    def page_appeared(self) -> None:
        """Call before the first drawing on a new page."""
        forget_current_canvas()

    def draw_terrain(
        self, shown: TerrainLayers | None, view: Boundary, home: Boundary, opacity: float, found: Findings | None = None
    ) -> None:
        """What is seen of the terrain in the view, or a grid where there is none.

        Args:
            shown: The terrain.
            view: What is looked at.
            home: The session's plane, which the grid divides into eight.
            opacity: Of the terrain over the background.
            found: Where on it a search was successful.
        """
        size = self._side
        with batch():
            layer = self._cleared(0)
            layer.fill_style = BACKGROUND
            layer.fill_rect(0, 0, size, size)
            if shown is None:
                self._draw_grid(layer, view, home)
                return
            layer.global_alpha = opacity
            whole = (0.0, 0.0, 1.0, 1.0)
            self._draw_picture(layer, "picture", shown.picture, whole)
            if shown.veil is not None:
                self._draw_picture(layer, "veil", shown.veil, whole)
            for style, width in (("rgba(0,0,0,0.55)", 2.2), ("rgba(255,255,255,0.55)", 1.0)):  # seen on every colour
                layer.stroke_style, layer.line_width = style, width
                for line in shown.contours:
                    layer.stroke_lines(view.to_unit(line) * size)
            layer.global_alpha = 1.0
            if found is not None:
                self._draw_picture(layer, "heat", heat_picture(found), seen_box(found, view))
                draw_marks(layer, found, view, size)
            if shown.limits is not None:
                self._draw_scale(layer, shown.limits)

    def draw_paths(
        self,
        state: SessionState,
        view: Boundary,
        selected: str,
        grip: Grip,
        suggested: Mapping[str, NDArray[np.float32]],
    ) -> None:
        """Every path with its name, and what the tool in the hand shows over them.

        Args:
            state: What is drawn.
            view: What is looked at.
            selected: Id of the sound whose path stands out.
            grip: Who has the plane.
            suggested: Faint paths that nobody has drawn yet, ``[P, 2]`` by clip id.
        """
        with batch():
            layer = self._cleared(1)
            draw_suggestions(layer, state, suggested, view, self._side)
            draw_paths(layer, state, view, self._side, selected, grip.chosen)
            draw_work(layer, grip.overlay, view, self._side)

    def draw_playheads(self, places: Mapping[str, NDArray[np.float32]], view: Boundary) -> None:
        """Where playheads are, ``[2]`` in control units by name, with their trails."""
        if not places and not self._heads:
            return
        self._heads = {
            name: [*([] if self.calm else self._heads.get(name, [])[-_TRAIL:]), np.asarray(place, dtype=np.float64)]
            for name, place in places.items()
        }
        with batch():
            layer = self._cleared(2)
            for trail in self._heads.values():
                points = view.to_unit(np.stack(trail)) * self._side
                for age, (x, y) in enumerate(points[::-1]):
                    layer.global_alpha = 1.0 if age == 0 else 0.4 * (1 - age / (_TRAIL + 1))
                    layer.fill_style = "#ffffff"
                    layer.fill_circle(float(x), float(y), 6.0 if age == 0 else 3.0)
                layer.global_alpha = 1.0
                layer.stroke_style, layer.line_width = "#000000", 1.5
                layer.stroke_circle(float(points[-1][0]), float(points[-1][1]), 6.0)

    def _cleared(self, number: int) -> Canvas:
        layer: Canvas = self.widget[number]
        layer.reset_transform()
        layer.clear()
        layer.scale(self._ratio, self._ratio)
        return layer

    def _draw_picture(
        self, layer: Canvas, name: str, picture: NDArray[np.uint8], box: tuple[float, float, float, float]
    ) -> None:
        """Sent small and enlarged by the page: a training redraws this several times a second.

        ``box`` is x, y, width and height in fractions of the view.
        """
        height, width = picture.shape[:2]
        small = self._small.get((name, width, height))
        if small is None:
            small = self._small[name, width, height] = Canvas(width=width, height=height)
        small.put_image_data(picture, 0, 0)
        layer.draw_image(small, *(share * self._side for share in box))

    def _draw_scale(self, layer: Canvas, limits: tuple[float, float]) -> None:
        """The map's colours, with what the first and the last stand for."""
        x, up, width, height = _SCALE
        y, colours = self._side - up, viridis()[::8]
        layer.fill_style = "rgba(20,24,32,0.7)"
        layer.fill_rect(x - 6, y - 6, width + 12, up)
        across = x + np.arange(len(colours)) * width / len(colours)
        layer.fill_styled_rects(across, y, width / len(colours) + 0.5, height, colours)
        layer.fill_style, layer.font = "#ffffff", "11px sans-serif"
        for text, at, align in ((f"{limits[0]:.3g}", x, "left"), (f"{limits[1]:.3g}", x + width, "right")):
            layer.text_align = align
            layer.fill_text(text, at, y + height + 12)
        layer.text_align = "left"

    def _draw_grid(self, layer: Canvas, view: Boundary, home: Boundary) -> None:
        layer.stroke_style, layer.line_width = GRID, 1
        size = self._side
        for step in range(9):
            x, y = view.to_unit(home.from_unit([step / 8, step / 8])) * size
            layer.stroke_line(x, 0, x, size)
            layer.stroke_line(0, y, size, y)
