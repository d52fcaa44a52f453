"""The running average of a model's weights, which is steadier than the weights themselves."""

from __future__ import annotations

import copy

import torch
from torch import nn


class RunningAverage:
    """An exponential moving average of all parameters and running statistics.

    Args:
        model: Whose; the average begins as a copy.
        keep: Share of the old average at each step; in the first steps less, so that it follows at once.
    """

    def __init__(self, model: nn.Module, keep: float) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self._keep = keep

    @torch.no_grad()
    def follow(self, model: nn.Module, step: int) -> None:
        """Take in the model's present weights.

        Args:
            model: The one that learns.
            step: Optimizer steps so far, from 1.
        """
        keep = min(self._keep, step / (step + 10)) if self._keep else 0.0
        for old, new in zip(self.model.state_dict().values(), model.state_dict().values(), strict=True):
            if old.dtype.is_floating_point:
                old.lerp_(new, 1.0 - keep)
            else:
                old.copy_(new)
