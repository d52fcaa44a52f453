"""How to train, for those who want to know: method, learning rate, batch size, seed."""

from __future__ import annotations

from typing import Any

import ipywidgets

from terrain_widgets.core.terrain.config import SEED
from terrain_widgets.core.training.settings import BATCH_SIZE, LEARNING_RATE
from terrain_widgets.session.session import Session

_OWN = "0 is the method's own"


class TrainingControls(ipywidgets.Accordion):
    """A closed drawer; what is set in it counts at the training's next step, method and seed at its next start.

    Args:
        session: Whose training.
    """

    def __init__(self, session: Session, **kwargs: Any) -> None:
        self._session = session
        wide = {"width": "auto"}
        self._method = ipywidgets.Dropdown(
            options=[("quick (Muon)", "muon"), ("as nn.terrain (Adam)", "adam")],
            description="Method",
            tooltip="Muon reaches a loss many times sooner; Adam with rate 0.001 and batches of 32 is nn.terrain's",
            layout=wide,
        )
        self._lr = ipywidgets.BoundedFloatText(
            min=0.0,
            max=LEARNING_RATE.high,
            step=0.001,
            description="Rate",
            tooltip=f"{LEARNING_RATE.description} {_OWN}; obeyed at once (lr, nn.terrain's training_lr)",
            layout=wide,
        )
        self._batch = ipywidgets.BoundedIntText(
            min=0,
            max=int(BATCH_SIZE.high),
            description="Batch",
            tooltip=f"{BATCH_SIZE.description} {_OWN}; obeyed at once (nn.terrain's training_batchsize)",
            layout=wide,
        )
        self._seed = ipywidgets.BoundedIntText(
            value=session.document.seed,
            min=int(SEED.low),
            max=int(SEED.high),
            description="Seed",
            tooltip=f"{SEED.description} Applies to a new terrain.",
            layout=wide,
        )
        super().__init__(
            [ipywidgets.VBox([self._method, self._lr, self._batch, self._seed])],
            titles=("Details of training",),
            selected_index=None,
            **kwargs,
        )
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
        self._session.training.settings.batch_size = change["new"] or None

    def _sow(self, change: Any) -> None:
        self._session.document.seed = int(change["new"])
