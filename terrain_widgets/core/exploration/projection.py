"""Feature vectors on a plane: by principal components at once, by UMAP or t-SNE where these are installed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Table = NDArray[np.float64]

METHODS = ("pca", "umap", "tsne")
_FEWEST_NEIGHBOURS = 5  # below that neither UMAP nor t-SNE has anything to arrange


def project(features: ArrayLike, method: str = "pca", seed: int = 0) -> Table:
    """Features ``[N, F]`` to places on a plane ``[N, 2]``, each feature first scaled to a deviation of 1.

    PCA's axes are turned so that their strongest feature grows along them. UMAP and t-SNE need five rows or more and
    fall back to PCA below that.

    Args:
        features: One row per sound or frame.
        method: ``"pca"``, ``"umap"`` or ``"tsne"``.
        seed: Of UMAP and t-SNE.

    Raises:
        ValueError: If there is no such method, or the features are no finite table.
        ModuleNotFoundError: If the library of a method is not installed; names the command that installs it.
    """
    table = np.asarray(features, dtype=np.float64)
    if method not in METHODS:
        raise ValueError(f"sounds are placed by {', '.join(METHODS[:-1])} or {METHODS[-1]}, not by {method!r}")
    if table.ndim != 2 or table.shape[0] < 1 or not np.isfinite(table).all():
        raise ValueError(f"features must be a finite table [N, F], got shape {table.shape}")
    spread = table.std(axis=0)
    scaled = (table - table.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    by: dict[str, Callable[[Table, int], Table]] = {"umap": _umap, "tsne": _tsne}
    places = by[method](scaled, seed) if method in by else _pca(scaled)
    return np.asarray(places, dtype=np.float64)


def normalised(places: ArrayLike) -> NDArray[np.float32]:
    """Places ``[N, 2]`` spread over 0…1 in each dimension; a dimension that does not vary is 0.5 everywhere."""
    table = np.asarray(places, dtype=np.float64)
    low, extent = table.min(axis=0), np.ptp(table, axis=0)
    spread: NDArray[np.float32] = np.where(extent > 0, (table - low) / np.where(extent > 0, extent, 1.0), 0.5).astype(
        np.float32
    )
    return spread


def _pca(scaled: Table) -> Table:
    axes = np.linalg.svd(scaled, full_matrices=False)[2][:2]
    strongest = axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)]
    places = scaled @ (axes * np.where(strongest < 0, -1.0, 1.0)[:, None]).T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _umap(scaled: Table, seed: int) -> Table:
    try:
        from umap import UMAP
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'placing sounds by UMAP needs umap-learn: pip install "terrain_widgets[umap]", or use method="pca"'
        ) from error
    if len(scaled) < _FEWEST_NEIGHBOURS:
        return _pca(scaled)
    umap = UMAP(n_neighbors=min(15, len(scaled) - 1), init="random", random_state=seed, n_jobs=1)
    places: Table = umap.fit_transform(scaled)
    return places


def _tsne(scaled: Table, seed: int) -> Table:
    try:
        from sklearn.manifold import TSNE
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            'placing sounds by t-SNE needs scikit-learn: pip install "terrain_widgets[tsne]", or use method="pca"'
        ) from error
    if len(scaled) < _FEWEST_NEIGHBOURS:
        return _pca(scaled)
    init = "pca" if scaled.shape[1] > 1 else "random"
    tsne = TSNE(perplexity=min(30, len(scaled) - 1), init=init, random_state=seed, n_jobs=1)
    places: Table = tsne.fit_transform(scaled)
    return places
