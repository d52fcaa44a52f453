"""What the small networks between points look like. Free of torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from terrain_widgets.core.parameter import Number

HIDDEN = Number("hidden", 16, 1, 1024, integer=True, description="Width of a small network's hidden layers.")
LAYERS = Number("layers", 1, 1, 2, integer=True, description="Hidden layers of a small network.")
DECAY = Number(
    "decay",
    0.02,
    0.0,
    10.0,
    curve="log",
    description="How much large weights cost: more is smoother, less is nearer to the points.",
)


class NetworkOptions(TypedDict, total=False):
    """What ``PointMap.fit`` hands on to ``NetworkConfig``, which describes each."""

    hidden: int
    layers: int
    decay: float
    seed: int


@dataclass(frozen=True)
class NetworkConfig:
    """What decides a fresh set of small networks.

    Args:
        joint: One network for all outputs, instead of one for each.
        hidden: Width of the hidden layers.
        layers: One or two of them.
        decay: Weight of the squared weights in the loss.
        seed: Of the initial weights.
    """

    joint: bool = False
    hidden: int = int(HIDDEN.default)
    layers: int = int(LAYERS.default)
    decay: float = DECAY.default
    seed: int = 0

    def __post_init__(self) -> None:
        for spec in (HIDDEN, LAYERS, DECAY):
            object.__setattr__(self, spec.name, spec.check(getattr(self, spec.name)))
