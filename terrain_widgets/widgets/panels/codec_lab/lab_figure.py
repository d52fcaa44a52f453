"""The figures of a codec's training: each term of its loss, and the error on sounds that were held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from bokeh.models import ColumnDataSource, Range1d
from bokeh.models.annotations import Legend
from numpy.typing import NDArray

from terrain_widgets.widgets.charts.bokeh_view import plain_figure

_MOST_POINTS = 200
_LEAST_SPAN = 0.1  # dB; labels of errors that lie closer have so many digits that they run into each other
_COLOURS = ("#4c9be8", "#e8a33d", "#5fb573", "#c46ad6", "#d9605a", "#8a93a3")


class TermsFigure:
    """Terms of the loss over steps on a logarithmic axis. On the UI thread only."""

    def __init__(self) -> None:
        self.source = ColumnDataSource({"steps": [], "losses": [], "name": [], "colour": []})
        self.plot = plain_figure(
            height=220,
            width=370,
            y_axis_type="log",
            tools="pan,wheel_zoom,reset,save,hover",
            tooltips=[("term", "@name")],
        )
        self.plot.xaxis.axis_label, self.plot.yaxis.axis_label = "training step", "loss"
        self.plot.yaxis.minor_tick_line_color = None  # in so little room they would run into each other
        above = Legend(orientation="horizontal", margin=0, spacing=4)
        self.plot.add_layout(above, "above")  # no line runs through it
        self.plot.multi_line("steps", "losses", source=self.source, line_width=2, color="colour", legend_field="name")
        self.plot.legend.label_text_font_size, self.plot.legend.background_fill_alpha = "9px", 0.0
        self.plot.legend.border_line_alpha, self.plot.legend.label_text_color = 0.0, "#8a93a3"

    def show(self, losses: Sequence[tuple[int, Mapping[str, float]]]) -> None:
        """The present training: step and terms of each report; terms of 0 are left out."""
        names = list(dict.fromkeys(name for _, terms in losses for name in terms))
        rows: dict[str, list[list[float]]] = {
            name: [[step, terms[name]] for step, terms in losses if terms.get(name, 0.0) > 0.0] for name in names
        }
        shown = {name: _thin(points) for name, points in rows.items() if points}
        self.source.data = {
            "steps": [[step for step, _ in points] for points in shown.values()],
            "losses": [[loss for _, loss in points] for points in shown.values()],
            "name": list(shown),
            "colour": [_COLOURS[k % len(_COLOURS)] for k in range(len(shown))],
        }


class ErrorFigure:
    """The error of each validation in dB. On the UI thread only."""

    def __init__(self) -> None:
        self.source = ColumnDataSource({"step": [], "error": []})
        self._up = Range1d(start=0.0, end=1.0)
        self.plot = plain_figure(height=150, width=370, y_range=self._up, tools="pan,wheel_zoom,reset,save,hover")
        self.plot.xaxis.axis_label, self.plot.yaxis.axis_label = "training step", "error (dB)"
        self.plot.yaxis.minor_tick_line_color = None
        self.plot.line("step", "error", source=self.source, line_width=2, color="#4c9be8")
        self.plot.scatter("step", "error", source=self.source, size=5, color="#4c9be8")

    def show(self, curve: NDArray[np.float64]) -> None:
        """Validations ``[K, 2]``: step, error."""
        errors = curve[np.isfinite(curve[:, 1]), 1] if len(curve) else np.empty(0)
        if len(errors):
            middle, half = float(errors.max() + errors.min()) / 2, float(np.ptp(errors)) / 2
            edge = max(1.1 * half, _LEAST_SPAN / 2)
            start, end = middle - edge, middle + edge
            self._up.update(start=start, end=end, reset_start=start, reset_end=end)
        self.source.data = {"step": curve[:, 0].tolist(), "error": curve[:, 1].tolist()}


def _thin(points: list[list[float]]) -> list[list[float]]:
    if len(points) <= _MOST_POINTS:
        return points
    return [points[k] for k in np.linspace(0, len(points) - 1, _MOST_POINTS).round().astype(int).tolist()]
