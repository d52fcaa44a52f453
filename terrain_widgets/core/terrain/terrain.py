"""The terrain: a small network with random Fourier features from places on a plane to latent vectors."""

from __future__ import annotations

import math
import secrets
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.core.mapping import MappingState, register_mapping
from terrain_widgets.core.terrain.config import FEATURE_SIZE, GAUSS_SCALE, NETWORK_CHANNEL, TerrainConfig
from terrain_widgets.core.terrain.small_batches import FEW, SmallBatches


class Terrain(nn.Module):
    """Fourier-CPPN, the network of nn.terrain: coordinates ``[N, C]`` to latents ``[N, D]``.

    With M = ``feature_size``, W = ``network_channel`` and p = 2π x · ``B_T``::

        h = [sin p, cos p]                       # [N, 2M]; x itself where gauss_scale is 0
        h = PReLU(Linear(h))                     # [N, W], four times, one slope per layer
        z = Linear(h)                            # [N, D], neither activated nor normalised

    Random Fourier features are from Tancik et al. 2020 ("Fourier Features Let Networks Learn High Frequency Functions
    in Low Dimensional Domains"), eq. 5; names of parameters and buffers are those in nn.terrain's checkpoints.
    Coordinates are taken as they are: never normalised, never clamped.

    Args:
        control_dim: C.
        latent_dim: D.
        gauss_scale: Standard deviation of the frequencies, cycles per control unit; 0 removes the Fourier layer.
        network_channel: Width of every hidden layer.
        feature_size: Number of frequencies.
        seed: Where randomness starts; ``None`` picks a seed, which ``.config.seed`` then tells.

    Raises:
        ValueError: If an argument is outside its range.
    """

    B_T: Tensor

    def __init__(
        self,
        control_dim: int,
        latent_dim: int,
        gauss_scale: float = GAUSS_SCALE.default,
        network_channel: int = int(NETWORK_CHANNEL.default),
        feature_size: int = int(FEATURE_SIZE.default),
        seed: int | None = 0,
    ) -> None:
        super().__init__()
        self.config = TerrainConfig(
            control_dim,
            latent_dim,
            gauss_scale,
            network_channel,
            feature_size,
            secrets.randbits(32) if seed is None else seed,
        )
        generator = torch.Generator().manual_seed(self.config.seed)
        width = self.config.network_channel
        if self.config.gauss_scale > 0:
            # Drawn as [M, C] and transposed, so the strides are those of nn.terrain's files.
            frequencies = torch.randn(self.config.feature_size, control_dim, generator=generator)
            self.register_buffer("B_T", (frequencies * self.config.gauss_scale).t())
            self.fc_in_gau = _linear(2 * self.config.feature_size, width, generator)
        else:
            self.fc_in_linear = _linear(control_dim, width, generator)
        self.prelu1 = nn.PReLU()
        self.fc2 = _linear(width, width, generator)
        self.prelu2 = nn.PReLU()
        self.fc3 = _linear(width, width, generator)
        self.prelu3 = nn.PReLU()
        self.fc4 = _linear(width, width, generator)
        self.prelu4 = nn.PReLU()
        self.fc_out = _linear(width, latent_dim, generator)
        self._few = SmallBatches()

    @property
    def control_dim(self) -> int:
        """C."""
        return self.config.control_dim

    @property
    def latent_dim(self) -> int:
        """D."""
        return self.config.latent_dim

    @property
    def parameter_count(self) -> int:
        """Number of trained weights."""
        return sum(p.numel() for p in self.parameters())

    @property
    def layers(self) -> tuple[nn.Linear, ...]:
        """The five linear layers, first to last."""
        first = self.fc_in_gau if self.config.gauss_scale > 0 else self.fc_in_linear
        return (first, self.fc2, self.fc3, self.fc4, self.fc_out)

    @property
    def slopes(self) -> tuple[nn.PReLU, ...]:
        """What follows the first four layers."""
        return (self.prelu1, self.prelu2, self.prelu3, self.prelu4)

    def __repr__(self) -> str:
        c = self.config
        return (
            f"Terrain({c.control_dim}-D plane → {c.latent_dim} latents, gauss_scale {c.gauss_scale:g}, "
            f"{self.parameter_count:,} weights, seed {c.seed})"
        )

    def __call__(self, coordinates: Any) -> Any:
        """Latents at coordinates.

        Args:
            coordinates: ``[N, C]`` in control units. A tensor gives a tensor that carries gradients; anything else is
                taken as an array and gives a detached float32 array.

        Raises:
            ValueError: If the shape is not ``[N, C]``.
        """
        if isinstance(coordinates, Tensor):
            return super().__call__(self._checked(coordinates))
        array = np.ascontiguousarray(coordinates, dtype=np.float32)
        if array.ndim == 2 and len(array) <= FEW and array.shape[1] == self.config.control_dim:
            few = self._few.latents(self, array)
            if few is not None:
                return few
        with torch.no_grad():
            places = torch.from_numpy(array).to(self.fc_out.weight.device)
            latents: Tensor = super().__call__(self._checked(places))
        return latents.cpu().numpy()

    def forward(self, coordinates: Tensor) -> Tensor:
        """The formula above, on a tensor ``[N, C]``."""
        return self.from_features(self.features(coordinates))

    def features(self, coordinates: Tensor) -> Tensor:
        """What the first layer sees at ``[N, C]``: ``[N, 2M]`` fixed waves, or the coordinates where σ is 0.

        They hold no trained weight, so training computes them once for all its steps.
        """
        if self.config.gauss_scale == 0:
            return coordinates
        phase = (2 * math.pi * coordinates) @ self.B_T
        return torch.cat([phase.sin(), phase.cos()], dim=1)

    def from_features(self, features: Tensor) -> Tensor:
        """The trained part: features to latents ``[N, D]``."""
        hidden = features
        for layer, slope in zip(self.layers[:-1], self.slopes, strict=True):
            hidden = slope(layer(hidden))
        latents: Tensor = self.fc_out(hidden)
        return latents

    def to_state(self) -> MappingState:
        """The terrain as plain data, copied: training may go on while the copy travels."""
        arrays = {name: value.detach().cpu().numpy().copy() for name, value in self.state_dict().items()}
        return MappingState("terrain", asdict(self.config), arrays)

    @classmethod
    def from_state(cls, state: MappingState) -> Terrain:
        """A terrain from what ``to_state()`` gave.

        Raises:
            ValueError: If names or shapes of the arrays do not fit the configuration.
        """
        arrays: dict[str, NDArray[Any]] = state.arrays
        # Before anything of that size is made: a few bytes of configuration may ask for gigabytes of weights.
        for name, shape in TerrainConfig(**state.config).shapes.items():
            if name not in arrays or arrays[name].shape != shape:
                found = arrays[name].shape if name in arrays else "missing"
                raise ValueError(f"the terrain's {name} should be of shape {shape}, and is {found}")
        terrain = cls(**state.config)
        try:
            terrain.load_state_dict({name: torch.from_numpy(np.array(a, np.float32)) for name, a in arrays.items()})
        except RuntimeError as error:
            raise ValueError(f"these weights do not belong to {terrain!r}: {error}") from error
        return terrain

    def _checked(self, coordinates: Tensor) -> Tensor:
        if coordinates.ndim != 2 or coordinates.shape[1] != self.control_dim:
            raise ValueError(
                f"this terrain takes coordinates of shape [N, {self.control_dim}], got {list(coordinates.shape)}"
            )
        return coordinates

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any, **kwargs: Any) -> None:
        # nn.terrain's files also hold a constant and five sizes, which here live in the code and the config.
        for name in ("two_pi", "m_in_dim", "m_out_dim", "m_cmax", "m_mapping_size", "m_gauss_scale"):
            state_dict.pop(prefix + name, None)
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)


def _linear(inputs: int, outputs: int, generator: torch.Generator) -> nn.Linear:
    """A layer with libtorch's default initialisation, drawn from our own generator: U(±1/√inputs) for both."""
    # On no device at first, so that torch's own generator is not drawn from. skip_init() would do the same, but
    # imports sympy for it: 24 MB for each process.
    layer = nn.Linear(inputs, outputs, device="meta")
    bound = 1 / math.sqrt(inputs)
    for name, shape in (("weight", (outputs, inputs)), ("bias", (outputs,))):
        setattr(layer, name, nn.Parameter(torch.empty(shape).uniform_(-bound, bound, generator=generator)))
    return layer


register_mapping("terrain", Terrain.from_state)
