"""Where something sounds like this: the places of a terrain, or the points of a map, nearest to given latents."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Found:
    """A place, and how far its sound is from what was looked for.

    Args:
        place: ``[2]`` in control units.
        distance: Root mean square over the latents of the difference, in standard deviations of what was searched.
        frame: Which frame of what was looked for it is nearest to.
    """

    place: FloatArray
    distance: float
    frame: int


@dataclass(frozen=True, eq=False)
class Followed:
    """A sound as a mapping plays it best: for each of its frames the nearest place.

    Args:
        places: ``[T, 2]`` in control units.
        latents: The mapping's there, ``[T, D]``.
    """

    places: FloatArray
    latents: FloatArray


@dataclass(frozen=True, eq=False)
class Findings:
    """What a search gave.

    Args:
        heat: Distance to the nearest frame on a grid ``[H, W]``, row 0 at the top of the plane.
        ranked: The best places, each better than all around it, the best first.
        searched: What was searched.
        boundary: The plane that the grid covers.
    """

    heat: FloatArray
    ranked: tuple[Found, ...]
    searched: Mapping
    boundary: Boundary

    @property
    def nearness(self) -> FloatArray:
        """The heat as a share, ``[H, W]``: 1 at the best place, 0 where it is no nearer than at half of all places."""
        best, middle = float(self.heat.min()), float(np.median(self.heat))
        share: FloatArray = ((middle - self.heat) / max(middle - best, 1e-12)).astype(np.float32)
        return np.clip(share, 0.0, 1.0)


def find_places(
    mapping: Mapping, latents: ArrayLike, boundary: Boundary, resolution: int = 64, most: int = 8
) -> Findings:
    """Where on a plane a mapping's latents are nearest to any frame of a sound.

    Args:
        mapping: From ``[N, 2]`` to ``[N, D]``.
        latents: What to look for, ``[T, D]`` or ``[D]``.
        boundary: The plane that is searched.
        resolution: Cells along each side.
        most: Length of the list.

    Raises:
        ValueError: If the latents are of another codec, or the mapping is not of two dimensions.
    """
    from scipy.ndimage import minimum_filter  # here, so that a session opens without scipy

    wanted = np.atleast_2d(np.asarray(latents, dtype=np.float64))
    places, there = _on_grid(mapping, wanted, boundary, resolution)
    distance, frame = nearest(there, wanted)
    heat = distance.reshape(resolution, resolution)
    best = np.flatnonzero((heat == minimum_filter(heat, 5, mode="nearest")).ravel())
    best = best[np.argsort(distance[best], kind="stable")][:most]
    ranked = tuple(Found(places[i], float(distance[i]), int(frame[i])) for i in best)
    return Findings(heat.astype(np.float32), ranked, mapping, boundary)


def follow(mapping: Mapping, latents: ArrayLike, boundary: Boundary, resolution: int = 96) -> Followed:
    """For each frame of a sound, the place on a plane whose latents are nearest: what a mapping has of the sound.

    Args:
        mapping: As for ``find_places``.
        latents: The sound's, ``[T, D]``.
        boundary: The plane that is searched.
        resolution: Cells along each side.

    Raises:
        ValueError: As ``find_places``.
    """
    from scipy.spatial import cKDTree  # here, so that a session opens without scipy

    wanted = np.atleast_2d(np.asarray(latents, dtype=np.float64))
    places, there = _on_grid(mapping, wanted, boundary, resolution)
    scale = _scale(there)
    index = cKDTree(there / scale).query(wanted / scale)[1]
    return Followed(places[index], there[index].astype(np.float32))


def _on_grid(
    mapping: Mapping, wanted: NDArray[np.float64], boundary: Boundary, resolution: int
) -> tuple[FloatArray, NDArray[np.float64]]:
    """Places all over a plane, row by row from the top, and the mapping's latents there."""
    if mapping.control_dim != 2 or wanted.shape[1] != mapping.latent_dim:
        raise ValueError(
            f"places are found on a plane for {mapping.latent_dim} latents, got {mapping.control_dim} dimensions and "
            f"{wanted.shape[1]} latents"
        )
    ticks = (np.arange(resolution) + 0.5) / resolution
    unit = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    places = boundary.from_unit(unit).astype(np.float32)
    return places, np.asarray(mapping(places), dtype=np.float64)


def nearest(searched: ArrayLike, wanted: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """For each row searched ``[N, D]``, its distance to the nearest row wanted ``[T, D]``, and which that is.

    Each latent counts in units of its standard deviation among the rows searched, so that no loud one decides alone.
    """
    from scipy.spatial import cKDTree  # here, so that a session opens without scipy

    table, rows = np.asarray(searched, dtype=np.float64), np.atleast_2d(np.asarray(wanted, dtype=np.float64))
    scale = _scale(table)
    distance, index = cKDTree(rows / scale).query(table / scale)
    return np.asarray(distance), np.asarray(index)


def _scale(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """What one unit of distance is in each latent, ``[D]``, so that distances are root mean squares."""
    spread = table.std(axis=0)
    scale: NDArray[np.float64] = np.where(spread > 1e-9, spread, 1.0) * np.sqrt(table.shape[1])
    return scale
