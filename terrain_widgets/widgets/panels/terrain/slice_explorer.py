"""Cut through a mapping of any number of control dimensions: a plane of two of them, and a line along one."""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
from bokeh.models import ColumnDataSource
from bokeh.models.annotations import Span
from bokeh.palettes import Category10_10

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.heatmap import sample_grid, sample_line, shade_all, shade_channel
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.palette import viridis
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.charts.bokeh_view import BokehView, plain_figure
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import Slider
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.terrain.terrain_figure import TerrainFigure

_CELLS, _POINTS, _STEPS = 96, 256, 200
_MOST_LINES = 10


class SliceExplorer(Panel):
    """Latents along one control dimension as lines, and over two as a picture; sliders hold all others.

    For the session's terrain, of a plane, the line is a cut through the heatmap; for a mapping of one dimension it is
    all there is; for more than two, choose which run across and down.

    Args:
        session: Whose terrain, where no mapping is given; a new session if none is given.
        mapping: Any mapping of one or more control dimensions, shown instead of the session's.
        low: Where every dimension begins, in control units.
        high: Where it ends.
        **options: As every panel takes them: ``layout``.

    Raises:
        ValueError: If ``low`` is not below ``high``.
    """

    def __init__(
        self,
        session: Session | None = None,
        mapping: Mapping | None = None,
        *,
        low: float = -1.0,
        high: float = 1.0,
        **options: Unpack[PanelOptions],
    ) -> None:
        if not low < high:
            raise ValueError(f"a slice runs from low to high, got {low:g} to {high:g}")
        super().__init__(session, "slice", "Cut through the terrain", **options)
        self._mapping, self._low, self._high = mapping, float(low), float(high)
        self._dims = mapping.control_dim if mapping is not None else 2
        names = [f"dimension {k}" for k in range(self._dims)] if self._dims != 2 else ["x", "y"]
        axes = [(name, k) for k, name in enumerate(names)]
        self._across = self._chooser(axes, 0, "Across", "Which control dimension runs across")
        self._down = self._chooser(axes, min(1, self._dims - 1), "Up", "Which control dimension runs up")
        self._channel = Dropdown(
            [("all latents", -1)],
            description="Show",
            tooltip="All latents (the first ten as lines, all of them as colour), or one",
        )
        self._sliders = [
            Slider(
                value=(low + high) / 2,
                min=low,
                max=high,
                step=(high - low) / _STEPS,
                description=name,
                tooltip=f"Where the slice lies along {name}, in control units",
            )
            for name in names
        ]
        plane = Boundary(self._low, self._high, self._high, self._low)
        self._figure = TerrainFigure(plane, lambda _seen: None, lambda _place: None, self._tapped)
        self._lines = ColumnDataSource({"xs": [], "ys": [], "colour": [], "name": []})
        self._chart = plain_figure(height=220, width=420, tools="pan,wheel_zoom,reset,save,hover")
        self._chart.yaxis.axis_label = "latents"
        self._chart.multi_line("xs", "ys", source=self._lines, color="colour", line_width=1.5)
        self._here = Span(dimension="height", line_color="#8a93a3", line_dash="dashed")
        self._chart.add_layout(self._here)
        self._plane, self._words = BokehView(self._figure.plot), Words()
        self._down.visible = self._dims > 1
        self._plane.layout.display = "" if self._dims > 1 else "none"
        self.lay_out(
            self.heading,
            Row([self._across, self._down, self._channel]),
            *self._sliders,
            self._plane,
            BokehView(self._chart),
            self._words,
            self._notice,
        )
        for control in (self._across, self._down, self._channel, *self._sliders):
            control.observe(self._changed, names="value")
        if mapping is None:
            self.listen("shown", self._refresh, self.session.stage.sources)
        self._refresh()

    def _chooser(self, axes: list[tuple[str, int]], value: int, name: str, hint: str) -> Dropdown:
        return Dropdown(axes, value=value, description=name, tooltip=hint)

    def _changed(self, _change: Any) -> None:
        ui.submit(self._refresh, key=(id(self), "slice"))

    def _tapped(self, place: tuple[float, float]) -> None:
        for axis, value in zip((self._across.value, self._down.value), place, strict=True):
            self._sliders[axis].value = min(max(value, self._low), self._high)

    def _refresh(self) -> None:
        mapping = self._mapping if self._mapping is not None else self.session.stage.sources.shown
        if mapping is None or mapping.control_dim != self._dims:
            self._words.value = "Nothing is trained yet; the slice appears while training."
            return
        self._offer(mapping.latent_dim)
        across, down, channel = self._across.value, self._down.value, self._channel.value
        at = [slider.value for slider in self._sliders]
        line = sample_line(mapping, across, self._low, self._high, _POINTS, at)
        shown = [channel] if channel >= 0 else list(range(min(_MOST_LINES, mapping.latent_dim)))
        places = np.linspace(self._low, self._high, _POINTS)
        self._lines.data = {
            "xs": [places] * len(shown),
            "ys": [line[:, k] for k in shown],
            "colour": [Category10_10[k % 10] for k in shown],
            "name": [f"latent {k}" for k in shown],
        }
        self._chart.xaxis.axis_label = self._sliders[across].description
        self._here.location = at[across]
        if self._dims > 1 and across != down:
            self._show_plane(mapping, (across, down), at, channel)
        here = np.asarray(mapping(np.array([at], dtype=np.float32)))[0]
        numbers = " ".join(f"{value:+.2f}" for value in here[:_MOST_LINES])
        same = " Choose another dimension to run up." if self._dims > 1 and across == down else ""
        self._words.value = f"Latents at the sliders' place: {numbers}{' …' if len(here) > _MOST_LINES else ''}.{same}"

    def _show_plane(self, mapping: Mapping, axes: tuple[int, int], at: list[float], channel: int) -> None:
        plane = Boundary(self._low, self._high, self._high, self._low)
        grid = sample_grid(mapping, plane, _CELLS, _CELLS, axes=axes, at=at)
        if channel >= 0:
            picture, limits = shade_channel(grid, channel, viridis())
            self._figure.show_scale(limits)
        else:
            picture = shade_all(grid)
            self._figure.show_scale(None)
        self._figure.show_picture(picture, plane)
        place = np.array([[at[axes[0]], at[axes[1]]]], dtype=np.float32)
        ends = np.array([[self._low, place[0, 1]], [self._high, place[0, 1]]], dtype=np.float32)
        self._figure.show_paths([ends], ["#ffffff"])

    def _offer(self, latent_dim: int) -> None:
        options = [("all latents", -1), *((f"latent {k}", k) for k in range(latent_dim))]
        if len(self._channel.options) != len(options):
            self._channel.options = options
