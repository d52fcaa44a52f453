"""Pairs of a path and a sound: what a terrain is trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.trajectory import LatentTrajectory, SpatialTrajectory


@dataclass(frozen=True, eq=False)
class Pair:
    """A path and a sound of equal length: frame t of the sound lives at point t of the path."""

    spatial: SpatialTrajectory
    latent: LatentTrajectory
    name: str


class TerrainDataset:
    """Pairs of spatial and latent trajectories, all of one control space and one codec.

    The pairing rule is ``stretch``: the path is resampled at equal arc length to as many points as the sound has
    frames, so nothing of the sound is lost. (nn.terrain pairs by index and cuts the longer of the two.)
    """

    def __init__(self) -> None:
        self._pairs: list[Pair] = []

    def add(
        self,
        spatial: SpatialTrajectory | ArrayLike,
        latent: LatentTrajectory | ArrayLike,
        name: str | None = None,
    ) -> TerrainDataset:
        """Add a pair and return the dataset, so that calls can be chained.

        Args:
            spatial: The path, ``[P, C]`` for any number P of points.
            latent: The sound, ``[T, D]``.
            name: What to call the pair; by default its number.

        Raises:
            ValueError: If a table is empty, not finite, of other dimensions than the pairs before, or if the path has
                no length while the sound has more than one frame.
        """
        label = name if name is not None else f"pair {len(self._pairs) + 1}"
        path = spatial if isinstance(spatial, SpatialTrajectory) else SpatialTrajectory(spatial)
        sound = latent if isinstance(latent, LatentTrajectory) else LatentTrajectory(latent)
        if self._pairs:
            expected = (self.control_dim, self.latent_dim)
            if (path.control_dim, sound.latent_dim) != expected:
                raise ValueError(
                    f"“{label}” maps {path.control_dim} control dimensions to {sound.latent_dim} latents, but the "
                    f"pairs before it map {expected[0]} to {expected[1]}; keep one control space and one codec"
                )
        self._pairs.append(Pair(path.resampled(len(sound)), sound, label))
        return self

    def __len__(self) -> int:
        return len(self._pairs)

    def __iter__(self) -> Iterator[Pair]:
        return iter(self._pairs)

    def __repr__(self) -> str:
        if not self._pairs:
            return "TerrainDataset(empty: add(spatial, latent) first)"
        return (
            f"TerrainDataset({len(self)} pairs, {self.frame_count} frames, "
            f"{self.control_dim}-D plane → {self.latent_dim} latents)"
        )

    @property
    def frame_count(self) -> int:
        """N, frames of all pairs together."""
        return sum(len(pair.latent) for pair in self._pairs)

    @property
    def control_dim(self) -> int:
        """C."""
        return self._first().spatial.control_dim

    @property
    def latent_dim(self) -> int:
        """D."""
        return self._first().latent.latent_dim

    @property
    def coordinates(self) -> NDArray[np.float32]:
        """All points, ``[N, C]``."""
        self._first()
        return np.concatenate([pair.spatial.values for pair in self._pairs])

    @property
    def latents(self) -> NDArray[np.float32]:
        """All frames, ``[N, D]``, in the order of ``coordinates``."""
        self._first()
        return np.concatenate([pair.latent.values for pair in self._pairs])

    def latent_range(self, margin: float = 0.25) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Lowest and highest latent per dimension, each ``[D]``, widened by ``margin`` of the spread.

        What lies far outside was never heard in the data; players keep latents within this range.
        """
        latents = self.latents
        low, high = latents.min(axis=0), latents.max(axis=0)
        spare = margin * np.maximum(high - low, 1e-3)
        return low - spare, high + spare

    def _first(self) -> Pair:
        if not self._pairs:
            raise ValueError("there are no pairs yet: draw a path for at least one encoded sound, then train")
        return self._pairs[0]
