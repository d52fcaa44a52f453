"""When the error no longer falls: a smaller learning rate first, then the end."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass
class Plateau:
    """What the validations so far say of the training.

    Args:
        patience: Validations without a better one until the learning rate falls.
        factor: By which it falls.
        stop_after: Validations without a better one until the end; 0: never.
        best: Least error so far.
        since_best: Validations since then.
        since_fall: Validations without a better one since the rate fell last.
        scale: Of the learning rate, 1 at first.
    """

    patience: int
    factor: float
    stop_after: int
    best: float = math.inf
    since_best: int = 0
    since_fall: int = 0
    scale: float = 1.0

    def hear(self, error: float) -> bool:
        """Take in one validation; returns whether it is the best so far. NaN never is."""
        if error < self.best:
            self.best, self.since_best, self.since_fall = error, 0, 0
            return True
        self.since_best += 1
        self.since_fall += 1
        if self.since_fall >= self.patience:
            self.scale *= self.factor
            self.since_fall = 0
        return False

    @property
    def over(self) -> bool:
        """Whether there was no better one for so long that it ends."""
        return bool(self.stop_after) and self.since_best >= self.stop_after
