"""bokeh in a widget that survives a page reload."""

from __future__ import annotations

from typing import Any

from bokeh.core.json_encoder import serialize_json
from bokeh.models import LayoutDOM
from bokeh.plotting import figure
from jupyter_bokeh import BokehModel

from terrain_widgets.widgets.base.chart import Chart
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.charts.bokeh_scripts import bring_bokeh

_AXIS_COLOUR = "#8a93a3"  # readable on Lab's light and dark backgrounds alike


class BokehView(BokehModel, Chart):
    """A bokeh model in the page. Change the model on the UI thread only: two writers lose points without an error.

    What the page changes, and its events, come on the UI thread too; of a mouse that moves, only the newest place.
    """

    def __init__(self, model: LayoutDOM, **kwargs: Any) -> None:
        bring_bokeh()
        super().__init__(model, **kwargs)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """The widget's state. A page that asks for all of it gets the picture of now, not of when it was made."""
        state: dict[str, Any] = super().get_state(key, drop_defaults)
        if key is None:
            # Not by assigning the trait: that would send it, which asks for the state, and so on for ever.
            state["render_bundle"] = serialize_json(self._model_to_traits(self._model))
        return state

    def refresh(self) -> None:
        """Tell the page the picture of now, soon. What changed before it had a view, the page has not heard."""
        ui.submit(lambda: self.set_trait("render_bundle", self._model_to_traits(self._model)), key=(id(self), "all"))

    def _sync_model(self, model: BokehModel, content: dict[str, Any], buffers: list[Any]) -> None:
        data = content.get("msg_data")
        moving = isinstance(data, dict) and data.get("name") == "mousemove"
        take = super()._sync_model
        ui.submit(lambda: take(model, content, buffers), key=(id(self), "mousemove") if moving else None)


def plain_figure(width: int, height: int, **settings: Any) -> figure:
    """A figure that fits light and dark pages, at most so wide, and narrower with its proportions in a narrow place."""
    size: dict[str, Any] = {"sizing_mode": "scale_width", "aspect_ratio": width / height, "max_width": width}
    plot = figure(
        width=width,
        height=height,
        **size,
        background_fill_alpha=0.0,
        border_fill_alpha=0.0,
        outline_line_color=_AXIS_COLOUR,
        **settings,
    )
    for axis in plot.axis:
        axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = _AXIS_COLOUR
        axis.major_label_text_color = axis.axis_label_text_color = _AXIS_COLOUR
    for grid in plot.grid:
        grid.grid_line_alpha = 0.2
    plot.toolbar.logo = None
    return plot
