"""What may be done to one layer's weights; each edit is a value, and gives the same result from the same weights."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypedDict, get_args

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.curves import by_rank, in_order
from terrain_widgets.core.bending.distributions import DistributionName, drawn, quantiles
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.large_layers import all_finite, blended, mean_and_deviation, smallest_zeroed
from terrain_widgets.core.bending.output_edit import Output
from terrain_widgets.core.bending.parts import in_parts
from terrain_widgets.core.parameter import Number

FloatArray = NDArray[np.float32]

CurveOrder = Literal["sorted", "raw"]

#: Where clipped weights end, as in Latent-Playground's editor.
LIMIT = 3.0
FACTOR = Number("factor", 1.0, 0.0, 3.0, description="Factor for every weight.")
CHAOS = Number("chaos", 0.0, 0.0, 1.0, description="Share of the drawn weights: 0 keeps the layer, 1 replaces it.")
NOISE = Number("amount", 0.1, 0.0, 10.0, description="Noise in standard deviations of the layer.")
SHARE = Number("share", 0.0, 0.0, 1.0, description="Share of the weights, the smallest first, that become 0.")
WAY = Number("share", 1.0, 0.0, 1.0, description="How far weights go to the other model's.")
SEED = Number("seed", 0, 0, 2**32 - 1, integer=True, description="What is drawn.")
POINT = Number("point", 0.0, -100.0, 100.0, description="Height of a drawn curve at one of its points.")
MOST_POINTS = 4096


class EditSettings(TypedDict, total=False):
    """Settings of all kinds of edits; each takes its own."""

    factor: float
    clipped: bool
    name: DistributionName
    chaos: float
    seed: int
    points: tuple[float, ...]
    order: CurveOrder
    amount: float
    share: float
    hold: float
    gain: float
    offset: float
    fold: float
    channels: tuple[int, ...]


@dataclass(frozen=True)
class Flip(Edit):
    """Every weight with the other sign."""

    kind: ClassVar[str] = "flip"

    def apply(self, weights: FloatArray) -> FloatArray:
        """``-w``."""
        return -weights


@dataclass(frozen=True)
class Scale(Edit):
    """Every weight times a factor.

    Args:
        factor: 0 to 3.
        clipped: Whether the results end at ±3.
    """

    kind: ClassVar[str] = "scale"
    factor: float = FACTOR.default
    clipped: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "factor", FACTOR.check(self.factor))

    def apply(self, weights: FloatArray) -> FloatArray:
        """``factor * w``."""
        factor = np.float32(self.factor)

        def scale(part: FloatArray, out: FloatArray, _: int) -> None:
            np.multiply(part, factor, out=out)
            if self.clipped:
                np.clip(out, -LIMIT, LIMIT, out=out)

        return in_parts(weights, scale)


@dataclass(frozen=True)
class Distribution(Edit):
    """Weights that move towards drawn ones, which have the layer's own mean and standard deviation.

    Args:
        name: ``"uniform"``, ``"gaussian"``, ``"beta"`` (both parameters ½: most weights near its two ends), or
            ``"laplace"`` (most near the mean, a few far).
        chaos: 0 to 1; at 0 every weight stays exactly as it is.
        seed: What is drawn.
    """

    kind: ClassVar[str] = "distribution"
    name: DistributionName = "gaussian"
    chaos: float = CHAOS.default
    seed: int = int(SEED.default)

    def __post_init__(self) -> None:
        if self.name not in get_args(DistributionName):
            raise ValueError(f"a distribution is one of {', '.join(get_args(DistributionName))}, got {self.name!r}")
        object.__setattr__(self, "chaos", CHAOS.check(self.chaos))
        object.__setattr__(self, "seed", SEED.check(self.seed))

    def apply(self, weights: FloatArray) -> FloatArray:
        """``w + chaos * (drawn - w)``."""
        if self.chaos == 0.0:
            return weights.copy()
        mean, deviation = mean_and_deviation(weights)
        table = quantiles(self.name) * deviation + mean
        if self.chaos < 1.0:
            table *= np.float32(self.chaos)
        kept = np.float32(1.0 - self.chaos)

        def move(part: FloatArray, out: FloatArray, number: int) -> None:
            there = drawn(table, part.size, self.seed, number)
            np.multiply(part, kept, out=out)
            out += there

        return in_parts(weights, move)


@dataclass(frozen=True)
class Curve(Edit):
    """Weights that follow a drawn curve.

    Args:
        points: Heights of the curve, evenly spaced from the first to the last weight; between them it goes straight.
        order: ``"sorted"``: the smallest weight takes the curve's beginning, the largest its end, so that a rising
            curve keeps every weight's rank; ``"raw"``: in the order in which they lie in memory.
    """

    kind: ClassVar[str] = "curve"
    points: tuple[float, ...] = (-1.0, 1.0)
    order: CurveOrder = "sorted"

    def __post_init__(self) -> None:
        if not 1 <= len(self.points) <= MOST_POINTS:
            raise ValueError(f"a curve has 1 to {MOST_POINTS} points, got {len(self.points)}")
        if self.order not in get_args(CurveOrder):
            raise ValueError(f"a curve runs over the weights {' or '.join(get_args(CurveOrder))}, got {self.order!r}")
        object.__setattr__(self, "points", tuple(POINT.check(p) for p in self.points))

    def apply(self, weights: FloatArray) -> FloatArray:
        """The curve at every weight's rank or index."""
        heights = np.array(self.points)
        if self.order == "sorted":
            return by_rank(heights, weights)
        return in_order(heights, weights.size).reshape(weights.shape)


