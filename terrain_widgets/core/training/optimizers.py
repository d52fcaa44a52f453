"""The two training methods: nn.terrain's Adam, and Muon, which reaches the same loss much sooner."""

from __future__ import annotations

from typing import Any, Protocol

import torch
from torch import Tensor

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.fast_gradients import PairNetwork
from terrain_widgets.core.training.moments import Moments
from terrain_widgets.core.training.orthogonal import orthogonalised

MOMENTUM = 0.95
#: Adam's share of the learning rate, for what is not a hidden matrix.
ADAM_SHARE = 0.3
#: Relative error from which on gradients are taken beside the paths.
JITTER_BELOW = 0.02


class Optimizer(Protocol):
    """Measures the loss at the terrain's weights, then moves them."""

    def default_lr(self, whole: bool) -> float:
        """Learning rate where nobody chose one, for steps that see all pairs or not."""

    def default_batch(self, total: int) -> int:
        """Frames per step, of so many, where nobody chose."""

    def set_pairs(self, coordinates: Tensor, latents: Tensor) -> None:
        """Take these pairs from now on: ``[N, C]`` and ``[N, D]``."""

    def measure(self, rows: Tensor | None) -> float:
        """The mean squared error over these rows, or over all."""

    def advance(self, lr: float, share: float) -> None:
        """Move the terrain's weights downhill from where ``measure`` stood.

        Args:
            lr: Learning rate.
            share: What ``Schedule`` asks for, 0…1.
        """

    def forget_momentum(self) -> None:
        """Forget where it was heading: the weights have been put elsewhere."""

    def state(self) -> dict[str, Any]:
        """What another optimizer of its kind needs to go on."""

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from another's state; on any device."""


class Adam:
    """Adam (Kingma and Ba 2015) on all weights, as nn.terrain trains: β (0.9, 0.999), ε 1e-8, one rate throughout."""

    def __init__(self, terrain: Terrain) -> None:
        self._terrain = terrain
        self._weights = list(terrain.parameters())
        self._moments = Moments(self._weights, (0.9, 0.999))

    def default_lr(self, whole: bool) -> float:
        """nn.terrain's ``training_lr``."""
        return 1e-3

    def default_batch(self, total: int) -> int:
        """nn.terrain's ``training_batchsize``."""
        return min(32, total)

    def set_pairs(self, coordinates: Tensor, latents: Tensor) -> None:
        """Take these pairs."""
        with torch.no_grad():
            self._features, self._targets = self._terrain.features(coordinates), latents

    def measure(self, rows: Tensor | None) -> float:
        """Mean squared error of these rows."""
        features, targets = (
            (self._features, self._targets) if rows is None else (self._features[rows], self._targets[rows])
        )
        with torch.enable_grad():
            self._loss = torch.nn.functional.mse_loss(self._terrain.from_features(features), targets)
        return float(self._loss.detach())

    def advance(self, lr: float, share: float) -> None:
        """One step of the optimizer."""
        gradients = torch.autograd.grad(self._loss, self._weights)
        self._moments.step(gradients, [lr] * len(gradients))

    def forget_momentum(self) -> None:
        """Forget all moments."""
        self._moments.forget()

    def state(self) -> dict[str, Any]:
        """The optimizer's moments."""
        return self._moments.state()

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from another's moments."""
        self._moments.resume(state)


class Muon:
    """Muon (Jordan et al. 2024) on the four hidden matrices, the first in evened features; Adam on the rest.

    Muon replaces each matrix's averaged gradient by the nearest orthogonal matrix, so all its directions are learnt at
    one speed. Large batches suit it: what it orthogonalises should be gradient, not noise. But they lack the noise that
    keeps Adam's terrains smooth beside the paths, so once little is left to learn, gradients are taken where a
    trembling hand would be. (What did not help: solving for the last layer exactly, which makes the layers before it
    lazy; weight decay; bfloat16, which most processors only imitate.)
    """

    def __init__(self, terrain: Terrain) -> None:
        self._terrain = terrain
        self._hidden = [layer.weight.detach() for layer in terrain.layers[1:-1]]
        last = terrain.layers[-1]
        self._rest = [
            last.weight,
            last.bias,
            *(x.bias for x in terrain.layers[:-1]),
            *(x.weight for x in terrain.slopes),
        ]
        self._moments = Moments(self._rest, (0.9, 0.99))
        self._beside, self._turn = False, 0
        self._momenta: tuple[Tensor, Tensor] | None = None
        self._basis: Tensor | None = None

    def default_lr(self, whole: bool) -> float:
        """0.15; 0.1 for batches, whose noise longer steps would follow."""
        return 0.15 if whole else 0.1

    def default_batch(self, total: int) -> int:
        """All frames, or 2,048 where a step of all would take longer than a cancel should."""
        return total if total <= 3072 else 2048

    def set_pairs(self, coordinates: Tensor, latents: Tensor) -> None:
        """Take these pairs."""
        self._network = PairNetwork(self._terrain, coordinates, latents)
        # Latents of any size are learnt alike: the last layer's steps are as large as they are.
        spread = float((latents - latents.mean(dim=0)).square().mean().sqrt())
        self._size = spread or float(latents.square().mean().sqrt()) or 1.0
        if self._momenta is not None and self._basis is not None:
            self._momenta = (self._network.carried_over(self._momenta[0], self._basis), self._momenta[1])
        self._basis = self._network.basis

    def measure(self, rows: Tensor | None) -> float:
        """Mean squared error of these rows."""
        loss = self._network.forward(rows)
        self._beside = rows is None and loss < JITTER_BELOW * self._size**2
        return loss

    def advance(self, lr: float, share: float) -> None:
        """One step of the optimizer."""
        self._turn += 1
        if self._beside:
            self._network.loss_with_jitter(self._turn)
        weights, biases, slopes = self._network.backward()
        with torch.no_grad():
            first, others = weights[0], torch.stack(weights[1:-1])
            if self._momenta is None:
                self._momenta = (torch.zeros_like(first), torch.zeros_like(others))
            ahead = []
            for gradient, momentum in zip((first, others), self._momenta, strict=True):
                momentum.lerp_(gradient, 1 - MOMENTUM)
                ahead.append(orthogonalised(gradient.lerp(momentum, MOMENTUM)))  # Nesterov's
            self._network.move_first(ahead[0], -lr * share)
            for weight, direction in zip(self._hidden, ahead[1], strict=True):
                weight.add_(direction, alpha=-lr * share)
        step = ADAM_SHARE * lr * share
        rates = [step * self._size] * 2 + [step] * (len(self._rest) - 2)
        self._moments.step([weights[-1], biases[-1], *biases[:-1], *slopes], rates)

    def forget_momentum(self) -> None:
        """Forget all moments."""
        self._momenta = None
        self._moments.forget()

    def state(self) -> dict[str, Any]:
        """The optimizer's moments."""
        return {"turn": self._turn, "momenta": self._momenta, "basis": self._basis, "adam": self._moments.state()}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from another's moments."""
        device = self._hidden[0].device
        if state["momenta"] is not None:
            first, others = state["momenta"]
            self._momenta = (first.to(device).clone(), others.to(device).clone())
            self._basis = state["basis"].to(device)
        self._turn = state["turn"]
        self._moments.resume(state["adam"])


OPTIMIZERS: dict[str, type[Muon] | type[Adam]] = {"muon": Muon, "adam": Adam}
