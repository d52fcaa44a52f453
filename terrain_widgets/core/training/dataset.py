"""Pairs of a path and a sound: what a terrain is trained on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.paths.fixed_spacing import LATENT_DENSITY
from terrain_widgets.core.paths.pairing import PairingRule, pair
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory


@dataclass(frozen=True, eq=False)
class Pair:
    """A path and a sound of equal length: frame t of the sound lives at point t of the path.

    Args:
        spatial: ``[N, C]``.
        latent: ``[N, D]``.
        name: What the user calls it.
        rule: How the frames came to their points.
        warnings: What the user should know about that, in sentences.
    """

    spatial: SpatialTrajectory
    latent: LatentTrajectory
    name: str
    rule: PairingRule = PairingRule.STRETCH
    warnings: tuple[str, ...] = ()


class TerrainDataset:
    """Pairs of spatial and latent trajectories, all of one control space and one codec.

    By default the pairing rule is ``stretch``: the path is resampled at equal arc length to as many points as the sound
    has frames, so nothing of the sound is lost. (nn.terrain pairs by index and cuts the longer of the two, in silence;
    its rule is here too, with a warning.)
    """

    def __init__(self) -> None:
        self._pairs: list[Pair] = []

    def add(
        self,
        spatial: SpatialTrajectory | ArrayLike,
        latent: LatentTrajectory | ArrayLike,
        name: str | None = None,
        rule: PairingRule | str = PairingRule.STRETCH,
        density: float = LATENT_DENSITY.default,
    ) -> TerrainDataset:
        """Add a pair and return the dataset, so that calls can be chained.

        Args:
            spatial: The path, ``[P, C]`` for any number P of points.
            latent: The sound, ``[T, D]``.
            name: What to call the pair; by default its number.
            rule: ``stretch``, ``speed`` or ``nn.terrain``; see ``PairingRule``.
            density: nn.terrain's spacing ``latent_density``, used by its rule only.

        Raises:
            ValueError: If a table is empty, not finite, of other dimensions than the pairs before, if the path has no
                length while the sound has more than one frame, or if there is no such rule.
        """
        label = name if name is not None else f"pair {len(self._pairs) + 1}"
        path = spatial if isinstance(spatial, SpatialTrajectory) else SpatialTrajectory(spatial)
        sound = latent if isinstance(latent, LatentTrajectory) else LatentTrajectory(latent)
        self._check(path, sound, label)
        paired = pair(path, sound, rule, density)
        self._pairs.append(Pair(paired.spatial, paired.latent, label, PairingRule(rule), paired.warnings))
        return self

    def include(self, made: Pair) -> TerrainDataset:
        """Add a pair that is made already, as it is, and return the dataset.

        Raises:
            ValueError: If it is of other dimensions than the pairs before.
        """
        self._check(made.spatial, made.latent, made.name)
        self._pairs.append(made)
        return self

    def _check(self, path: SpatialTrajectory, sound: LatentTrajectory, label: str) -> None:
        if self._pairs:
            expected = (self.control_dim, self.latent_dim)
            if (path.control_dim, sound.latent_dim) != expected:
                raise ValueError(
                    f"“{label}” maps {path.control_dim} control dimensions to {sound.latent_dim} latents, but the "
                    f"pairs before it map {expected[0]} to {expected[1]}; keep one control space and one codec"
                )

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """All pairs, in the order in which they were added."""
        return tuple(self._pairs)

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
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the pairs: sentences, each led by its pair's name."""
        return tuple(f"“{each.name}”: {sentence}" for each in self._pairs for sentence in each.warnings)

    @property
    def frame_count(self) -> int:
        """N, frames of all pairs together."""
        return sum(len(each.latent) for each in self._pairs)

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
        return np.concatenate([each.spatial.values for each in self._pairs])

    @property
    def latents(self) -> NDArray[np.float32]:
        """All frames, ``[N, D]``, in the order of ``coordinates``."""
        self._first()
        return np.concatenate([each.latent.values for each in self._pairs])

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
