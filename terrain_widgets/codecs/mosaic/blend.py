"""How neighbouring frames are mixed, and how loud the mixture is played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from terrain_widgets.codecs.mosaic.features import DB_CENTRE, DB_PER_UNIT, DB_SILENCE

_EXACT = 1e-3  # distance: nearer frames are the frame itself
_LEAST = 0.03  # share of a neighbour below which it does not count
_TOLERATED_DB = 3.0  # a terrain's error: the corpus knows better how loud a frame was
_LOUDER_DB = 6.0  # most that a frame is amplified
_FADING_DB = 18.0  # above silence: where the level says silence, nothing is heard


@dataclass(frozen=True)
class BlendSettings:
    """How a mosaic is put together.

    Args:
        neighbours: Frames that are mixed, 1 (single grains) to 16.
        sharpness: How much the nearest of them counts for more, 0 (all alike) to 1 (the nearest alone).
        distant: What is heard far from every sound: ``"fade"`` or ``"hold"``, as loud as ever.
        reach: Distance at which the fade begins, in latent units.
    """

    neighbours: int = 3
    sharpness: float = 0.7
    distant: str = "fade"
    reach: float = 2.0

    def __post_init__(self) -> None:
        if not 1 <= self.neighbours <= 16:
            raise ValueError(f"a mosaic mixes 1 to 16 neighbours, got {self.neighbours}")
        if not 0.0 <= self.sharpness <= 1.0:
            raise ValueError(f"the sharpness of a mosaic is 0 to 1, got {self.sharpness}")
        if self.distant not in ("fade", "hold"):
            raise ValueError(f"far from every sound a mosaic can 'fade' or 'hold', got {self.distant!r}")
        if not self.reach > 0.0:
            raise ValueError(f"the reach of a mosaic is above 0, got {self.reach}")


def shares(distances: Sequence[float], sharpness: float) -> list[float]:
    """Shares of neighbours in the mixture, together 1: inverse powers of their distances."""
    nearest = min(distances)
    if sharpness >= 1.0:
        first = distances.index(nearest)
        return [float(k == first) for k in range(len(distances))]
    power = 4.0 * sharpness / (1.0 - sharpness)  # of the distance: 4 in the middle
    weights = [((distance + _EXACT) / (nearest + _EXACT)) ** -power for distance in distances]
    whole = sum(weights)
    kept = [max(0.0, weight / whole - _LEAST) for weight in weights]
    whole = sum(kept)
    return [weight / whole for weight in kept]


def gain_of(wanted: float, there: float, distance: float, settings: BlendSettings) -> float:
    """Linear gain of a frame.

    Args:
        wanted: Latent 0 that is asked for.
        there: That of the frames that are mixed.
        distance: To the nearest frame.
        settings: What happens far away.
    """
    decibels = DB_PER_UNIT * (wanted - there)
    beyond = math.copysign(max(0.0, abs(decibels) - _TOLERATED_DB), decibels)
    gain: float = 10.0 ** (min(_LOUDER_DB, beyond) / 20.0)
    above = DB_CENTRE + DB_PER_UNIT * wanted - DB_SILENCE
    if decibels < 0.0:  # what is as quiet in the corpus is played as it is there
        gain *= min(1.0, max(0.0, above / _FADING_DB))
    if settings.distant == "fade":
        gain *= 2.0 ** -max(0.0, distance - settings.reach)
    return gain
