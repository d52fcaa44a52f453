"""The best weights that training has seen, kept for its end."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from terrain_widgets.core.terrain.terrain import Terrain


class BestWeights:
    """A copy of the terrain's weights at their best.

    Where every step measures all pairs, the best are those of the least loss. Where steps measure batches, they are
    copied at the end of the epoch with the least mean loss, and in the end they and the last ones are compared.

    Args:
        terrain: Whose weights are copied, and in the end restored.
    """

    def __init__(self, terrain: Terrain) -> None:
        self._live = [p.detach() for p in terrain.parameters()]
        self._kept = [p.clone() for p in self._live]
        self._loss, self._exact = math.inf, True
        self._sum, self._count = 0.0, 0

    def forget(self) -> None:
        """Start again at the present weights: the pairs are others now."""
        self._keep()
        self._loss, self._sum, self._count = math.inf, 0.0, 0

    def see(self, loss: float, whole: bool, epoch_ended: bool) -> None:
        """Take note of a loss measured at the present weights.

        Args:
            loss: Over a batch.
            whole: Whether the batch is all pairs.
            epoch_ended: Whether the batch is the last of its epoch.
        """
        if whole != self._exact:
            self._loss, self._exact, self._sum, self._count = math.inf, whole, 0.0, 0
        if whole:
            if loss < self._loss:
                self._loss = loss
                self._keep()
            return
        self._sum, self._count = self._sum + loss, self._count + 1
        if epoch_ended:
            mean = self._sum / self._count
            self._sum, self._count = 0.0, 0
            if mean < self._loss:
                self._loss = mean
                self._keep()

    def lost(self, loss: float, variance: float) -> bool:
        """Whether this loss is far beyond the best, and worse than no terrain at all."""
        return math.isfinite(self._loss) and loss > 4 * self._loss and loss > 4 * variance

    def put_back(self) -> None:
        """Make the kept weights the terrain's."""
        with torch.no_grad():
            for live, kept in zip(self._live, self._kept, strict=True):
                live.copy_(kept)

    def restore(self, measure: Callable[[], float]) -> None:
        """Make the best weights the terrain's.

        Args:
            measure: Gives the loss over all pairs at the terrain's present weights.
        """
        if not self._exact:
            last, last_loss = [p.clone() for p in self._live], measure()
            self.put_back()
            if not math.isfinite(last_loss) or measure() <= last_loss:
                return
            self._kept = last
        self.put_back()

    def _keep(self) -> None:
        with torch.no_grad():
            for live, kept in zip(self._live, self._kept, strict=True):
                kept.copy_(live)
