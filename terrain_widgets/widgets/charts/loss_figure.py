"""The figure of the loss chart: the loss as measured, smoothed, and earlier trainings behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from bokeh.models import BasicTicker, ColumnDataSource, LogTicker, Range1d
from numpy.typing import NDArray

from terrain_widgets.widgets.charts.bokeh_view import plain_figure

_MOST_POINTS = 250
_TICKS = 4
_FIRST_STEPS, _GROWTH = 50.0, 1.5
_PER_DECADE = 4
_SMOOTHING_STEPS = 20


class LossFigure:
    """Losses over steps on a logarithmic axis. On the UI thread only."""

    def __init__(self) -> None:
        self._source = ColumnDataSource({"step": [], "loss": [], "smooth": []})
        self._earlier = ColumnDataSource({"steps": [], "losses": [], "name": []})
        self._losses, self._behind = np.empty((0, 2)), [np.empty((0, 2))]
        # Not bokeh's own ranges: they move with every report, tell the kernel, and the whole figure is laid out again.
        self._edges = edges([])
        self._across, self._up = (Range1d(start=start, end=end) for start, end in self._edges)
        self.plot = plain_figure(
            height=230,
            width=370,
            x_range=self._across,
            y_range=self._up,
            y_axis_type="log",
            tools="pan,wheel_zoom,reset,save,hover",
        )
        self.plot.xaxis.axis_label, self.plot.yaxis.axis_label = "training step", "loss (MSE)"
        for axis, ticker in ((self.plot.xaxis, BasicTicker), (self.plot.yaxis, LogTicker)):
            # every label is measured again in every picture
            axis.ticker, axis.minor_tick_line_color = ticker(desired_num_ticks=_TICKS), None
        self.plot.multi_line("steps", "losses", source=self._earlier, line_width=1.5, color="#8a93a3", line_alpha=0.6)
        self.plot.line("step", "loss", source=self._source, line_width=1, color="#4c9be8", line_alpha=0.4)
        self.plot.line("step", "smooth", source=self._source, line_width=2, color="#4c9be8")

    def show(self, losses: NDArray[np.float64]) -> None:
        """The present training, ``[K, 2]``: step, loss."""
        smooth = smoothed(losses[:, 1])
        kept = _kept(len(losses))
        self._losses = losses
        self._fit()
        columns = {"step": losses[kept, 0], "loss": losses[kept, 1], "smooth": smooth[kept]}
        # Lists: each array would travel in two messages of its own, and a page has work with every message.
        self._source.data = {name: column.tolist() for name, column in columns.items()}

    def show_earlier(self, runs: Sequence[tuple[str, NDArray[np.float64]]]) -> None:
        """Trainings before this one, to compare with."""
        thin = [losses[_kept(len(losses))] for _, losses in runs]
        self._behind = thin
        self._fit()
        self._earlier.data = {
            "steps": [losses[:, 0] for losses in thin],
            "losses": [smoothed(losses[:, 1]) for losses in thin],
            "name": [name for name, _ in runs],
        }

    def _fit(self) -> None:
        """Axes that hold everything; a user who has zoomed keeps what is seen, until “reset”."""
        before, self._edges = self._edges, edges([self._losses, *self._behind])
        if self._edges == before:
            return
        ours = ((self._across.start, self._across.end), (self._up.start, self._up.end)) == before
        for axis, (start, end) in zip((self._across, self._up), self._edges, strict=True):
            axis.update(reset_start=start, reset_end=end, **({"start": start, "end": end} if ours else {}))


def edges(runs: Sequence[NDArray[np.float64]]) -> tuple[tuple[float, float], tuple[float, float]]:
    """What axes that hold these losses ``[K, 2]`` begin and end with, in steps wide enough to change seldom."""
    rows = np.concatenate([np.empty((0, 2)), *runs])
    rows = rows[np.isfinite(rows).all(axis=1) & (rows[:, 1] > 0.0)]
    if not len(rows):
        return (0.0, _FIRST_STEPS), (0.01, 1.0)
    times = max(0, math.ceil(math.log(max(1.0, rows[:, 0].max() / _FIRST_STEPS), _GROWTH)))
    low, high = (_PER_DECADE * math.log10(value) for value in (rows[:, 1].min(), rows[:, 1].max()))
    down, up = math.floor(low), max(math.floor(low) + 1, math.ceil(high))
    return (0.0, _FIRST_STEPS * _GROWTH**times), (10 ** (down / _PER_DECADE), 10 ** (up / _PER_DECADE))


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
