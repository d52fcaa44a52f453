"""Where sounds belong that sound alike: near to each other. Paths laid out by what the codec says of each clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.projection import project
from terrain_widgets.core.paths.curves import Points
from terrain_widgets.core.paths.packing import pack
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory


def lay_out_by_similarity(
    latents: Sequence[LatentTrajectory], boundary: Boundary | None = None, method: str = "pca", seed: int = 0
) -> list[SpatialTrajectory]:
    """One packed curve per sound, with sounds of like mean latents near to each other.

    Args:
        latents: Of each sound, ``[T, D]``, all of one codec.
        boundary: The plane to fill; by default ±1.
        method: ``"pca"``, or ``"umap"`` or ``"tsne"`` where their libraries are installed.
        seed: Decides centres, shapes and the course of UMAP and t-SNE.

    Returns:
        As many two-dimensional paths as there are sounds, in their order.

    Raises:
        ValueError: If there is no such method, or the latents are of different codecs.
        ModuleNotFoundError: If the library of a method is not installed; names the command that installs it.
    """
    if not latents:
        return []
    places = project(clip_means(latents), method, seed)
    # By rank, so that one outlier does not push all the others into a corner.
    wishes = np.stack([(rankdata(column, "average") - 0.5) / len(column) for column in places.T], axis=1)
    return pack([len(sound) for sound in latents], boundary, seed, wishes)


def clip_means(latents: Sequence[LatentTrajectory]) -> Points:
    """The mean latent vector of each sound, ``[K, D]``.

    Raises:
        ValueError: If there is no sound, or they have different numbers of latents.
    """
    dims = {sound.latent_dim for sound in latents}
    if len(dims) != 1:
        raise ValueError(f"sounds are compared by latents of one codec, got {sorted(dims)} dimensions")
    return np.stack([sound.values.mean(axis=0, dtype=np.float64) for sound in latents])
