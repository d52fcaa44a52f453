"""The terrain as training sees it: only at the places of the pairs, its first layer in few, equally strong features."""

from __future__ import annotations

import torch
from torch import Tensor

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.jitter import JITTER

_DAMPING = 1.0  # of the mean power; weak directions at full strength make a terrain rough between the paths
_LEAST_POWER = 1e-6  # of the strongest direction; weaker ones say nothing at the places of the pairs
_TABLES = 8  # of trembling places: enough that learning them by heart does not pay
_MOST_FEATURES = 1024  # beyond it finding the directions takes longer than they save
_MOST_ROWS = 4096  # enough to know the directions of 1,024 features


class PairNetwork:
    """Loss and gradients of a terrain at fixed pairs, on the terrain's own weights, without autograd.

    The first layer sees Fourier features F ``[N, 2M]``, which never change and of which, on a plane, few directions
    carry all the power. With an orthogonal V of those r directions and their powers e, the layer is walked in
    Z = F T, T = V (e + damping)^-½: a step C in Z's coordinates is the step C Tᵀ of the weights. That is natural
    gradient's input side (Amari 1998; K-FAC, Martens and Grosse 2015), exact because the features are constant; and
    since r is a third of 2M or less, the two largest products of a step shrink by as much. Gradients by hand save
    autograd's PReLU, which takes as long as a matrix product.

    Args:
        terrain: Its parameters are changed in place by ``move_first`` and whoever else holds them.
        coordinates: ``[N, C]``.
        latents: ``[N, D]``.
    """

    def __init__(self, terrain: Terrain, coordinates: Tensor, latents: Tensor) -> None:
        self.targets = latents
        self._terrain, self._coordinates = terrain, coordinates
        self._trembling: list[tuple[Tensor, Tensor]] = []
        self._weights = [layer.weight.detach() for layer in terrain.layers]
        self._biases = [layer.bias.detach() for layer in terrain.layers]
        self._slopes = [slope.weight.detach() for slope in terrain.slopes]
        with torch.no_grad():
            features = terrain.features(coordinates)
            self.basis = _directions(features, power=2.0 * terrain.config.network_channel)
            self._inputs = features @ self.basis
            self._offset = features @ self._weights[0].T  # of the weights as they are; the walk is added
        self._walk = torch.zeros(len(self._weights[0]), self.basis.shape[1], device=latents.device)
        self._hidden: list[Tensor] = []
        self._before: list[Tensor] = []
        self._error = latents

    def __len__(self) -> int:
        return len(self.targets)

    def forward(self, rows: Tensor | None = None) -> float:
        """Mean squared error over the rows, by default all."""
        with torch.no_grad():
            return self._forward(rows)

    def loss_with_jitter(self, turn: int) -> float:
        """Mean squared error over all rows where the hand that draws them trembles.

        Each coordinate is moved by noise of a thousandth of what the pairs span, as ``jitter_psnr`` does with other
        noise. There are a few such tables, made when their turn first comes.

        Args:
            turn: Any number; it decides which table.
        """
        with torch.no_grad():
            index = turn % _TABLES
            while len(self._trembling) <= index:
                self._trembling.append(self._beside(seed=len(self._trembling)))
            return self._loss(*self._trembling[index], self.targets)

    def _beside(self, seed: int) -> tuple[Tensor, Tensor]:
        noise = torch.randn(self._coordinates.shape, generator=torch.Generator().manual_seed(seed))
        span = (self._coordinates.amax(dim=0) - self._coordinates.amin(dim=0)).max()
        places = self._coordinates + noise.to(self._coordinates.device) * (JITTER.default * span)
        features = self._terrain.features(places)
        return features @ self.basis, features @ (self._weights[0] - self._walk @ self.basis.T).T

    def _forward(self, rows: Tensor | None) -> float:
        if rows is None:
            return self._loss(self._inputs, self._offset, self.targets)
        return self._loss(self._inputs[rows], self._offset[rows], self.targets[rows])

    def _loss(self, inputs: Tensor, offset: Tensor, targets: Tensor) -> float:
        self._slope_values = torch.cat(self._slopes).tolist()
        hidden, self._hidden, self._before = inputs, [inputs], []
        for layer, slope in enumerate(self._slope_values):
            weight = self._walk if layer == 0 else self._weights[layer]
            before = torch.addmm(self._biases[layer], hidden, weight.T)
            if layer == 0:
                before += offset
            hidden = torch.nn.functional.leaky_relu(before, slope)
            self._before.append(before)
            self._hidden.append(hidden)
        self._error = torch.addmm(self._biases[-1], hidden, self._weights[-1].T) - targets
        return float(self._error.square().mean())

    def backward(self) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        """Gradients of what ``forward`` measured last: of weights, biases and slopes, each from first layer to last.

        That of the first weights is ``[W, r]``, in the coordinates that ``move_first`` takes.
        """
        with torch.no_grad():
            return self._backward()

    def _backward(self) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        weights, biases, slopes = [], [], []
        gradient = self._error * (2.0 / self._error.numel())
        for layer in range(len(self._weights) - 1, -1, -1):
            weights.append(gradient.T @ self._hidden[layer])
            biases.append(gradient.sum(dim=0))
            if layer > 0:
                behind, before = gradient @ self._weights[layer], self._before[layer - 1]
                slopes.append(torch.dot(behind.view(-1), before.clamp(max=0.0).view(-1)).view(1))
                gradient = torch.ops.aten.leaky_relu_backward(behind, before, self._slope_values[layer - 1], False)
        return weights[::-1], biases[::-1], slopes[::-1]

    def move_first(self, direction: Tensor, length: float) -> None:
        """Walk the first layer by ``length`` times a direction ``[W, r]``; the terrain's weights follow."""
        with torch.no_grad():
            self._walk.add_(direction, alpha=length)
            self._weights[0].addmm_(direction, self.basis.T, alpha=length)

    def carried_over(self, direction: Tensor, basis: Tensor) -> Tensor:
        """What a gradient ``[W, r']`` in another network's coordinates is in these: ``[W, r]``."""
        if basis.shape == self.basis.shape and torch.equal(basis, self.basis):
            return direction
        return direction @ (basis / basis.square().sum(dim=0)).T @ self.basis


def _directions(features: Tensor, power: float) -> Tensor:
    """T, ``[F, r]``: what makes of features ``[N, F]`` few that are about equally strong, of this power a row."""
    rows = features if len(features) <= _MOST_ROWS else features[:: -(-len(features) // _MOST_ROWS)]
    smaller = min(rows.shape)
    if smaller > _MOST_FEATURES:
        basis = torch.eye(features.shape[1], device=features.device)
    else:
        # The eigenvectors of the smaller of the two Gram matrices; on the CPU, where every device has them.
        few_rows = len(rows) < rows.shape[1]
        gram = (rows @ rows.T if few_rows else rows.T @ rows).double().cpu() / len(rows)
        powers, vectors = torch.linalg.eigh(gram)
        kept = powers > _LEAST_POWER * powers[-1].clamp(min=1e-30)
        if not kept.any():
            return torch.eye(features.shape[1], device=features.device)
        powers, vectors = powers[kept], vectors[:, kept]
        if few_rows:
            vectors = rows.T.double().cpu() @ vectors / (powers * len(rows)).sqrt()
        basis = (vectors / (powers / powers.mean() + _DAMPING).sqrt()).float().to(features.device)
    present = (rows @ basis).square().sum(dim=1).mean().clamp(min=1e-30)
    return basis * (power / present).sqrt()
