"""The figure of the loss chart: the loss as measured, smoothed, and earlier trainings behind it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from bokeh.models import ColumnDataSource
from numpy.typing import NDArray

from terrain_widgets.widgets._bokeh_view import plain_figure

_MOST_POINTS = 400
_SMOOTHING_STEPS = 20


class LossFigure:
    """Losses over steps on a logarithmic axis. On the UI thread only."""

    def __init__(self) -> None:
        self._source = ColumnDataSource({"step": [], "loss": [], "smooth": []})
        self._earlier = ColumnDataSource({"steps": [], "losses": [], "name": []})
        self.plot = plain_figure(height=230, width=370, y_axis_type="log", tools="pan,wheel_zoom,reset,save,hover")
        self.plot.xaxis.axis_label, self.plot.yaxis.axis_label = "training step", "loss (mean squared error)"
        self.plot.multi_line("steps", "losses", source=self._earlier, line_width=1.5, color="#8a93a3", line_alpha=0.6)
        self.plot.line("step", "loss", source=self._source, line_width=1, color="#4c9be8", line_alpha=0.4)
        self.plot.line("step", "smooth", source=self._source, line_width=2, color="#4c9be8")

    def show(self, losses: NDArray[np.float64]) -> None:
        """The present training, ``[K, 2]``: step, loss."""
        smooth = smoothed(losses[:, 1])
        kept = _kept(len(losses))
        self._source.data = {"step": losses[kept, 0], "loss": losses[kept, 1], "smooth": smooth[kept]}

    def show_earlier(self, runs: Sequence[tuple[str, NDArray[np.float64]]]) -> None:
        """Trainings before this one, to compare with."""
        thin = [losses[_kept(len(losses))] for _, losses in runs]
        self._earlier.data = {
            "steps": [losses[:, 0] for losses in thin],
            "losses": [smoothed(losses[:, 1]) for losses in thin],
            "name": [name for name, _ in runs],
        }


def smoothed(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """The geometric mean of the last steps at each, ``[K]``: on a logarithmic axis, the mean height."""
    if len(losses) == 0:
        return losses
    sums = np.concatenate([[0.0], np.cumsum(np.log(np.maximum(losses, 1e-12)))])
    ends = np.arange(1, len(losses) + 1)
    starts = np.maximum(0, ends - _SMOOTHING_STEPS)
    mean: NDArray[np.float64] = np.exp((sums[ends] - sums[starts]) / (ends - starts))
    return mean


def _kept(count: int) -> NDArray[np.intp]:
    """At most so many rows, first and last among them: a page draws no more pixels than it has."""
    if count <= _MOST_POINTS:
        return np.arange(count)
    return np.linspace(0, count - 1, _MOST_POINTS).round().astype(np.intp)
