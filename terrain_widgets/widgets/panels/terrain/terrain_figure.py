"""The figure of the heatmap explorer: picture, veil, paths, playheads and axes. It knows bokeh, and no session."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from bokeh.events import MouseLeave, MouseMove, Tap
from bokeh.models import ColumnDataSource, LinearColorMapper, Range1d
from bokeh.models.annotations import ColorBar
from bokeh.palettes import Viridis256
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.widgets.charts.bokeh_view import plain_figure

Picture = NDArray[np.uint8]
_NOTHING = np.zeros((1, 1), dtype=np.uint32)
_TRAIL = 8


class TerrainFigure:
    """Layers over a control space, each set by itself. On the UI thread only.

    Args:
        boundary: What is seen at first.
        on_look: Called with what is seen, after the user has moved or zoomed.
        on_place: Called with where the pointer is, ``(x, y)`` in control units, or ``None`` when it leaves.
        on_tap: Called with where the user has clicked.
    """

    def __init__(
        self,
        boundary: Boundary,
        on_look: Callable[[Boundary], None],
        on_place: Callable[[tuple[float, float] | None], None],
        on_tap: Callable[[tuple[float, float]], None],
    ) -> None:
        self._ranges = (
            Range1d(start=boundary.left, end=boundary.right),
            Range1d(start=boundary.bottom, end=boundary.top),
        )
        self.plot = plain_figure(
            width=420,
            height=360,
            x_range=self._ranges[0],
            y_range=self._ranges[1],
            tools="pan,wheel_zoom,box_zoom,reset,save",
            active_scroll="wheel_zoom",
        )
        self._on_look = on_look
        self._picture = ColumnDataSource(_rectangle(_NOTHING, boundary))
        self._veil = ColumnDataSource(_rectangle(_NOTHING, boundary))
        self._heat = ColumnDataSource(_rectangle(_NOTHING, boundary))
        self._marks = ColumnDataSource({"x": [], "y": [], "number": []})
        self._contours = ColumnDataSource({"xs": [], "ys": []})
        self._paths = ColumnDataSource({"xs": [], "ys": [], "colour": []})
        self._heads = ColumnDataSource({"x": [], "y": [], "alpha": [], "size": []})
        self._trails: dict[str, list[NDArray[np.float32]]] = {}
        place: dict[str, Any] = {"x": "x", "y": "y", "dw": "dw", "dh": "dh"}
        self.plot.image_rgba("image", source=self._picture, **place)
        self.plot.image_rgba("image", source=self._veil, **place)
        self.plot.image_rgba("image", source=self._heat, **place)
        for colour, wide in (("#000000", 2.2), ("#ffffff", 1.0)):  # white on black is seen on every colour
            self.plot.multi_line("xs", "ys", source=self._contours, color=colour, line_width=wide, line_alpha=0.55)
        self.plot.multi_line("xs", "ys", source=self._paths, color="colour", line_width=2)
        for colour, wide in (("#000000", 5.0), ("#ffffff", 2.0)):
            self.plot.scatter(
                "x", "y", source=self._marks, marker="square", size=14, fill_alpha=0, line_color=colour, line_width=wide
            )
        self.plot.text(
            "x", "y", "number", source=self._marks, x_offset=11, y_offset=6, text_font_size="12px",
            text_color="#ffffff", text_outline_color="#000000",
        )  # fmt: skip
        self.plot.scatter(
            "x", "y", source=self._heads, size="size", alpha="alpha", fill_color="#ffffff", line_color="#000000"
        )
        self._mapper = LinearColorMapper(palette=Viridis256, low=0.0, high=1.0)
        self._bar = ColorBar(
            color_mapper=self._mapper,
            width=10,
            visible=False,
            background_fill_alpha=0.0,
            major_label_text_color="#8a93a3",
        )
        self.plot.add_layout(self._bar, "right")
        for axis in self._ranges:
            for edge in ("start", "end"):
                axis.on_change(edge, self._looked)
        self.plot.on_event(MouseMove, lambda event: on_place((float(event.x), float(event.y))))
        self.plot.on_event(MouseLeave, lambda _event: on_place(None))
        self.plot.on_event(Tap, lambda event: on_tap((float(event.x), float(event.y))))

    @property
    def seen(self) -> Boundary:
        """The rectangle that the axes show now."""
        edges = [float(str(edge)) for axis in self._ranges for edge in (axis.start, axis.end)]  # bokeh's may be dates
        return Boundary(edges[0], edges[3], edges[1], edges[2])

    def look_at(self, boundary: Boundary) -> None:
        """Show this rectangle, also after “reset”."""
        across, up = self._ranges
        across.update(start=boundary.left, end=boundary.right, reset_start=boundary.left, reset_end=boundary.right)
        up.update(start=boundary.bottom, end=boundary.top, reset_start=boundary.bottom, reset_end=boundary.top)

    def show_picture(self, picture: Picture | None, boundary: Boundary) -> None:
        """RGBA ``[H, W, 4]``, row 0 the boundary's top; or nothing."""
        self._picture.data = _rectangle(_packed(picture), boundary)

    def show_contours(self, lines: Sequence[NDArray[np.float64]]) -> None:
        """Lines ``[P, 2]`` in control units."""
        if lines or self._contours.data["xs"]:  # what does not change is not sent
            self._contours.data = {"xs": [line[:, 0] for line in lines], "ys": [line[:, 1] for line in lines]}

    def show_veil(self, picture: Picture | None, boundary: Boundary) -> None:
        """The same, over the picture and under the paths."""
        _show(self._veil, picture, boundary)

    def show_found(self, heat: Picture | None, boundary: Boundary, places: Sequence[NDArray[np.float32]]) -> None:
        """Over both, as a picture of a plane, where a search was successful; and the best places ``[2]``, numbered."""
        _show(self._heat, heat, boundary)
        if len(places) or len(self._marks.data["x"]):
            numbers = [str(number + 1) for number in range(len(places))]
            self._marks.data = {
                "x": [float(place[0]) for place in places],
                "y": [float(place[1]) for place in places],
                "number": numbers,
            }

    def show_scale(self, limits: tuple[float, float] | None) -> None:
        """Colours beside the axes: what the first and the last stand for; or none."""
        self._bar.visible = limits is not None
        if limits is not None:
            self._mapper.update(low=limits[0], high=limits[1])

    def show_paths(self, paths: Sequence[NDArray[np.float32]], colours: Sequence[str]) -> None:
        """Lines ``[T, 2]``."""
        self._paths.data = {
            "xs": [path[:, 0] for path in paths],
            "ys": [path[:, 1] for path in paths],
            "colour": list(colours),
        }

    def show_playheads(self, places: Mapping[str, NDArray[np.float32]]) -> None:
        """Where each is, ``[2]``; it leaves a fading trail."""
        if not places and not self._trails:
            return
        self._trails = {name: [*self._trails.get(name, [])[-_TRAIL:], place] for name, place in places.items()}
        points = [
            (float(place[0]), float(place[1]), 1.0 if age == 0 else 0.45 * (1 - age / (_TRAIL + 1)), 5 + 5 * (age == 0))
            for trail in self._trails.values()
            for age, place in enumerate(reversed(trail))
        ]
        self._heads.data = {name: [point[k] for point in points] for k, name in enumerate(("x", "y", "alpha", "size"))}

    def _looked(self, _attr: str, _old: object, _new: object) -> None:
        try:
            self._on_look(self.seen)
        except ValueError:  # between two of four edges
            return


def _show(source: ColumnDataSource, picture: Picture | None, boundary: Boundary) -> None:
    if picture is not None or source.data["image"][0].size > 1:  # what does not change is not sent
        source.data = _rectangle(_packed(picture), boundary)


def _packed(picture: Picture | None) -> NDArray[np.uint32]:
    if picture is None:
        return _NOTHING
    packed: NDArray[np.uint32] = np.ascontiguousarray(picture).view(np.uint32).reshape(picture.shape[:2])
    return packed


def _rectangle(packed: NDArray[np.uint32], b: Boundary) -> dict[str, Any]:
    """bokeh counts rows from the lower end of y, and wants that as the corner, whichever way the boundary runs."""
    image = packed[::-1] if b.top > b.bottom else packed
    image = image if b.right > b.left else image[:, ::-1]
    return {
        "image": [np.ascontiguousarray(image)],
        "x": [min(b.left, b.right)],
        "y": [min(b.bottom, b.top)],
        "dw": [abs(b.right - b.left)],
        "dh": [abs(b.top - b.bottom)],
    }
