"""Training a terrain, one step at a time, so that whoever asks can show it, stop it, or go on later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from terrain_widgets.core.dataset import TerrainDataset
from terrain_widgets.core.parameter import ParameterSpec
from terrain_widgets.core.terrain import Terrain

LEARNING_RATE = ParameterSpec("lr", 5e-3, 1e-6, 1.0, curve="log", description="Adam's step size.")
EPOCHS = ParameterSpec("epochs", 500, 1, 10_000_000, integer=True, description="Passes over all pairs.")
SECONDS = ParameterSpec("seconds", 20.0, 0.01, 86_400.0, unit="seconds", description="Time budget.")
BATCH_SIZE = ParameterSpec("batch_size", 32, 1, 10_000_000, integer=True, description="Frames per step.")
_PLATEAU_STEPS = 300
_PLATEAU_GAIN = 0.98


class TrainingError(ValueError):
    """Training cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True)
class TrainingStep:
    """Where training stands; the terrain's weights are the ones that ``loss`` was measured on.

    Args:
        step: Steps since the terrain was new, from 1.
        epoch: Passes over the data since the terrain was new; a fraction where the batch is smaller than the data.
        loss: Mean squared error over the step's batch; over all pairs where the batch is the whole dataset.
        seconds: Time since this call of ``fit`` began.
        progress: Share of the budget used, 0…1: of the epochs or of the seconds, whichever is nearer its end.
    """

    step: int
    epoch: float
    loss: float
    seconds: float
    progress: float


@dataclass
class FitState:
    """What a later ``fit`` needs to go on where the last one stopped: hand the same object to both.

    Args:
        optimiser: Adam's moments.
        step: Steps so far.
        epoch: Passes so far.
    """

    optimiser: dict[str, Any] | None = None
    step: int = 0
    epoch: float = 0.0
    shuffle: Tensor | None = field(default=None, repr=False)


