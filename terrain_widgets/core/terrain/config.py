"""The numbers that decide a fresh terrain. Free of torch: panels and settings show them before anything is trained."""

from __future__ import annotations

from dataclasses import dataclass

from terrain_widgets.core.parameter import Number

CONTROL_DIM = Number("control_dim", 2, 1, 1024, integer=True, description="Dimensions of control space.")
LATENT_DIM = Number("latent_dim", 8, 1, 4096, integer=True, description="Latent channels of the codec.")
GAUSS_SCALE = Number(
    "gauss_scale",
    1.6,
    0.0,
    100.0,
    unit="cycles per control unit",
    description="Ruggedness: how fast the terrain may change from place to place. 0 makes it as smooth as it gets.",
)
NETWORK_CHANNEL = Number(
    "network_channel", 128, 1, 8192, integer=True, curve="log", description="Width of every hidden layer."
)
FEATURE_SIZE = Number(
    "feature_size", 256, 1, 16384, integer=True, curve="log", description="Number of random Fourier frequencies."
)
SEED = Number("seed", 0, 0, 2**32 - 1, integer=True, description="Where all randomness starts from.")


@dataclass(frozen=True)
class TerrainConfig:
    """Everything that decides a fresh terrain, with nn.terrain's argument names.

    Args:
        control_dim: C, dimensions of control space.
        latent_dim: D, latent channels.
        gauss_scale: Standard deviation of the Fourier frequencies in cycles per control unit; 0 removes the Fourier
            layer. The default 1.6 on a plane of ±1 is nn.terrain's 0.1 on ±16.
        network_channel: Width of every hidden layer.
        feature_size: Number M of Fourier frequencies; the network sees 2M features.
        seed: Seed of frequencies and initial weights.
    """

    control_dim: int
    latent_dim: int
    gauss_scale: float = GAUSS_SCALE.default
    network_channel: int = int(NETWORK_CHANNEL.default)
    feature_size: int = int(FEATURE_SIZE.default)
    seed: int = int(SEED.default)

    def __post_init__(self) -> None:
        for spec in (CONTROL_DIM, LATENT_DIM, GAUSS_SCALE, NETWORK_CHANNEL, FEATURE_SIZE, SEED):
            object.__setattr__(self, spec.name, spec.check(getattr(self, spec.name)))

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Names and shapes of all weights, in the order in which nn.terrain declares them."""
        width, features = self.network_channel, self.feature_size
        shapes: dict[str, tuple[int, ...]] = {}
        if self.gauss_scale > 0:
            shapes |= {"B_T": (self.control_dim, features), "fc_in_gau.weight": (width, 2 * features)}
            shapes["fc_in_gau.bias"] = (width,)
        else:
            shapes |= {"fc_in_linear.weight": (width, self.control_dim), "fc_in_linear.bias": (width,)}
        shapes["prelu1.weight"] = (1,)
        for k in (2, 3, 4):
            shapes |= {f"fc{k}.weight": (width, width), f"fc{k}.bias": (width,), f"prelu{k}.weight": (1,)}
        return shapes | {"fc_out.weight": (self.latent_dim, width), "fc_out.bias": (self.latent_dim,)}
