"""Walks through latent space: at random with momentum, towards a target, kept where sounds are, or over a grid."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count, islice
from typing import TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.modulation.hashing import hashed, seeds, unit
from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.core.parameter import Number

FloatArray = NDArray[np.float32]
Vector = NDArray[np.float64]
#: Brings latents ``[D]`` back to where a walk may be.
Fence = Callable[[Vector], Vector]

STEP = Number("step", 0.4, 0.0, 10.0, description="Length of a step in latent units.")
MOMENTUM = Number("momentum", 0.5, 0.0, 1.0, description="How much of the last step's direction is kept.")
PULL = Number("pull", 0.1, 0.0, 1.0, description="How strongly it is drawn to the middle, or to its target.")
TEMPERATURE = Number("temperature", 1.0, 0.0, 10.0, description="Factor of the step.")


class WalkOptions(TypedDict, total=False):
    """How a walk goes; ``walk`` describes each."""

    step: float
    momentum: float
    pull: float
    temperature: float
    target: ArrayLike | None
    within: Fence | None


def walk(
    start: ArrayLike,
    seed: int,
    *,
    step: float = STEP.default,
    momentum: float = MOMENTUM.default,
    pull: float = PULL.default,
    temperature: float = TEMPERATURE.default,
    target: ArrayLike | None = None,
    within: Fence | None = None,
) -> Iterator[FloatArray]:
    """A walk without end: ``v ← normalise(m·v + (1−m)·r̂ + pull·(‖z‖/10)·(−ẑ)); z ← z + v·step·temperature``.

    Here r̂ is a random direction. The formula is LatentAudio's. With a target the pull is ``pull·(target−z)/‖target−z‖``
    instead. Equal seeds give equal walks, in the page's engine too.

    Args:
        start: Where it begins, ``[D]``; the first that is given.
        seed: Of the random directions.
        step: As ``STEP``.
        momentum: As ``MOMENTUM``.
        pull: As ``PULL``.
        temperature: As ``TEMPERATURE``.
        target: Where it is drawn to, ``[D]``; the middle of latent space if left out.
        within: Brings each place back where it may be, such as ``within_range`` and ``within_reach`` make.

    Yields:
        Latents ``[D]``.

    Raises:
        ValueError: If a number is out of range.
    """
    length = STEP.check(step) * TEMPERATURE.check(temperature)
    kept, drawn = MOMENTUM.check(momentum), PULL.check(pull)
    return _walk(np.asarray(start, np.float64).copy(), seed, length, kept, drawn, target, within)


def walked(steps: int, start: ArrayLike, seed: int, **how: Unpack[WalkOptions]) -> FloatArray:
    """The first ``steps`` latents of a walk, ``[steps, D]``; ``how`` as ``walk`` takes it.

    Raises:
        ValueError: If a number is out of range.
        TypeError: If there is no such option.
    """
    refuse_unknown("walked", how, ["steps", "start", "seed", *WalkOptions.__annotations__])
    return np.stack(list(islice(walk(start, seed, **how), steps)))


def direction(seed: int, number: int, dim: int) -> Vector:
    """A direction ``[D]`` by chance, all equally likely: of normal numbers (G. Box & M. Muller, 1958), of length 1.

    Args:
        seed: Of the walk.
        number: Of the step.
        dim: D.
    """
    axes = np.arange(dim, dtype=np.int64)
    first, second = (unit(hashed(seeds(seed), np.array([number]), 2 * axes + k)) for k in (0, 1))
    normal: Vector = np.sqrt(-2.0 * np.log(1.0 - first)) * np.cos(2.0 * np.pi * second)
    return _unit(normal)


def _walk(
    z: Vector,
    seed: int,
    length: float,
    momentum: float,
    pull: float,
    target: ArrayLike | None,
    within: Fence | None,
) -> Iterator[FloatArray]:
    fence = within or (lambda latents: latents)
    z = fence(z)
    goal = None if target is None else np.asarray(target, dtype=np.float64)
    velocity = np.zeros_like(z)
    for number in count():
        yield z.astype(np.float32)
        chance = direction(seed, number, len(z))
        drawn = _unit(goal - z) if goal is not None else -z / 10.0
        velocity = _unit(momentum * velocity + (1.0 - momentum) * chance + pull * drawn)
        there = z + velocity * length
        z = fence(there)
        if not np.array_equal(z, there):
            velocity = _unit(velocity + (z - there) / max(length, 1e-12))  # it slides along the fence


def within_range(low: ArrayLike, high: ArrayLike) -> Fence:
    """Keeps a walk between the smallest and largest latents ``[D]`` of some data."""
    least, most = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    return lambda latents: np.clip(latents, least, most)


def within_reach(latents: ArrayLike, radius: float) -> Fence:
    """Keeps a walk within a distance of the nearest of some latents ``[N, D]``: where the codec has learnt to sound."""
    from scipy.spatial import cKDTree  # here, so that a session opens without scipy

    table = np.asarray(latents, dtype=np.float64)
    tree = cKDTree(table)

    def fence(z: Vector) -> Vector:
        distance, index = tree.query(z)
        if distance <= radius:
            return z
        centre = table[index]
        # a hair less than the radius: rounding must not leave it outside
        back: Vector = centre + (z - centre) * (radius * (1.0 - 1e-9) / distance)
        return back

    return fence


def spacing(latents: ArrayLike, share: float = 0.9) -> float:
    """A radius for ``within_reach``: ``share`` of the latents ``[N, D]`` have another one within it."""
    from scipy.spatial import cKDTree  # here, so that a session opens without scipy

    table = np.unique(np.asarray(latents, dtype=np.float64), axis=0)
    if len(table) < 2:
        return 1.0
    nearest = cKDTree(table).query(table, k=[2])[0][:, 0]
    return float(np.quantile(nearest, share))


def grid_walk(centre: ArrayLike, right: ArrayLike, up: ArrayLike, side: int) -> FloatArray:
    """A grid in the plane of two directions, walked row by row, every other row backwards so that no step is a leap.

    Args:
        centre: The middle of the grid, ``[D]``.
        right: From the middle to the right edge, ``[D]``.
        up: From the middle to the upper edge, ``[D]``.
        side: How many places a row and a column have, at least 2.

    Returns:
        ``[side * side, D]``.

    Raises:
        ValueError: If a side has fewer than two places.
    """
    if side < 2:
        raise ValueError(f"a grid has two places a side or more, got {side!r}")
    z, x, y = (np.asarray(values, dtype=np.float64) for values in (centre, right, up))
    ticks = np.linspace(-1.0, 1.0, side)
    rows = [z + across * x + along * y for n, along in enumerate(ticks) for across in ticks[:: 1 if n % 2 == 0 else -1]]
    return np.stack(rows).astype(np.float32)


def _unit(vector: Vector) -> Vector:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector
