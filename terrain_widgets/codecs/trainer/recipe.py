"""What a recipe brings: a model, its losses, and the codec that is made of it. The trainer does the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.codecs.trainer.dataset import Dataset
from terrain_widgets.codecs.trainer.settings import Settings

Batch = dict[str, Tensor]


@dataclass(frozen=True)
class Moment:
    """Where a training stands as a batch is learnt.

    Args:
        batch: Number of the batch, from 0.
        epoch: Passes over the sounds so far, with fractions.
        beta: Weight of the KL term now.
        spectral: Whether the spectral losses are due in this batch.
    """

    batch: int
    epoch: float
    beta: float
    spectral: bool


@dataclass(frozen=True)
class Validation:
    """What a model makes of the sounds that were held back.

    Args:
        error: By which the best is chosen, lower is better: the log-mel distance in dB.
        figures: Further ones, by name.
        latent_nats: What each latent tells of a sound, nats (``told_by``); empty where none is learnt.
    """

    error: float
    figures: Mapping[str, float] = field(default_factory=dict)
    latent_nats: tuple[float, ...] = ()


@dataclass(frozen=True)
class Example:
    """A sound to hear while it trains.

    Args:
        title: Of the sound.
        audio: What the model makes, mono ``[S]``.
        original: What it was made from ``[S]``; ``None`` for random latents.
        sample_rate: Hz.
    """

    title: str
    audio: NDArray[np.float32]
    original: NDArray[np.float32] | None
    sample_rate: int


class TrainingRecipe(Protocol):
    """One kind of codec that can be trained.

    All randomness of a batch comes from ``random`` and from torch's own generator, which the trainer seeds by the
    number of the batch; a recipe keeps nothing from one batch to the next. So a training that is resumed is the same.
    """

    @property
    def name(self) -> str:
        """As users say it."""

    @property
    def family(self) -> str:
        """Of the codec, as its file says it: see ``codecs.own.families``."""

    @property
    def about(self) -> str:
        """What it is for, in a sentence."""

    @property
    def sample_rate(self) -> int:
        """Hz; sounds come to it at this rate, in mono."""

    @property
    def presets(self) -> Mapping[str, Mapping[str, Any]]:
        """Its own values of settings by preset; those of ``"every"`` count in all of them."""

    def build(self, settings: Settings) -> nn.Module:
        """The model before the first step."""

    def prepare(self, model: nn.Module, dataset: Dataset, settings: Settings) -> Any:
        """What is computed of the sounds once, before the first step: the same each time."""

    def begin(self, model: nn.Module, dataset: Dataset) -> None:
        """Let a model that has learnt nothing begin nearer to the sounds. Not asked where a training goes on."""

    def steps_per_epoch(self, material: Any, settings: Settings) -> int:
        """Batches that make a pass over the sounds."""

    def batch(self, material: Any, settings: Settings, number: int, random: np.random.Generator) -> Batch:
        """What is learnt at once.

        Args:
            material: As ``prepare`` made it.
            settings: Of the training.
            number: Of the batch, from 0.
            random: Where its randomness comes from.
        """

    def losses(self, model: nn.Module, batch: Batch, moment: Moment) -> dict[str, Tensor]:
        """The terms by name, weighted: their sum is made small."""

    def validate(self, model: nn.Module, material: Any) -> Validation:
        """Judge a model by the sounds that were held back."""

    def examples(self, model: nn.Module, material: Any, random: np.random.Generator) -> list[Example]:
        """Copies of sounds that were held back, and sounds of random latents."""

    def finished(self, model: nn.Module) -> tuple[dict[str, Any], dict[str, Tensor]]:
        """What its file says of the model's shape, as plain data, and its tensors by name."""
