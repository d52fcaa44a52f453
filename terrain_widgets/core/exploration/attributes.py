"""Attributes: directions of latent space along which a sound gets more of something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.parameter import Number

FloatArray = NDArray[np.float32]

AMOUNT = Number("amount", 0.0, -10.0, 10.0, description="How far along an attribute, in latent units.")
STEERS = 0.8  # of the sounds must follow an attribute, or it is not offered for steering
_PARTS = 5  # in which the sounds are left out in turn
_RIDGE = 1e-3  # share of the mean variance added to each: latents that say the same share the weight


@dataclass(frozen=True, eq=False)
class Attribute:
    """A direction of latent space with a name.

    Args:
        name: What there is more of along it.
        direction: ``[D]``, of length 1.
        r2: Where it was measured: the share of the measure's variance on sounds that were left out which a straight
            line along it predicts; below 0 it predicts less than the mean does. ``None`` if it is of examples.
        steers: Where that was tried: the share of sounds that have more of it, decoded, further along it, see
            ``steering``. ``None`` if nobody has tried.

    Raises:
        ValueError: If the direction is no finite vector, or zero.
    """

    name: str
    direction: FloatArray
    r2: float | None = None
    steers: float | None = None

    def __post_init__(self) -> None:
        direction = np.asarray(self.direction, dtype=np.float64)
        length = float(np.linalg.norm(direction)) if direction.ndim == 1 else 0.0
        if direction.ndim != 1 or not np.isfinite(direction).all() or length <= 0.0:
            raise ValueError(f"an attribute is a finite direction [D] of some length, got {self.direction!r}")
        unit = (direction / length).astype(np.float32)
        unit.setflags(write=False)
        object.__setattr__(self, "direction", unit)

    def __repr__(self) -> str:
        measured = "" if self.r2 is None else f", R² {self.r2:.2f}"
        tried = "" if self.steers is None else f", steers {self.steers:.0%} of the sounds"
        return f"Attribute({self.name}, {len(self.direction)} latents{measured}{tried})"

    @property
    def works(self) -> bool:
        """Whether what is decoded follows it, as far as anybody has tried."""
        return self.steers is None or self.steers >= STEERS

    def read(self, latents: ArrayLike) -> FloatArray:
        """How much of it there is, ``z·d``: of latents ``[T, D]`` as ``[T]``, or of one ``[D]``."""
        much: FloatArray = np.asarray(np.asarray(latents, np.float32) @ self.direction, dtype=np.float32)
        return much


def of_examples(name: str, more: ArrayLike, less: ArrayLike) -> Attribute:
    """The attribute that some sounds have more of than others: ``normalise(mean(+) − mean(−))``, as LatentAudio has it.

    Args:
        name: What to call it.
        more: Latents of examples that have more of it, ``[N, D]``.
        less: Latents of examples that have less, ``[M, D]``.

    Raises:
        ValueError: If there is no example on one side, they have different numbers of latents, or the two are alike.
    """
    high, low = (np.atleast_2d(np.asarray(side, dtype=np.float64)) for side in (more, less))
    if not high.size or not low.size or high.shape[1] != low.shape[1]:
        raise ValueError(
            f"an attribute needs one example or more on both sides, of one codec, got {high.shape} and {low.shape}"
        )
    direction = high.mean(axis=0) - low.mean(axis=0)
    if not np.linalg.norm(direction) > 0:
        raise ValueError(f"the examples with more and with less “{name}” are alike; choose others")
    return Attribute(name, direction.astype(np.float32))


def measured(name: str, latents: ArrayLike, values: ArrayLike, group: ArrayLike, seed: int = 0) -> Attribute | None:
    """The attribute along which a measure grows, by ridge regression on frames; its R² is of sounds left out.

    A fifth of the groups (of a shuffle by the seed) is left out in turn, until each has been; of a single group, the
    last fifth of its frames. The direction is then of all frames.

    Args:
        name: What to call it.
        latents: ``[N, D]``.
        values: What was measured of each frame, ``[N]``; frames where it is NaN do not count.
        group: Which sound each frame is of, ``[N]``.
        seed: Decides which are left out.

    Returns:
        The attribute, or ``None`` where the measure does not vary or too few frames have one.
    """
    table, wanted, of = np.asarray(latents, np.float64), np.asarray(values, np.float64), np.asarray(group)
    known = np.isfinite(wanted)
    table, wanted, of = table[known], wanted[known], of[known]
    if len(wanted) < 10 or not np.ptp(wanted) > 0:
        return None
    missed, spread = 0.0, 0.0
    for out in left_out(of, seed):
        slope, offset = fitted(table[~out], wanted[~out])
        missed += float(((wanted[out] - (table[out] @ slope + offset)) ** 2).sum())
        spread += float(((wanted[out] - wanted.mean()) ** 2).sum())
    r2 = 1.0 - missed / spread if spread > 0 else float("nan")
    slope, _ = fitted(table, wanted)
    return Attribute(name, slope.astype(np.float32), r2) if np.linalg.norm(slope) > 0 else None


def left_out(group: ArrayLike, seed: int = 0) -> list[NDArray[np.bool_]]:
    """Which frames ``[N]`` are left out in turn: those of a fifth of the sounds; of a single one, its last fifth.

    Args:
        group: Which sound each frame is of, ``[N]``.
        seed: Of the shuffle.
    """
    of = np.asarray(group)
    groups = np.random.default_rng(seed).permutation(np.unique(of))
    if len(groups) < 2:
        return [np.arange(len(of)) >= len(of) * 4 // 5]
    return [np.isin(of, groups[k::_PARTS]) for k in range(min(_PARTS, len(groups)))]


def moved_along(latents: ArrayLike, amounts: Mapping[str, float], attributes: Mapping[str, Attribute]) -> FloatArray:
    """Latents with so much of each attribute added: ``z + Σ amount·d``. Amounts are absolute, not what is added more.

    Args:
        latents: ``[T, D]`` or ``[D]``.
        amounts: −10…10 by the attribute's name.
        attributes: By name.

    Raises:
        KeyError: If there is no such attribute.
        ValueError: If an amount is out of range.
    """
    z = np.asarray(latents, dtype=np.float32).copy()
    for name, amount in amounts.items():
        z += np.float32(AMOUNT.check(amount)) * attributes[name].direction
    return z


def fitted(latents: ArrayLike, values: ArrayLike) -> tuple[NDArray[np.float64], float]:
    """Slope ``[D]`` and offset of a ridge regression of values ``[N]`` on latents ``[N, D]``."""
    table, wanted = np.asarray(latents, np.float64), np.asarray(values, np.float64)
    middle, level = table.mean(axis=0), wanted.mean()
    centred = table - middle
    square = centred.T @ centred
    square += np.eye(len(square)) * (_RIDGE * np.trace(square) / len(square) + 1e-12)
    slope = np.linalg.solve(square, centred.T @ (wanted - level))
    return slope, float(level - middle @ slope)
