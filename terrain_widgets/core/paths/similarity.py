"""Where sounds belong that sound alike: near to each other. Paths laid out by what the codec says of each clip."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.curves import Points
from terrain_widgets.core.paths.packing import pack
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory

METHODS = ("pca", "umap")
_FEWEST_FOR_UMAP = 5


def lay_out_by_similarity(
    latents: Sequence[LatentTrajectory], boundary: Boundary | None = None, method: str = "pca", seed: int = 0
) -> list[SpatialTrajectory]:
    """One packed curve per sound, with sounds of like mean latents near to each other.

    Args:
        latents: Of each sound, ``[T, D]``, all of one codec.
        boundary: The plane to fill; by default ±1.
        method: ``"pca"``, or ``"umap"`` where umap-learn is installed.
        seed: Decides centres, shapes and UMAP's course.

    Returns:
        As many two-dimensional paths as there are sounds, in their order.

    Raises:
        ValueError: If there is no such method, or the latents are of different codecs.
        ModuleNotFoundError: If umap-learn is asked for and not installed; names the command that installs it.
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


def project(features: ArrayLike, method: str = "pca", seed: int = 0) -> Points:
    """Features ``[K, F]`` to places on a plane ``[K, 2]``, each feature first scaled to a deviation of 1.

    PCA's axes are turned so that their strongest feature grows along them; UMAP, which needs five sounds or more, falls
    back to PCA below that.

    Args:
        features: One row per sound.
        method: ``"pca"`` or ``"umap"``.
        seed: Of UMAP.

    Raises:
        ValueError: If there is no such method, or the features are no finite table.
        ModuleNotFoundError: If umap-learn is asked for and not installed; names the command that installs it.
    """
    table = np.asarray(features, dtype=np.float64)
    if method not in METHODS:
        raise ValueError(f"sounds are placed by {' or '.join(METHODS)}, not by {method!r}")
    if table.ndim != 2 or table.shape[0] < 1 or not np.isfinite(table).all():
        raise ValueError(f"features must be a finite table [K, F], got shape {table.shape}")
    spread = table.std(axis=0)
    scaled = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    if method == "umap":
        return _umap(scaled, seed)
    return _pca(scaled)


def _pca(scaled: Points) -> Points:
    axes = np.linalg.svd(scaled, full_matrices=False)[2][:2]
    strongest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    places = scaled @ (axes * np.where(strongest < 0, -1.0, 1.0)[:, None]).T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _umap(scaled: Points, seed: int) -> Points:
    try:
        from umap import UMAP
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'placing sounds by UMAP needs umap-learn: pip install "terrain_widgets[umap]", or use method="pca"'
        ) from error
    if len(scaled) < _FEWEST_FOR_UMAP:
        return _pca(scaled)
    neighbours = min(15, len(scaled) - 1)
    umap = UMAP(n_neighbors=neighbours, init="random", random_state=seed, n_jobs=1)
    return np.asarray(umap.fit_transform(scaled), dtype=np.float64)
