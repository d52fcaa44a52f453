"""Pairs as nn.terrain makes them: by index, without resampling."""

from __future__ import annotations

from collections.abc import Iterable

from numpy.typing import ArrayLike

from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.core.training.dataset import Pair, TerrainDataset


class IndexedDataset(TerrainDataset):
    """Pairs by index, as nn.terrain trains on them: point t belongs to frame t, and the longer of the two is cut.

    (``TerrainDataset`` spreads a path over a sound instead.)

    Args:
        anchors: The drawn corners by trajectory, each ``[P, 2]``; empty where a file had none.

    Attributes:
        notes: One sentence for everything of a file that nn.terrain would not train on, and which is not here either.
    """

    def __init__(self, anchors: Iterable[SpatialTrajectory] = ()) -> None:
        super().__init__()
        self.anchors = tuple(anchors)
        self.notes: list[str] = []

    def add_indexed(
        self,
        spatial: SpatialTrajectory | ArrayLike,
        latent: LatentTrajectory | ArrayLike,
        name: str | None = None,
    ) -> IndexedDataset:
        """Add a pair as it is and return the dataset.

        Args:
            spatial: Points ``[P, C]``.
            latent: Frames ``[T, D]``; min(P, T) of both are kept.
            name: What to call the pair; by default its number.

        Raises:
            ValueError: If a table is empty, not finite, or of other dimensions than the pairs before.
        """
        points = spatial if isinstance(spatial, SpatialTrajectory) else SpatialTrajectory(spatial)
        frames = latent if isinstance(latent, LatentTrajectory) else LatentTrajectory(latent)
        label = name if name is not None else f"pair {len(self) + 1}"
        count = min(len(points), len(frames))
        if len(points) != len(frames):
            self.notes.append(
                f"“{label}” has {len(points)} points and {len(frames)} frames: the first {count} are kept"
            )
        kept = LatentTrajectory(frames.values[:count], frames.frame_rate)
        self.include(Pair(SpatialTrajectory(points.values[:count]), kept, label))
        return self
