"""What plays by itself as a sound file, without a loudspeaker, and takes played again: with progress and a stop."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.session.stage.rendering import TOPIC, taken
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.making import Making
from terrain_widgets.widgets.base.panel import Panel, time_left
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.numbers import NumberField, Progress
from terrain_widgets.widgets.controls.words import Words


class RenderPart(Part):
    """How long, one button, and how far it is.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._rendering = self.session.stage.rendering
        self._stopped = threading.Event()
        self._again = Making(self._refresh)  # a take that is played again
        self._seconds = NumberField(
            value=30.0, min=0.5, max=3600.0, step=1.0, description="Seconds", tooltip="How much to render"
        )
        self._progress = Progress(visible=False, description="Rendering")
        self._said = Words(tone="quiet")
        self._button = self.offers(
            Action(
                "render",
                "Render",
                "Write what plays by itself into a sound file beside the takes; the sound goes on meanwhile",
                self._press,
                enabled=lambda: self._busy or self.session.stage.sources.shown is not None,
                face=lambda: Face("Stop", "stop", "danger") if self._busy else Face("Render", "file-audio-o"),
            )
        )[0]
        self.children = (Row([self._seconds, self._button]), self._progress, self._said)
        self.listen("status", self._refresh, self._rendering)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self._refresh()

    def played_again(self, path: str | os.PathLike[str], cancelled: Callable[[], bool]) -> NDArray[np.float32]:
        """The samples of a take's gestures, ``[A, S]``; called on a thread of its own.

        Args:
            path: Of any of the take's files.
            cancelled: Asked often, whether nobody wants them any more.

        Raises:
            WorkCancelled: If it was stopped, here or by whoever wanted them.
            TakeError: If the files cannot be read.
            ValueError: If it does not fit the codec.
        """
        stopped = self._stopped = threading.Event()  # of the newest; an older one is wanted no more
        with self._again.told("playing the take again") as told:
            return self._rendering.samples(taken(path), told, lambda: stopped.is_set() or cancelled(), beside=True)

    @property
    def _busy(self) -> bool:
        return self._rendering.status.state == "running" or self._again.now is not None

    def _press(self) -> None:
        if self._busy:
            self._stopped.set()
            self._rendering.cancel()
        else:
            self._rendering.save(seconds=self._seconds.value)

    def _refresh(self) -> None:
        status, again = self._rendering.status, self._again.now
        self._progress.visible = self._busy
        if status.state == "running":
            self._progress.value, self._said.value = status.progress, status.message + time_left(status.seconds_left)
        elif again is not None:
            self._progress.value, self._said.value = again.share, again.words + time_left(again.seconds_left)
        else:
            self._said.value = status.message if status.kind == TOPIC and status.state != "failed" else ""
        self.offers.show()
