"""What a training may be told, some of it while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypedDict

from terrain_widgets.core.parameter import Number

LEARNING_RATE = Number("lr", 0.15, 1e-6, 1.0, curve="log", description="Length of a training step.")
EPOCHS = Number("epochs", 500, 1, 10_000_000, integer=True, description="Passes over all pairs.")
SECONDS = Number("seconds", 20.0, 0.01, 86_400.0, unit="seconds", description="Time budget.")
BATCH_SIZE = Number("batch_size", 32, 1, 10_000_000, integer=True, description="Frames per step.")
PATIENCE = Number("patience", 40, 1, 1_000_000, integer=True, description="Steps after which a loss is flat.")
METHODS = ("muon", "adam")

#: ``gauss_scale`` of each terrain of a gallery, where nobody chose, from smooth to rugged.
SCALES = (0.0, 0.4, 0.8, 1.6, 3.2, 6.4)
SECONDS_EACH = Number("seconds", 2.0, 0.05, 600.0, unit="seconds", description="How long to train each.")


class FitOptions(TypedDict, total=False):
    """What ``Session.train`` hands on to ``fit``, which describes each."""

    epochs: int
    method: Literal["muon", "adam"]
    lr: float
    batch_size: int
    patience: int
    device: str


@dataclass
class TrainingSettings:
    """Settings that training reads again at every step: set an attribute, and the next step obeys.

    Args:
        lr: Learning rate (nn.terrain's ``training_lr``); ``None`` is the method's own: 0.15 for Muon (0.1 where a
            step does not see all pairs), 0.001 for Adam.
        batch_size: Frames per step, shuffled again each epoch (nn.terrain's ``training_batchsize``); ``None`` is the
            method's own: all at once up to 3,072 for Muon and 2,048 of more, 32 for Adam.

    Raises:
        ValueError: If a value is out of range, where it is set.
    """

    lr: float | None = None
    batch_size: int | None = None

    def __setattr__(self, name: str, value: Any) -> None:
        if value is not None:
            value = {"lr": LEARNING_RATE, "batch_size": BATCH_SIZE}[name].check(value)
        object.__setattr__(self, name, value)
