"""Adam's arithmetic on a few tensors at once.

Not ``torch.optim``: the first step of any of its optimizers imports ``torch._dynamo``, and that sympy, which takes two
seconds and tens of megabytes of every process that trains.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

EPSILON = 1e-8


class Moments:
    """Running means of gradients and of their squares, and the step that they make (Kingma and Ba 2015, algorithm 1).

    Args:
        parameters: The tensors that are moved.
        betas: How much of the two means stays at each step.
    """

    def __init__(self, parameters: Sequence[Tensor], betas: tuple[float, float]) -> None:
        self._parameters = [parameter.detach() for parameter in parameters]
        self._betas = betas
        self.forget()

    def forget(self) -> None:
        """Start again."""
        self._turn = 0
        self._means = [torch.zeros_like(parameter) for parameter in self._parameters]
        self._squares = [torch.zeros_like(parameter) for parameter in self._parameters]

    def step(self, gradients: Sequence[Tensor], rates: Sequence[float]) -> None:
        """Move the parameters.

        Args:
            gradients: One for each, of its shape.
            rates: A learning rate for each.
        """
        self._turn += 1
        first, second = self._betas
        given = list(gradients)
        with torch.no_grad():
            torch._foreach_lerp_(self._means, given, 1 - first)
            torch._foreach_mul_(self._squares, second)
            torch._foreach_addcmul_(self._squares, given, given, 1 - second)
            below = torch._foreach_sqrt(self._squares)
            torch._foreach_div_(below, math.sqrt(1 - second**self._turn))
            torch._foreach_add_(below, EPSILON)
            steps = [-rate / (1 - first**self._turn) for rate in rates]
            torch._foreach_addcdiv_(self._parameters, self._means, below, steps)

    def state(self) -> dict[str, Any]:
        """What ``resume`` takes."""
        return {"turn": self._turn, "means": list(self._means), "squares": list(self._squares)}

    def resume(self, state: dict[str, Any]) -> None:
        """Go on from another's means; on any device."""
        self._turn = state["turn"]
        for own, given in ((self._means, state["means"]), (self._squares, state["squares"])):
            for mean, value in zip(own, given, strict=True):
                mean.copy_(value)
