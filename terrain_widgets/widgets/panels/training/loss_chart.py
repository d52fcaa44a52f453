"""Train, and watch the loss fall."""

from __future__ import annotations

from typing import Any, Unpack

from terrain_widgets.core.terrain.config import GAUSS_SCALE
from terrain_widgets.core.training.jitter import jitter_psnr, path_errors
from terrain_widgets.session.session import Session
from terrain_widgets.session.training.training import TRAIN_SECONDS
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel, PanelOptions, time_left
from terrain_widgets.widgets.charts.bokeh_view import BokehView
from terrain_widgets.widgets.charts.loss_figure import LossFigure
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.numbers import NumberField, Progress, Slider
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.terrain.terrain_switch import TerrainSwitch
from terrain_widgets.widgets.panels.training.training_settings import TrainingControls

_MOST_NAMED = 12


class LossChart(Panel):
    """The training's controls, its loss, live, and in words what was learnt well and what was not.

    Args:
        session: What is trained; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "training", "Train the terrain", **options)
        self._seconds = NumberField(
            value=TRAIN_SECONDS.default,
            min=TRAIN_SECONDS.low,
            max=TRAIN_SECONDS.high,
            step=1,
            description="Seconds",
            tooltip=TRAIN_SECONDS.description,
        )
        self._continuous = Checkbox(
            description="Keep training while I draw",
            tooltip="Goes on until you stop it: what you draw is learnt at once, and it rests while nothing changes",
        )
        self._scale = Slider(
            value=self.session.training.gauss_scale,
            min=0.0,
            max=6.0,
            step=0.1,
            description="Ruggedness",
            tooltip=f"{GAUSS_SCALE.description} (gauss_scale, {GAUSS_SCALE.unit}). Applies to a terrain started over.",
            readout_format=".1f",
            continuous_update=False,
        )
        self._details = TrainingControls(self.session)
        self._switch = TerrainSwitch(self)
        self._status, self._verdict = Words(), Words()
        self._paths = Words(tone="quiet")
        self._progress = Progress(description="Training", visible=False)
        self._figure = LossFigure()
        buttons = self.offers(*self._actions())
        export = self.offers.file("save", "Save as CSV", "Every step's loss, as a table", give=self._table)
        self.lay_out(
            self.heading,
            Row([*buttons, self._seconds]),
            self._continuous,
            self._scale,
            self._details,
            self._progress,
            self._status,
            BokehView(self._figure.plot),
            self._verdict,
            self._paths,
            self._switch,
            export,
            self._notice,
        )
        self._scale.observe(self._scaled, names="value")
        self.listen("status", self._refresh, self.session.jobs)
        self.listen("state", self._refresh, self.session.document)
        self.listen("latents", self._refresh, self.session.sounds)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self.listen("losses", lambda: self._figure.show(self.session.training.losses), self.session.training)
        self.listen("runs", lambda: self._figure.show_earlier(self.session.training.runs), self.session.training)
        self.listen("working", self._judge, self.session.jobs)
        self.listen("gauss_scale", self._show_scale, self.session.training)
        self._refresh()
        self._figure.show(self.session.training.losses)
        self._judge()

    def _actions(self) -> list[Action]:
        session = self.session

        def rests() -> bool:
            return session.jobs.status.state != "running"

        def trained() -> bool:
            return session.stage.sources.latest("terrain") is not None

        return [
            Action(
                "train",
                "Train",
                "Train on all pairs; press again to continue",
                self._start,
                enabled=rests,
                face=lambda: Face("Continue training" if trained() else "Train", "play", "primary"),
            ),
            Action(
                "stop",
                "Stop",
                "Stop training; what was learnt stays",
                session.jobs.cancel,
                icon="stop",
                offered=self._trains,
            ),
            Action(
                "reset",
                "Start over",
                "A new terrain; the drawings stay, “Restore terrain” undoes it",
                session.training.reset,
                enabled=lambda: rests() and trained(),
                icon="refresh",
            ),
            Action(
                "restore",
                "Restore terrain",
                "Swap with the terrain that was discarded last",
                session.training.restore,
                enabled=rests,
                icon="undo",
                offered=lambda: len(session.training.discarded) > 0,
            ),
        ]

    def _trains(self) -> bool:
        job = self.session.jobs.status
        return job.kind == "train" and job.state == "running"

    def _start(self) -> None:
        self.session.train(seconds=self._seconds.value, continuous=self._continuous.value, **self._details.options)

    def _scaled(self, change: Any) -> None:
        self.session.training.gauss_scale = float(change["new"])

    def _show_scale(self) -> None:
        if self._scale.value != self.session.training.gauss_scale:
            self._scale.value = self.session.training.gauss_scale

    def _table(self) -> tuple[str, bytes]:
        if not len(self.session.training.losses):
            raise ValueError("nothing is trained yet")
        rows = "\n".join(f"{int(step)},{loss:.9g}" for step, loss in self.session.training.losses)
        return "losses.csv", f"step,loss\n{rows}\n".encode()

    def _refresh(self) -> None:
        session, job = self.session, self.session.jobs.status
        terrain = session.stage.sources.latest("terrain")
        training = self._trains()
        self._details.show()
        self._progress.visible = training and job.progress > 0.0
        self._progress.value = job.progress if training else 0.0
        if training:
            self._status.value = job.message + time_left(job.seconds_left)
        elif job.kind == "train" and job.state in ("done", "cancelled") and terrain is not None:
            self._status.value = ("Stopped; " if job.state == "cancelled" else "") + job.message
        else:
            pairs = sum(clip.id in session.latents and clip.id in session.state.paths for clip in session.state.clips)
            self._status.value = f"{pairs} of {len(session.state.clips)} sounds have both latents and a path."
        self.offers.show()

    def _judge(self) -> None:
        """After a training, in words: how well each sound is learnt, and what may help."""
        session, dataset = self.session, self.session.training.dataset
        terrain = session.stage.sources.latest("terrain")
        if session.jobs.working or terrain is None or not len(dataset) or not len(session.training.losses):
            self._verdict.value = self._paths.value = ""
            return
        errors = sorted(path_errors(terrain, dataset), key=lambda error: error.psnr)
        worst, best = errors[0], errors[-1]
        steady = jitter_psnr(terrain, dataset).mean
        words = f"Best learnt: “{best.name}” ({best.psnr:.0f} dB)"
        if len(errors) > 1:
            words += f"; least: “{worst.name}” ({worst.psnr:.0f} dB)"
        words += f". Robustness to small position errors: {steady:.0f} dB."
        self._verdict.value = f"{words} {self._advice()}".strip()
        each = " · ".join(f"{error.name} {error.psnr:.0f} dB" for error in errors[:_MOST_NAMED])
        more = f" · and {len(errors) - _MOST_NAMED} better ones" if len(errors) > _MOST_NAMED else ""
        self._paths.value = f"Every path: {each}{more}" if len(errors) > 2 else ""

    def _advice(self) -> str:
        flat = self.session.training.flat
        if flat is None:
            return ""
        if flat:
            return "The loss is flat: start over with more ruggedness if sounds blur into each other."
        return "The loss is still falling: training on will help."
