"""Train a codec on one's own sounds: start, watch, hear, pause, and play it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.charts.bokeh_view import BokehView
from terrain_widgets.widgets.controls.boxes import Disclosure, Row
from terrain_widgets.widgets.controls.numbers import Progress
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.panels.codec_lab.lab_before_and_after import BeforeAndAfterPart
from terrain_widgets.widgets.panels.codec_lab.lab_examples import ExamplesPart
from terrain_widgets.widgets.panels.codec_lab.lab_figure import ErrorFigure, TermsFigure
from terrain_widgets.widgets.panels.codec_lab.lab_settings import LabSettings

if TYPE_CHECKING:
    from terrain_widgets.codecs.trainer.events import Progress as Reached
    from terrain_widgets.codecs.trainer.events import Validated


class CodecLabPanel(Panel):
    """Recipe and sounds, the losses as they fall, what the latents carry, and examples to hear every 20 seconds.

    Args:
        session: Whose sounds are learned; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "codec lab", "Train a codec of your own", **options)
        self._lab = self.session.sounds.codec_lab
        self._settings = LabSettings()
        self._terms, self._errors = TermsFigure(), ErrorFigure()
        self._progress = Progress(description="Training", visible=False)
        self._status, self._said, self._latents = Words(), Words(tone="quiet"), Words()
        self._warning = Words("", "strong")
        self._report = Words(tone="quiet")
        self._reported = Disclosure([self._report], title="What was found in the sounds", visible=False)
        self._examples, self._before_and_after = ExamplesPart(self), BeforeAndAfterPart(self)
        buttons = self.offers(*self._actions())
        self.lay_out(
            self.heading,
            self._settings,
            Row(buttons),
            self._progress,
            self._status,
            self._said,
            self._reported,
            BokehView(self._terms.plot),
            BokehView(self._errors.plot),
            self._latents,
            self._warning,
            self._examples,
            self._before_and_after,
            self._notice,
        )
        for trait, show in (
            ("status", self._refresh),
            ("status", self._show_progress),
            ("paused", self._refresh),
            ("result", self._refresh),
            ("progress", self._show_progress),
            ("losses", lambda: self._terms.show(self._lab.losses)),
            ("curve", lambda: self._errors.show(self._lab.curve)),
            ("validated", self._show_latents),
            ("report", self._show_report),
        ):
            self.listen(trait, show, self._lab)
        self.listen("working", self._refresh, self.session.jobs)
        self._refresh()
        self._show_progress()
        self._show_latents()
        self._show_report()
        self._terms.show(self._lab.losses)
        self._errors.show(self._lab.curve)

    @property
    def _trains(self) -> bool:
        return bool(self._lab.status.state == "running")

    def _actions(self) -> list[Action]:
        lab = self._lab

        def pause() -> None:
            (lab.resume if lab.paused else lab.pause)()

        def play() -> None:
            self.session.sounds.change_codec(lab.result)

        return [
            Action(
                "train-codec",
                "Train a codec",
                "Train a codec on these sounds, in the background",
                self._start,
                enabled=lambda: not self._trains,
                icon="play",
                style="primary",
            ),
            Action(
                "pause-codec",
                "Pause",
                "Pause the training of the codec, or resume it where it stopped",
                pause,
                offered=lambda: self._trains,
                face=lambda: Face("Go on", "play") if lab.paused else Face("Pause", "pause"),
            ),
            Action(
                "stop-codec",
                "Stop",
                "End the training of the codec; what was reached is written, and can be trained on",
                lab.stop,
                offered=lambda: self._trains,
                icon="stop",
                style="danger",
            ),
            Action(
                "play-codec",
                "Play it",
                "Change to the trained codec, and encode the session's sounds with it; the terrain starts over",
                play,
                enabled=lambda: bool(lab.result) and not self.session.jobs.working,
                offered=lambda: bool(lab.result),
                icon="music",
            ),
        ]

    def _start(self) -> None:
        settings = self._settings
        self._lab.train(
            settings.recipe.value,
            settings.out.value.strip() or "mine.safetensors",
            settings.folder.value.strip() or None,
            preset=settings.preset.value,
            licence=settings.licence.value.strip() or "unknown",
            resume=not settings.anew.value,
            **settings.changes,
        )

    def _refresh(self) -> None:
        status = self._lab.status
        self._progress.visible = self._trains
        self._progress.value = status.progress if self._trains else 0.0
        if self._trains and self._lab.paused:
            self._status.value = f"Paused: {status.message}"
        elif self._trains:
            self._status.value = status.message
        elif status.state in ("done", "cancelled") and self._lab.result:
            self._status.value = f"{_sentence(status.message)} The codec is in {self._lab.result}."
        elif status.state == "idle":
            self._status.value = "One to ten minutes of sounds of one kind are enough; the sound goes on meanwhile."
        else:
            self._status.value = ""  # what went wrong is said below
        self.offers.show()

    def _show_progress(self) -> None:
        reached: Reached | None = self._lab.progress
        if reached is None:
            self._said.value = ""
            return
        terms = " · ".join(f"{name} {value:.3g}" for name, value in reached.losses.items())
        left = "" if reached.seconds_left is None else f", about {_minutes(reached.seconds_left)} left"
        far = f"{_minutes(reached.seconds)} so far{left}" if self._trains else f"{_minutes(reached.seconds)} in all"
        where = f"Step {reached.step}, epoch {reached.epoch:.1f}, {far}"
        self._said.value = f"{where}. Losses: {terms}."

    def _show_latents(self) -> None:
        validated: Validated | None = self._lab.validated
        if validated is None:
            self._latents.value = self._warning.value = ""
            return
        figures = "".join(f", {name} {value:.3g}" for name, value in validated.figures.items())
        active = f" {validated.active} of {validated.latents} latents carry something." if validated.latents else ""
        best = " (the best so far)" if validated.best else ""
        self._latents.value = f"Error on held-back sounds: {validated.error:.2f} dB{best}{figures}.{active}"
        self._warning.value = _sentence(validated.warning) if validated.warning else ""

    def _show_report(self) -> None:
        self._report.value = ". ".join(self._lab.report) + "." if self._lab.report else ""
        self._reported.visible = bool(self._lab.report)


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"