def fit(
    terrain: Terrain,
    dataset: TerrainDataset,
    epochs: int | None = None,
    seconds: float | None = None,
    *,
    lr: float = LEARNING_RATE.default,
    batch_size: int | None = None,
    seed: int = 0,
    state: FitState | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Iterator[TrainingStep]:
    """Fit the terrain to the pairs by mean squared error with Adam, yielding after every measured step.

    Nothing happens until the first step is asked for. Weights are current whenever a step is yielded, so the terrain
    can be drawn or played meanwhile. When the generator ends, or is closed, the best weights seen are restored (of
    whole-dataset batches; a small batch's loss does not tell which weights are best, so then the last stay).

    Args:
        terrain: Trained in place. Training continues from its present weights.
        dataset: At least one pair of the terrain's dimensions.
        epochs: Passes over the data, or no such limit.
        seconds: Time budget, or no such limit. With neither limit: until the loss stays flat, at most 20 s.
        lr: Adam's learning rate (nn.terrain's ``training_lr``, which is 0.001 for batches of 32).
        batch_size: Frames per step, shuffled anew each epoch (nn.terrain's ``training_batchsize``); by default all
            of them at once, which for these small networks reaches a given loss soonest.
        seed: Seed of the shuffling.
        state: Handed in again, Adam's moments and the counts go on where they stood.
        should_stop: Asked once a step; training ends when it says yes.

    Raises:
        TrainingError: Without pairs, with pairs of other dimensions, or if the loss stops being a number.
        ValueError: If a limit is out of range.
    """
    if len(dataset) == 0:
        raise TrainingError("there is nothing to train on yet: encode a sound and draw a path for it first")
    if (dataset.control_dim, dataset.latent_dim) != (terrain.control_dim, terrain.latent_dim):
        raise TrainingError(
            f"the pairs map {dataset.control_dim} control dimensions to {dataset.latent_dim} latents, but this terrain "
            f"maps {terrain.control_dim} to {terrain.latent_dim}; make a new terrain for them"
        )
    epochs = None if epochs is None else int(EPOCHS.check(epochs))
    seconds = None if seconds is None else SECONDS.check(seconds)
    lr = LEARNING_RATE.check(lr)
    batch_size = None if batch_size is None else int(BATCH_SIZE.check(batch_size))
    return _steps(terrain, dataset, epochs, seconds, lr, batch_size, seed, state or FitState(), should_stop)


def _steps(
    terrain: Terrain,
    dataset: TerrainDataset,
    epochs: int | None,
    seconds: float | None,
    lr: float,
    batch_size: int | None,
    seed: int,
    state: FitState,
    should_stop: Callable[[], bool] | None,
) -> Iterator[TrainingStep]:
    until_plateau = epochs is None and seconds is None
    budget = SECONDS.default if until_plateau else seconds
    device = terrain.fc_out.weight.device
    with torch.no_grad():
        features = terrain.features(torch.from_numpy(dataset.coordinates).to(device))
    targets = torch.from_numpy(dataset.latents).to(device)
    batches = _Batches(len(targets), batch_size, seed, state)
    optimiser = torch.optim.Adam(terrain.parameters(), lr=lr)
    if state.optimiser is not None:
        optimiser.load_state_dict(state.optimiser)
        for group in optimiser.param_groups:
            group["lr"] = lr
    # Not sooner: making the first optimiser of a process imports for a second or more.
    began, first_epoch = time.perf_counter(), state.epoch
    best, best_weights, reference, flat_steps = float("inf"), None, float("inf"), 0
    try:
        while True:
            with torch.enable_grad():
                rows = batches.next()
                chosen = (features, targets) if rows is None else (features[rows], targets[rows])
                loss_tensor = torch.nn.functional.mse_loss(terrain.from_features(chosen[0]), chosen[1])
                optimiser.zero_grad(set_to_none=True)
                loss_tensor.backward()
            loss = float(loss_tensor.detach())
            if loss != loss or loss == float("inf"):
                raise TrainingError(
                    f"the loss stopped being a number at step {state.step + 1} (lr {lr:g}); the best weights so far "
                    f"are kept, try a smaller lr"
                )
            if rows is None and loss < best:
                best = loss
                best_weights = [p.detach().clone() for p in terrain.parameters()]
            flat_steps = 0 if loss < reference * _PLATEAU_GAIN else flat_steps + 1
            if flat_steps == 0:
                reference = loss
            state.step += 1
            state.epoch += batches.share
            elapsed = time.perf_counter() - began
            done = (state.epoch - first_epoch) / epochs if epochs is not None else 0.0
            used = elapsed / budget if budget is not None else 0.0
            progress = min(1.0, max(done, used))
            yield TrainingStep(state.step, state.epoch, loss, elapsed, progress)
            flat = until_plateau and flat_steps >= _PLATEAU_STEPS
            if progress >= 1.0 - 1e-9 or flat or (should_stop is not None and should_stop()):
                return
            optimiser.step()
    finally:
        state.optimiser = optimiser.state_dict()
        if best_weights is not None:
            with torch.no_grad():
                for parameter, weights in zip(terrain.parameters(), best_weights, strict=True):
                    parameter.copy_(weights)


class _Batches:
    """Row numbers for each step: shuffled without replacement, or ``None`` for all rows."""

    def __init__(self, rows: int, batch_size: int | None, seed: int, state: FitState) -> None:
        self._rows = rows
        self._size = rows if batch_size is None else min(batch_size, rows)
        self._generator = torch.Generator().manual_seed(seed)
        if state.shuffle is not None:
            self._generator.set_state(state.shuffle)
        self._state = state
        self._left = torch.empty(0, dtype=torch.int64)
        self.share = 1.0

    def next(self) -> Tensor | None:
        if self._size == self._rows:
            return None
        if len(self._left) == 0:
            self._left = torch.randperm(self._rows, generator=self._generator)
            self._state.shuffle = self._generator.get_state()
        rows, self._left = self._left[: self._size], self._left[self._size :]
        self.share = len(rows) / self._rows
        return rows
