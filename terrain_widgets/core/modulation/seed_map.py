"""A map of seeds: movements that are alike lie beside each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.exploration.projection import project
from terrain_widgets.core.modulation.basis import NOISES, basis
from terrain_widgets.core.modulation.hashing import Floats, Words, mixed

SEEDS = 256
#: How a map can be laid out.
LAYOUTS = ("umap", "pca")
_CELLS, _PER_CELL, _BANDS = 32, 32, 12


@dataclass(frozen=True, eq=False)
class SeedMap:
    """Where the movements of some seeds lie.

    Args:
        basis: Name of the noise.
        seeds: ``[N]``.
        places: ``[N, 2]`` from -1 to 1, y up: features by UMAP, or their first two principal components.
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
        order = self.order(place)
        return tuple(int(self.seeds[order[k % len(order)]]) for k in range(count))

    def order(self, place: ArrayLike) -> NDArray[np.intp]:
        """Numbers of all seeds, the one nearest to a place first.

        Args:
            place: x and y from -1 to 1.

        Raises:
            ValueError: If that is no pair of finite numbers.
        """
        where = np.asarray(place, dtype=np.float64).reshape(-1)
        if where.shape != (2,) or not np.isfinite(where).all():
            raise ValueError(f"a place on the seed map is two finite numbers, got {place!r:.80}")
        order: NDArray[np.intp] = np.argsort(((self.places - where) ** 2).sum(axis=1), kind="stable")
        return order


def made_seed_map(name: str, layout: str = "pca") -> SeedMap:
    """The map of 256 seeds of a noise, always the same; a quarter of a second, and by UMAP some seconds.

    Args:
        name: One of ``NOISES``.
        layout: How the features become places: ``"pca"``, or ``"umap"`` where that is installed.

    Raises:
        ValueError: If there is no such noise: cycles have no seed. Or no such layout.
        ModuleNotFoundError: If UMAP is not installed; names the command that installs it.
    """
    if layout not in LAYOUTS:
        raise ValueError(f"a seed map is laid out by {' or '.join(LAYOUTS)}, not by {layout!r:.40}")
    curves = curves_of_seeds(name)
    heat = np.abs(np.diff(curves, axis=1)).sum(axis=1)
    places = 2.0 * _unit(project(features(curves), layout)) - 1.0
    return SeedMap(name, seeds_of_map(), places, _unit(heat))


def seeds_of_map() -> Words:
    """The seeds that every map shows, ``[256]``."""
    return mixed(np.arange(1, SEEDS + 1, dtype=np.uint32))


def curves_of_seeds(name: str) -> Floats:
    """A thousand steps of each seed's movement, ``[256, 1024]``.

    Raises:
        ValueError: If there is no such noise.
    """
    if name not in NOISES:
        raise ValueError(f"a seed map is of a noise ({', '.join(NOISES)}), got {name!r:.40}")
    units = np.arange(_CELLS * _PER_CELL)[:, None] / _PER_CELL
    curves: Floats = basis(name, seeds_of_map(), units, units - np.floor(units)).T
    return curves


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