@dataclass(frozen=True)
class Noise(Edit):
    """Gaussian noise on every weight.

    Args:
        amount: In standard deviations of the layer.
        seed: What is drawn.
    """

    kind: ClassVar[str] = "noise"
    amount: float = NOISE.default
    seed: int = int(SEED.default)

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", NOISE.check(self.amount))
        object.__setattr__(self, "seed", SEED.check(self.seed))

    def apply(self, weights: FloatArray) -> FloatArray:
        """``w + amount * std * noise``."""
        _, deviation = mean_and_deviation(weights)
        table = quantiles("gaussian") * np.float32(self.amount * deviation)

        def add(part: FloatArray, out: FloatArray, number: int) -> None:
            np.add(part, drawn(table, part.size, self.seed, number), out=out)

        return in_parts(weights, add)


@dataclass(frozen=True)
class ZeroSmallest(Edit):
    """The weights nearest to 0 become 0.

    Args:
        share: 0 to 1, of all weights.
    """

    kind: ClassVar[str] = "zero smallest"
    share: float = SHARE.default

    def __post_init__(self) -> None:
        object.__setattr__(self, "share", SHARE.check(self.share))

    def apply(self, weights: FloatArray) -> FloatArray:
        """``round(share * N)`` weights are 0."""
        count = round(self.share * weights.size)
        return smallest_zeroed(weights, count) if count else weights.copy()


@dataclass(frozen=True)
class PermuteChannels(Edit):
    """The layer's output channels (its first axis) in another order.

    Args:
        seed: Which order.
    """

    kind: ClassVar[str] = "permute channels"
    seed: int = int(SEED.default)

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", SEED.check(self.seed))

    def apply(self, weights: FloatArray) -> FloatArray:
        """The same rows, shuffled."""
        if weights.ndim == 0:
            return weights.copy()
        shuffled: FloatArray = weights[np.random.default_rng(self.seed).permutation(len(weights))]
        return shuffled


@dataclass(frozen=True)
class Towards(Edit):
    """Weights that go towards others of the same shape, such as those of another model.

    Args:
        weights: float32, little-endian, in memory order.
        share: 0 keeps the layer, 1 replaces it; both exactly.
        source: What the weights are of, for people.
    """

    kind: ClassVar[str] = "towards"
    weights: bytes
    share: float = WAY.default
    source: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.weights, bytes) or not self.weights or len(self.weights) % 4:
            raise ValueError("weights to go towards are float32 numbers as bytes")
        if not all_finite(self.values):
            raise ValueError("weights to go towards must be finite")
        object.__setattr__(self, "share", WAY.check(self.share))
        object.__setattr__(self, "source", str(self.source)[:200])

    @classmethod
    def of(cls, weights: FloatArray, share: float = WAY.default, source: str = "") -> Towards:
        """From an array of any shape."""
        return cls(np.ascontiguousarray(weights, dtype="<f4").tobytes(), share, source)

    @property
    def values(self) -> FloatArray:
        """The weights in a row."""
        return np.frombuffer(self.weights, dtype="<f4").astype(np.float32, copy=False)

    def check(self, weights: FloatArray) -> None:
        """Its number of weights must be the layer's."""
        if weights.size != len(self.weights) // 4:
            raise ValueError(f"the layer has {weights.size} weights, those to go towards are {len(self.weights) // 4}")

    def apply(self, weights: FloatArray) -> FloatArray:
        """``w + share * (other - w)``.

        Raises:
            ValueError: If the layer has another number of weights.
        """
        self.check(weights)
        return blended(weights, self.values.reshape(weights.shape), self.share)

    def to_json(self) -> dict[str, Any]:
        """As every edit, but for the weights, which are no JSON."""
        return {"kind": self.kind, "share": self.share, "source": self.source}


_KINDS: dict[str, type[Edit]] = {
    edit.kind: edit
    for edit in (Flip, Scale, Distribution, Curve, Noise, ZeroSmallest, PermuteChannels, Towards, Output)
}


def edit_from_json(content: Any) -> Edit:
    """What ``Edit.to_json`` wrote, with weights as bytes or in base64.

    Raises:
        ValueError: If it is no edit, or has a setting that there is not or that is out of its range.
    """
    if not isinstance(content, dict) or content.get("kind") not in _KINDS:
        known = ", ".join(_KINDS)
        raise ValueError(f"an edit's kind is one of {known}, got {str(content)[:80]}")
    settings = {str(name): value for name, value in content.items() if name != "kind"}
    for name in ("points", "channels"):
        if isinstance(settings.get(name), list):
            settings[name] = tuple(settings[name])
    if isinstance(settings.get("weights"), str):
        settings["weights"] = base64.b64decode(settings["weights"], validate=True)
    try:
        return _KINDS[content["kind"]](**settings)
    except TypeError as error:
        raise ValueError(f"{content['kind']!r} has settings that do not fit it: {sorted(settings)}") from error
