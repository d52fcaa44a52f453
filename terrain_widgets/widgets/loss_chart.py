"""Train, and watch the loss fall."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from bokeh.models import ColumnDataSource
from numpy.typing import NDArray

from terrain_widgets.core.terrain import GAUSS_SCALE
from terrain_widgets.session.session import TRAIN_SECONDS, Session
from terrain_widgets.widgets._bokeh_view import BokehView, plain_figure
from terrain_widgets.widgets._panel import Panel, button, time_left
from terrain_widgets.widgets.text_line import TextLine

_MOST_POINTS = 500


class LossChart(Panel):
    """The training's controls and its loss, live.

    Args:
        session: What is trained; a new session with the bundled sounds if none is given.
    """

    def __init__(self, session: Session | None = None, **kwargs: Any) -> None:
        super().__init__(session, "training", "Train the terrain", **kwargs)
        self._train = button("Train", "Train on all pairs; press again to train on", "play", "primary")
        self._cancel = button("Stop", "Stop training; what was learnt stays", "stop")
        self._reset = button("Start over", "Forget the terrain; the drawings stay", "refresh")
        self._seconds = ipywidgets.BoundedFloatText(
            value=TRAIN_SECONDS.default,
            min=TRAIN_SECONDS.low,
            max=TRAIN_SECONDS.high,
            step=1,
            description="Seconds",
            tooltip=TRAIN_SECONDS.description,
            layout={"width": "150px"},
        )
        self._scale = ipywidgets.FloatSlider(
            value=self.session.gauss_scale,
            min=0.0,
            max=6.0,
            step=0.1,
            description="Ruggedness",
            tooltip=f"{GAUSS_SCALE.description} (gauss_scale, {GAUSS_SCALE.unit}). Applies to a terrain started over.",
            continuous_update=False,
            layout={"width": "auto"},
        )
        self._status = TextLine()
        self._progress = ipywidgets.FloatProgress(min=0, max=1, layout={"width": "auto", "display": "none"})
        self._source = ColumnDataSource({"step": [], "loss": []})
        plot = plain_figure(height=230, width=370, y_axis_type="log", tools="pan,wheel_zoom,reset,hover")
        plot.xaxis.axis_label, plot.yaxis.axis_label = "training step", "loss (mean squared error)"
        plot.line("step", "loss", source=self._source, line_width=2, color="#4c9be8")
        self._view = BokehView(plot)
        self.children = [
            self.heading,
            ipywidgets.HBox([self._train, self._cancel, self._reset, self._seconds]),
            self._scale,
            self._progress,
            self._status,
            self._view,
            self._notice,
        ]
        self.on_press(self._train, lambda: self.session.train(seconds=self._seconds.value))
        self.on_press(self._cancel, self.session.cancel)
        self.on_press(self._reset, self.session.reset_terrain)
        self._scale.observe(self._scaled, names="value")
        for trait in ("job", "state", "latents", "mapping"):
            self.listen(trait, self._refresh)
        self.listen("losses", self._plot)
        self.listen("gauss_scale", self._show_scale)
        self._refresh()
        self._plot()

    def _scaled(self, change: Any) -> None:
        self.session.gauss_scale = float(change["new"])

    def _show_scale(self) -> None:
        if self._scale.value != self.session.gauss_scale:
            self._scale.value = self.session.gauss_scale

    def _refresh(self) -> None:
        session, job = self.session, self.session.job
        training = job.kind == "train" and job.state == "running"
        self._train.disabled = job.state == "running"
        self._train.description = "Train" if session.mapping is None else "Train on"
        self._cancel.layout.display = "" if training else "none"
        self._reset.disabled = job.state == "running" or session.mapping is None
        self._progress.layout.display = "" if training else "none"
        self._progress.value = job.progress if training else 0.0
        if training:
            self._status.value = job.message + time_left(job.seconds_left)
        elif job.kind == "train" and job.state in ("done", "cancelled") and session.mapping is not None:
            self._status.value = ("Stopped; " if job.state == "cancelled" else "") + job.message
        else:
            pairs = sum(clip.id in session.latents and clip.id in session.state.paths for clip in session.state.clips)
            self._status.value = f"{pairs} of {len(session.state.clips)} sounds have both latents and a path."

    def _plot(self) -> None:
        losses = _thinned(self.session.losses)
        self._source.data = {"step": losses[:, 0], "loss": losses[:, 1]}


def _thinned(losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """At most so many rows, first and last kept: a page draws no more pixels than it has."""
    if len(losses) <= _MOST_POINTS:
        return losses
    thinned: NDArray[np.float64] = losses[np.linspace(0, len(losses) - 1, _MOST_POINTS).round().astype(int)]
    return thinned
