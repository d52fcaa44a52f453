"""Small networks for a few dozen examples, trained in a fraction of a second.

There is one for each output, all computed as one batch of matrix products, or one for all outputs.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from torch import Tensor

from terrain_widgets.core.points.network_config import NetworkConfig

FloatArray = NDArray[np.float32]

_STEPS = (80, 120)  # of L-BFGS, at least and at most; on 40 points what more of them gain is small
_WORK = 1_500_000  # steps × weights; keeps 64 networks of 15 inputs within a quarter of a second
_MEMORY = 5  # pairs of steps that L-BFGS remembers; more cost more than they save
_ROWS = 4096  # evaluated at a time, so that a picture of the plane fits into memory
_FEW = 4  # places that are played, not painted


class SmallNetworks:
    """G networks with tanh between their layers: ``[N, C] → [N, D]``, where G is D, or 1 if they are joint.

    Args:
        weights: For each layer, first to last, its weights ``[G, inputs, outputs]`` and biases ``[G, 1, outputs]``,
            float32.
    """

    def __init__(self, weights: list[NDArray[np.float32]]) -> None:
        self.weights = [np.asarray(table, dtype=np.float32) for table in weights]
        # A few places are computed in float64: what float32 keeps of them is then the same on every machine.
        self._exact = [table.astype(np.float64) for table in self.weights]

    def __call__(self, places: NDArray[np.float64]) -> NDArray[Any]:
        """Outputs ``[N, D]`` at places ``[N, C]``: float64 for up to four places, else float32."""
        if len(places) <= _FEW:
            return self._rows(places, self._exact)
        table = places.astype(np.float32)
        parts = [self._rows(table[i : i + _ROWS], self.weights) for i in range(0, len(table), _ROWS)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _rows(self, places: NDArray[Any], weights: list[NDArray[Any]]) -> NDArray[Any]:
        first = weights[0]
        groups, inputs, hidden = first.shape
        # The first layer of all networks at once is a single product, which is most of the work for one place.
        product = places @ first.transpose(1, 0, 2).reshape(inputs, -1)
        flow = product.reshape(len(places), groups, hidden).transpose(1, 0, 2) + weights[1]
        for matrix, bias in zip(weights[2::2], weights[3::2], strict=True):
            flow = np.tanh(flow) @ matrix + bias
        # [G, N, outputs] to [N, G · outputs]: either G or the outputs are 1.
        return np.ascontiguousarray(flow.transpose(1, 0, 2).reshape(len(places), -1))

    @classmethod
    def fitted(cls, places: NDArray[np.float64], targets: NDArray[np.float64], config: NetworkConfig) -> SmallNetworks:
        """Networks trained on all examples at once.

        Minimises ½ · mean squared error, summed over the outputs, + decay / 2N · Σ weights², with L-BFGS (scipy's), as
        small sets want it: no learning rate, and the same result for the same seed. A number of steps ends it, not a
        clock.

        Args:
            places: ``[N, C]``, each column of mean 0 and deviation 1.
            targets: ``[N, D]``, likewise.
            config: What the networks look like.
        """
        rows, outputs = targets.shape
        groups = 1 if config.joint else outputs
        widths = [places.shape[1], *[config.hidden] * config.layers, outputs // groups]
        random = np.random.default_rng(config.seed)
        shapes, start = [], []
        for inputs, width in zip(widths[:-1], widths[1:], strict=True):
            bound = np.sqrt(6 / (inputs + width))  # Glorot and Bengio 2010, for tanh
            shapes += [(groups, inputs, width), (groups, 1, width)]
            start += [random.uniform(-bound, bound, shapes[-2]), random.uniform(-bound, bound, shapes[-1])]
        x = torch.from_numpy(places).float().expand(groups, *places.shape)
        y = (
            torch.from_numpy(targets.T[:, :, None] if groups > 1 or outputs == 1 else targets[None])
            .float()
            .contiguous()
        )
        sizes = [int(np.prod(shape)) for shape in shapes]

        def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            with torch.enable_grad():
                vector = torch.from_numpy(flat).float().requires_grad_()
                tables = [part.view(shape) for part, shape in zip(vector.split(sizes), shapes, strict=True)]
                error = (_forward(tables, x) - y).square().sum() / (2 * rows)
                cost = error + config.decay / (2 * rows) * sum(table.square().sum() for table in tables[::2])
                (gradient,) = torch.autograd.grad(cost, vector)
            return float(cost.detach()), gradient.double().numpy()

        flat = np.concatenate([table.ravel() for table in start])
        steps = int(np.clip(_WORK // len(flat), *_STEPS))
        options = {"maxcor": _MEMORY, "maxiter": steps, "maxfun": 2 * steps}
        best = minimize(loss, flat, jac=True, method="L-BFGS-B", options=options).x
        ends = np.cumsum(sizes)[:-1]
        return cls([p.reshape(s).astype(np.float32) for p, s in zip(np.split(best, ends), shapes, strict=True)])


def _forward(tables: list[Tensor], x: Tensor) -> Tensor:
    flow = torch.baddbmm(tables[1], x, tables[0])
    for matrix, bias in zip(tables[2::2], tables[3::2], strict=True):
        flow = torch.baddbmm(bias, flow.tanh(), matrix)
    return flow
