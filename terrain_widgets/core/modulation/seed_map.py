"""A map of seeds: movements that are alike lie beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.modulation.basis import NOISES, basis
from terrain_widgets.core.modulation.hashing import Floats, Words, mixed

SEEDS = 256
_CELLS, _PER_CELL, _BANDS = 32, 32, 12


@dataclass(frozen=True, eq=False)
class SeedMap:
    """Where the movements of some seeds lie.

    Args:
        basis: Name of the noise.
        seeds: ``[N]``.
        places: ``[N, 2]`` from -1 to 1: the first two principal components of the features.
        heat: ``[N]`` from 0 to 1: how much each moves.
    """

    basis: str
    seeds: Words
    places: Floats
    heat: Floats

    def nearest(self, place: ArrayLike, count: int) -> tuple[int, ...]:
        """The seeds nearest to a place, the nearest first; from the beginning again where there are too few.

        Args:
            place: x and y from -1 to 1.
            count: How many.

        Raises:
            ValueError: If that is no pair of finite numbers.
        """
        where = np.asarray(place, dtype=np.float64).reshape(-1)
        if where.shape != (2,) or not np.isfinite(where).all():
            raise ValueError(f"a place on the seed map is two finite numbers, got {place!r:.80}")
        order = np.argsort(((self.places - where) ** 2).sum(axis=1), kind="stable")
        return tuple(int(self.seeds[order[k % len(order)]]) for k in range(count))


@lru_cache(maxsize=len(NOISES))
def seed_map(name: str) -> SeedMap:
    """The map of 256 seeds of a noise, always the same; half a second at the first call, so that none has to be kept.

    Args:
        name: One of ``NOISES``.

    Raises:
        ValueError: If it is none: cycles have no seed.
    """
    if name not in NOISES:
        raise ValueError(f"a seed map is of a noise ({', '.join(NOISES)}), got {name!r:.40}")
    seeds = mixed(np.arange(1, SEEDS + 1, dtype=np.uint32))
    units = np.arange(_CELLS * _PER_CELL)[:, None] / _PER_CELL
    curves = basis(name, seeds, units, units - np.floor(units))
    table = features(curves.T)
    spread = table.std(axis=0)
    table = (table - table.mean(axis=0)) / np.where(spread > 1e-9, spread, 1.0)
    _, _, axes = np.linalg.svd(table, full_matrices=False)
    axes = axes[:2] * np.sign(axes[:2, np.abs(axes[:2]).argmax(axis=1)].diagonal())[:, None]  # one of two directions
    places = table @ axes.T
    heat = np.abs(np.diff(curves, axis=0)).sum(axis=0)
    return SeedMap(name, seeds, 2.0 * _unit(places) - 1.0, _unit(heat))


def features(curves: NDArray[Any]) -> Floats:
    """What can be said of some curves: statistics, shape of the spectrum, how much they change, cepstrum.

    Args:
        curves: ``[N, T]``.

    Returns:
        ``[N, 21]``: mean, deviation, skewness, kurtosis, least, median, largest; centroid, spread, flatness; mean
        change; and the first coefficients of the cosine transform of the logarithm of the spectrum in bands.
    """
    mean, deviation = curves.mean(axis=1), curves.std(axis=1) + 1e-9
    apart = (curves - mean[:, None]) / deviation[:, None]
    statistics = [mean, deviation, (apart**3).mean(axis=1), (apart**4).mean(axis=1)]
    statistics += [curves.min(axis=1), np.median(curves, axis=1), curves.max(axis=1)]
    power = np.abs(np.fft.rfft(curves * np.hanning(curves.shape[1]), axis=1)) ** 2 + 1e-9
    share, at = power / power.sum(axis=1, keepdims=True), np.arange(power.shape[1])
    centroid = share @ at
    spread = np.sqrt((share * (at - centroid[:, None]) ** 2).sum(axis=1))
    flatness = np.exp(np.log(power).mean(axis=1)) / power.mean(axis=1)
    change = np.abs(np.diff(curves, axis=1)).mean(axis=1)
    edges = np.unique(np.geomspace(1, power.shape[1], _BANDS + 1).astype(int))
    bands = np.stack([np.log(power[:, a:b].mean(axis=1)) for a, b in zip(edges[:-1], edges[1:], strict=True)], axis=1)
    count = bands.shape[1]
    cosines = np.cos(np.pi * np.outer(np.arange(1, count), np.arange(count) + 0.5) / count)
    return np.column_stack([*statistics, centroid, spread, flatness, change, bands @ cosines.T])


def _unit(table: Floats) -> Floats:
    low, high = table.min(axis=0), table.max(axis=0)
    found: Floats = (table - low) / np.where(high > low, high - low, 1.0)
    return found
