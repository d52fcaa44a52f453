"""Training a terrain, one step at a time, so that whoever asks can show it, stop it, or go on later."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.batches import Batches
from terrain_widgets.core.training.best_weights import BestWeights
from terrain_widgets.core.training.dataset import Pair, TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.optimizers import OPTIMIZERS, Optimizer
from terrain_widgets.core.training.schedule import Schedule
from terrain_widgets.core.training.settings import EPOCHS, METHODS, PATIENCE, SECONDS, TrainingSettings

_ADAM_PATIENCE = 300
_ROWS_AT_ONCE = 2048


@dataclass(frozen=True)
class TrainingStep:
    """Where training stands; the terrain's weights are the ones that ``loss`` was measured on.

    Args:
        step: Steps since the terrain was new, from 1.
        epoch: Passes over the data since the terrain was new; a fraction where the batch is smaller than the data.
        loss: Mean squared error over the step's batch; over all pairs where the batch is the whole dataset.
        seconds: Time since this call of ``fit`` began.
        progress: Share of the budget used, 0…1: of the epochs or of the seconds, whichever is nearer its end. 0 as
            long as a continuous training goes on.
        flat: Whether nothing more is to be gained. A continuous training then rests: its steps do no work until the
            dataset changes, so wait a moment before you ask for the next one.
    """

    step: int
    epoch: float
    loss: float
    seconds: float
    progress: float
    flat: bool = False


@dataclass
class FitState:
    """What a later ``fit`` needs to go on where the last one stopped: hand the same object to both.

    Args:
        optimizer: The optimizer's moments, by method.
        step: Steps so far.
        epoch: Passes so far.
        schedule: How far the terrain was off when it stopped.
        pairs: What it was trained on last.
        shuffle: State of the generator that shuffles.
    """

    optimizer: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    step: int = 0
    epoch: float = 0.0
    schedule: Schedule | None = None
    pairs: list[Pair] = field(default_factory=list, repr=False)
    shuffle: Tensor | None = field(default=None, repr=False)


def fit(
    terrain: Terrain,
    dataset: TerrainDataset | Callable[[], TerrainDataset],
    epochs: int | None = None,
    seconds: float | None = None,
    *,
    method: str = "muon",
    lr: float | None = None,
    batch_size: int | None = None,
    seed: int = 0,
    state: FitState | None = None,
    settings: TrainingSettings | None = None,
    continuous: bool = False,
    patience: int | None = None,
    device: str | torch.device | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[TrainingStep]:
    """Fit the terrain to the pairs by mean squared error, yielding after every measured step.

    Nothing happens until the first step is asked for. Weights are current whenever a step is yielded, so the terrain
    can be drawn or played meanwhile; they should not be changed by others. When the generator ends, or is closed, the
    best weights seen are restored: those of the least loss where each step sees all pairs; else, of the weights at the
    ends of epochs and the last ones, the better by the loss over all pairs.

    Args:
        terrain: Trained in place. Training continues from its present weights.
        dataset: At least one pair of the terrain's dimensions. Pairs added while training runs are learnt from the
            next step on. A function is asked for the dataset before each step (it should return the same object as
            long as nothing changed); while it has no pairs, the last ones stay.
        epochs: Passes over the data, or no such limit.
        seconds: Time budget, or no such limit. With neither limit: until the loss stays flat, at most 20 s.
        method: ``"muon"``, with steps that shorten over the budget, or ``"adam"``, by default as nn.terrain trains:
            rate 0.001, batches of 32.
        lr: Learning rate, see ``TrainingSettings``.
        batch_size: Frames per step, see ``TrainingSettings``.
        seed: Seed of the shuffling.
        state: Handed in again, the optimizer's moments and the counts go on where they stood.
        settings: Instead of ``lr`` and ``batch_size``: read again at each step.
        continuous: Go on until told to stop, resting while the loss is flat and the data are the same.
        patience: Steps without a gain of 2 % after which the loss counts as flat (Muon then halves its steps, six times
            before it ends). By default 40, or 300 for Adam. Given together with a limit, a flat loss ends training
            before it.
        device: Where to train; the terrain stays there, the state follows.
        should_stop: Asked once a step; training ends when it says yes.

    Raises:
        TrainingError: Without pairs, with pairs of other dimensions, or if the loss stops being a number.
        ValueError: If a limit is out of range.
    """
    if method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {method!r}")
    if settings is not None and not (lr is None and batch_size is None):
        raise ValueError("give lr and batch_size either directly or inside settings, not both")
    if continuous and not (epochs is None and seconds is None):
        raise ValueError(
            "a continuous training has no limit: leave out epochs and seconds, and stop it when it is enough"
        )
    source = dataset if callable(dataset) else lambda: dataset
    _check(terrain, source())
    run = _Run(
        terrain,
        source,
        None if epochs is None else int(EPOCHS.check(epochs)),
        None if seconds is None else SECONDS.check(seconds),
        method,
        settings or TrainingSettings(lr, batch_size),
        seed,
        state or FitState(),
        continuous,
        None if patience is None else int(PATIENCE.check(patience)),
        device,
    )
    return run.steps(should_stop or (lambda: False))


def _check(terrain: Terrain, dataset: TerrainDataset) -> None:
    if len(dataset) == 0:
        raise TrainingError("there is nothing to train on yet: encode a sound and draw a path for it first")
    if (dataset.control_dim, dataset.latent_dim) != (terrain.control_dim, terrain.latent_dim):
        raise TrainingError(
            f"the pairs map {dataset.control_dim} control dimensions to {dataset.latent_dim} latents, but this terrain "
            f"maps {terrain.control_dim} to {terrain.latent_dim}; make a new terrain for them"
        )


@dataclass
class _Run:
    """One call of ``fit``."""

    terrain: Terrain
    source: Callable[[], TerrainDataset]
    epochs: int | None
    seconds: float | None
    method: str
    settings: TrainingSettings
    seed: int
    state: FitState
    continuous: bool
    patience: int | None
    device: str | torch.device | None
    _pairs: list[Pair] = field(default_factory=list)
    _total: int = 0
    _variance: float = 1.0

    def steps(self, should_stop: Callable[[], bool]) -> Iterator[TrainingStep]:
        """Yield the steps; restore the best weights in the end."""
        state = self.state
        if self.device is not None:
            self.terrain.to(self.device)
        optimizer = OPTIMIZERS[self.method](self.terrain)
        if self.method in state.optimizer:
            optimizer.resume(state.optimizer[self.method])
        # Not sooner: making the first optimizer of a process imports for a second or more.
        began, first_epoch = time.perf_counter(), state.epoch
        limited = self.epochs is not None or self.seconds is not None
        until_flat = self.continuous or not limited or self.patience is not None
        budget = self.seconds if limited else None if self.continuous else SECONDS.default
        batches = Batches(self.seed, state.shuffle)
        schedule = self._schedule()
        best = BestWeights(self.terrain)
        resting: TrainingStep | None = None
        try:
            while True:
                if self._meet_changes(optimizer):
                    resting = None
                    best.forget()
                    if self._pairs != state.pairs:
                        schedule.renew()
                        state.pairs = self._pairs
                if resting is not None:
                    yield resting
                    if should_stop():
                        return
                    continue
                size = self.settings.batch_size or optimizer.default_batch(self._total)
                rows = batches.next(self._total, size)
                loss = optimizer.measure(rows)
                if not math.isfinite(loss):
                    raise TrainingError(
                        f"the loss stopped being a number at step {state.step + 1} (lr "
                        f"{self._lr(optimizer, rows is None):g}); the best weights so far are kept, try a smaller lr"
                    )
                best.see(loss, whole=rows is None, epoch_ended=batches.epoch_ended)
                schedule.see(loss / self._variance)
                state.step += 1
                state.epoch += 1.0 if rows is None else len(rows) / self._total
                elapsed = time.perf_counter() - began
                done = (state.epoch - first_epoch) / self.epochs if self.epochs is not None else 0.0
                used = elapsed / budget if budget is not None else 0.0
                progress = min(1.0, max(done, used))
                flat = until_flat and schedule.flat
                step = TrainingStep(state.step, state.epoch, loss, elapsed, progress, flat)
                yield step
                over = progress >= 1.0 - 1e-9 or (flat and not self.continuous)
                if over or should_stop():
                    return
                if flat:
                    best.restore(self._whole_loss)
                    resting = step
                    continue
                if best.lost(loss, self._variance):
                    # A catastrophe of too large a learning rate: back, and more slowly.
                    best.put_back()
                    optimizer.forget_momentum()
                    self._meet(optimizer)
                    schedule.brake *= 0.5
                    continue
                optimizer.advance(self._lr(optimizer, rows is None), schedule.share(limited, progress))
        finally:
            state.optimizer[self.method], state.shuffle, state.schedule = optimizer.state(), batches.shuffle, schedule
            best.restore(self._whole_loss)

    def _lr(self, optimizer: Optimizer, whole: bool) -> float:
        return self.settings.lr or optimizer.default_lr(whole)

    def _schedule(self) -> Schedule:
        schedule = self.state.schedule or Schedule()
        adam = self.method == "adam"
        schedule.window = self.patience or (_ADAM_PATIENCE if adam else Schedule.window)
        schedule.halvings = 0 if adam else Schedule.halvings
        if schedule.flat:
            schedule.level = 1.0
        return schedule

    def _meet_changes(self, optimizer: Optimizer) -> bool:
        dataset = self.source()
        pairs = list(dataset)
        # Pairs never change, and compare by identity.
        if pairs == self._pairs or (not pairs and self._pairs):
            return False
        _check(self.terrain, dataset)
        self._pairs = pairs
        device = self.terrain.fc_out.weight.device
        self._coordinates = torch.from_numpy(dataset.coordinates).to(device)
        self._latents = torch.from_numpy(dataset.latents).to(device)
        self._total = len(self._latents)
        self._variance = float(self._latents.var(dim=0, correction=0).mean()) or 1.0
        self._meet(optimizer)
        return True

    def _whole_loss(self) -> float:
        with torch.no_grad():
            parts = [
                (self.terrain(places) - latents).square().sum()
                for places, latents in zip(
                    self._coordinates.split(_ROWS_AT_ONCE), self._latents.split(_ROWS_AT_ONCE), strict=True
                )
            ]
            return float(torch.stack(parts).sum()) / self._latents.numel()

    def _meet(self, optimizer: Optimizer) -> None:
        optimizer.set_pairs(self._coordinates, self._latents)
