"""Look at the terrain from above."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from bokeh.models import ColumnDataSource, LinearColorMapper
from bokeh.models.annotations import ColorBar
from bokeh.palettes import Viridis256

from terrain_widgets.session.session import Session
from terrain_widgets.widgets._bokeh_view import BokehView, plain_figure
from terrain_widgets.widgets._palette import clip_colour
from terrain_widgets.widgets._panel import Panel
from terrain_widgets.widgets._terrain_picture import terrain_picture
from terrain_widgets.widgets.text_line import TextLine


class HeatmapExplorer(Panel):
    """The terrain over its control space, with axes: one latent channel, or all of them as colour.

    Args:
        session: Whose terrain; a new session with the bundled sounds if none is given.
    """

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(session, "heatmap", "Look at the terrain", **kwargs)
        self._channel = ipywidgets.Dropdown(
            options=[("all latents as colour", -1)],
            description="Show",
            tooltip="All latents at once (their three strongest directions as red, green, blue) or one of them",
        )
        b = self.session.boundary
        self._extent = {"x": [b.left], "y": [b.bottom], "dw": [b.right - b.left], "dh": [b.top - b.bottom]}
        self._image = ColumnDataSource({"image": [np.zeros((1, 1), dtype=np.uint32)], **self._extent})
        self._paths = ColumnDataSource({"xs": [], "ys": [], "colour": []})
        self._mapper = LinearColorMapper(palette=Viridis256, low=0.0, high=1.0)
        plot = plain_figure(
            width=420,
            height=360,
            x_range=(b.left, b.right),
            y_range=(b.bottom, b.top),
            tools="pan,wheel_zoom,reset,save",
        )
        plot.image_rgba("image", x="x", y="y", dw="dw", dh="dh", source=self._image)
        plot.multi_line("xs", "ys", source=self._paths, color="colour", line_width=2)
        self._bar = ColorBar(
            color_mapper=self._mapper,
            width=10,
            visible=False,
            background_fill_alpha=0.0,
            major_label_text_color="#8a93a3",
        )
        plot.add_layout(self._bar, "right")
        self._view = BokehView(plot)
        self._status = TextLine()
        self.children = [self.heading, self._channel, self._view, self._status, self._notice]
        self._channel.observe(self._chosen, names="value")
        for trait in ("mapping", "shown_channel", "working"):
            self.listen(trait, self._refresh)
        self.listen("state", self._draw_paths)
        self._draw_paths()
        self._refresh()

    def _chosen(self, change: Any) -> None:
        if change["new"] is not None:
            self.session.shown_channel = int(change["new"])

    def _refresh(self) -> None:
        session = self.session
        shown = terrain_picture(session)
        if shown is None:
            self._status.value = "Nothing is trained yet; the picture appears while training."
            self._image.data = {"image": [np.zeros((1, 1), dtype=np.uint32)], **self._extent}
            return
        picture, (low, high) = shown
        latent_dim = session.mapping.latent_dim
        options = [("all latents as colour", -1), *((f"latent {k}", k) for k in range(latent_dim))]
        if len(self._channel.options) != len(options):
            self._channel.options = options
        if self._channel.value != session.shown_channel:
            self._channel.value = min(session.shown_channel, latent_dim - 1)
        # bokeh counts rows from the bottom.
        packed = np.ascontiguousarray(picture[::-1]).view(np.uint32).reshape(picture.shape[:2])
        self._image.data = {"image": [packed], **self._extent}
        one = session.shown_channel >= 0
        self._bar.visible = one
        if one:
            self._mapper.update(low=low, high=high)
            self._status.value = f"latent {session.shown_channel} from {low:.2f} to {high:.2f}"
        else:
            self._status.value = f"{latent_dim} latents at {picture.shape[1]} × {picture.shape[0]} places"

    def _draw_paths(self) -> None:
        state = self.session.state
        drawn = [(i, state.paths[clip.id].values) for i, clip in enumerate(state.clips) if clip.id in state.paths]
        self._paths.data = {
            "xs": [values[:, 0] for _, values in drawn],
            "ys": [values[:, 1] for _, values in drawn],
            "colour": [clip_colour(i) for i, _ in drawn],
        }
