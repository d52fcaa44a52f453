"""How to train, for those who want to know: method, learning rate, batch size, seed."""

from __future__ import annotations

from typing import Any

from terrain_widgets.core.terrain.config import SEED
from terrain_widgets.core.training.settings import BATCH_SIZE, LEARNING_RATE
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.controls.boxes import Disclosure
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import NumberField

_OWN = "0 is the method's own"


class TrainingControls(Disclosure):
    """A closed drawer; what is set in it counts at the training's next step, method and seed at its next start.

    Args:
        session: Whose training.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._method = Dropdown(
            options=[("quick (Muon)", "muon"), ("as nn.terrain (Adam)", "adam")],
            description="Method",
            tooltip="Muon reaches a loss many times sooner; Adam with rate 0.001 and batches of 32 is nn.terrain's",
        )
        self._lr = NumberField(
            min=0.0,
            max=LEARNING_RATE.high,
            step=0.001,
            description="Rate",
            tooltip=f"{LEARNING_RATE.description} {_OWN}; obeyed at once (lr, nn.terrain's training_lr)",
        )
        self._batch = NumberField(
            integer=True,
            step=1,
            min=0,
            max=int(BATCH_SIZE.high),
            description="Batch",
            tooltip=f"{BATCH_SIZE.description} {_OWN}; obeyed at once (nn.terrain's training_batchsize)",
        )
        self._seed = NumberField(
            integer=True,
            step=1,
            value=session.document.seed,
            min=int(SEED.low),
            max=int(SEED.high),
            description="Seed",
            tooltip=f"{SEED.description} Applies to a new terrain.",
        )
        super().__init__([self._method, self._lr, self._batch, self._seed], title="Details of training")
        self._lr.observe(self._rate, names="value")
        self._batch.observe(self._size, names="value")
        self._seed.observe(self._sow, names="value")

    @property
    def options(self) -> dict[str, Any]:
        """What ``session.train`` should be told besides."""
        return {} if self._method.value == "muon" else {"method": self._method.value}

    def show(self) -> None:
        """What the session says now."""
        settings = self._session.training.settings
        for control, value in ((self._lr, settings.lr or 0.0), (self._batch, settings.batch_size or 0)):
            if control.value != value:
                control.value = value
        if self._seed.value != self._session.document.seed:
            self._seed.value = self._session.document.seed

    # Only a number is set, which is quick and safe on any thread.

    def _rate(self, change: Any) -> None:
        self._session.training.settings.lr = max(change["new"], LEARNING_RATE.low) if change["new"] > 0 else None

    def _size(self, change: Any) -> None:
        self._session.training.settings.batch_size = int(change["new"]) or None

    def _sow(self, change: Any) -> None:
        self._session.document.seed = int(change["new"])
