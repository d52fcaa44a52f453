"""Labelled points as nn.terrain collects them: trajectories of one coordinate, each paired with one latent.

Over there its canvas, in the mode *Points*, gives the coordinates, and ``nn.terrain.record``'s ``poke`` the latents.
Labels and colours have no place in its dictionaries and stay behind.
"""

from __future__ import annotations

import os

import numpy as np

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain.dataset import load_dataset, save_dataset
from terrain_widgets.interop.nn_terrain.indexed_dataset import IndexedDataset


def points_dataset(points: PointSet) -> IndexedDataset:
    """The points that have latents, as pairs of one point and one frame each.

    Those of a plane are ``anchors`` too, which nn.terrain's canvas can edit.

    Raises:
        ValueError: If no point has latents.
    """
    places, latents = points.tables()
    anchors = [SpatialTrajectory(place[None]) for place in places] if places.shape[1] == 2 else []
    dataset = IndexedDataset(anchors)
    for point, place, latent in zip(points.attached, places, latents, strict=True):
        dataset.add_indexed(place[None], latent[None], point.label or point.id)
    return dataset


def save_points(
    points: PointSet, path: str | os.PathLike[str], latents_path: str | os.PathLike[str] | None = None
) -> None:
    """Write the points that have latents for nn.terrain's ``dictionary`` message, exact to the last bit of float32.

    Args:
        points: At least one with latents.
        path: Where to.
        latents_path: Where to write the latents instead, as nn.terrain itself keeps them.

    Raises:
        ValueError: If no point has latents.
    """
    save_dataset(points_dataset(points), path, latents_path)


def load_points(
    *paths: str | os.PathLike[str], boundary: Boundary | None = None, onto: Boundary | None = None
) -> PointSet:
    """Points that were collected in nn.terrain.

    Args:
        paths: One file with coordinates and latents, or one for each.
        boundary: The plane over there; the file does not say, and nn.terrain's default is ±16 × ±4. ``None`` leaves the
            numbers as they are.
        onto: The plane to spread that over, where ``boundary`` is given; left out, ±1.

    Raises:
        ForeignFileError: If a file cannot be read, or holds trajectories that are longer than a point.
        ValueError: If a boundary is given for points that are not of a plane.
    """
    dataset = load_dataset(*paths)
    longer = next((pair for pair in dataset if len(pair.latent) > 1), None)
    if longer is not None:
        raise ForeignFileError(
            f"“{longer.name}” has {len(longer.latent)} frames, and a point has one; such a file is trained on as a "
            "dataset, see load_dataset"
        )
    points = PointSet()
    for pair in dataset:
        place = pair.spatial.values[0].astype(np.float64)
        if boundary is not None:
            if len(place) != 2:
                raise ValueError(f"a boundary is for points of a plane, but these have {len(place)} dimensions")
            place = (onto or Boundary()).from_unit(boundary.to_unit(place[None]))[0]
        points = points.placed(place, pair.latent.values[0])
    return points
