"""How long the steps of training should be, and when there is nothing left to learn."""

from __future__ import annotations

import math
from dataclasses import dataclass

WARM_UP_STEPS = 10
#: A loss that has not fallen by this share within a window of steps is flat.
FLAT_GAIN = 0.02
#: Steps are as long as the relative error to this power (the error is a mean square, so 0.5 is as long as the error).
NEARNESS = 0.5
_SMOOTHING = 0.2
_LANDING = 0.3


@dataclass
class Schedule:
    """Length of the next step, as a share of the learning rate.

    It is a product of a warm-up over the first ten steps, of a power of the relative error (short steps once
    the fit is good, so that training on never shakes what was learnt, and long ones again when the data change), and of

    - a half cosine over the budget where there is one (Loshchilov and Hutter 2017, "SGDR", without restarts), or
    - a level that is halved whenever the loss stays flat for a window of steps.

    Args:
        window: Steps without a gain of two per cent after which the loss counts as flat.
        halvings: How often the level is halved before training is over.
        steps: Steps so far.
        level: Present level, 1 at first.
        brake: Halved after each catastrophe.
        error: Smoothed loss relative to the variance of the latents; ``None`` before the first.
    """

    window: int = 40
    halvings: int = 6
    steps: int = 0
    level: float = 1.0
    brake: float = 1.0
    error: float | None = None
    _reference: float = math.inf
    _flat_steps: int = 0

    @property
    def flat(self) -> bool:
        """Whether nothing more is to be gained: flat even at the lowest level."""
        return self.level < 0.75 * 0.5**self.halvings or (self.error is not None and self.error < 1e-12)

    def renew(self) -> None:
        """The data are others now: look again at how far off the terrain is."""
        self.level, self.error, self._reference, self._flat_steps = 1.0, None, math.inf, 0

    def see(self, relative_error: float) -> None:
        """Take note of a measured loss, divided by the variance of the latents."""
        self.steps += 1
        self.error = relative_error if self.error is None else self.error + _SMOOTHING * (relative_error - self.error)
        self._flat_steps += 1
        if self.error < self._reference * (1 - FLAT_GAIN):
            self._reference, self._flat_steps = self.error, 0
        elif self._flat_steps >= self.window:
            self.level, self._reference, self._flat_steps = 0.5 * self.level, self.error, 0

    def share(self, limited: bool, progress: float) -> float:
        """Length of the next step, 0…1.

        Args:
            limited: Whether the run has a budget, else it ends on a plateau.
            progress: Share of the time that is used, 0…1. A run that ends on a plateau only lands in its last third.
        """
        warm = min(1.0, self.steps / WARM_UP_STEPS)
        nearness = math.pow(min(1.0, 1.0 if self.error is None else self.error), NEARNESS)
        landing = progress if limited else max(0.0, (progress - 1 + _LANDING) / _LANDING)
        cosine = 0.5 * (1 + math.cos(math.pi * landing))
        return self.brake * warm * nearness * cosine * (1.0 if limited else self.level)
