"""Discarded terrains, which can be restored."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeGuard

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from terrain_widgets.core.terrain.terrain import Terrain

_MOST = 8


@dataclass(frozen=True)
class DiscardedTerrain:
    """A terrain and its training.

    Args:
        terrain: A snapshot that nobody changes.
        losses: Its training's steps, ``[K, 2]``: step, loss.
    """

    terrain: Terrain = field(repr=False)
    losses: NDArray[np.float64] = field(repr=False)

    @property
    def name(self) -> str:
        """How a user knows it again."""
        best = f", loss {self.losses[:, 1].min():.4f}" if len(self.losses) else ""
        return f"ruggedness {self.terrain.config.gauss_scale:g}{best}"


class DiscardedTerrains:
    """The terrains that were discarded last, a few of them."""

    def __init__(self) -> None:
        self._kept: deque[DiscardedTerrain] = deque(maxlen=_MOST)

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, terrain: object, losses: NDArray[np.float64]) -> None:
        """Remember a snapshot that is about to be discarded, once; anything but a terrain is not."""
        if _is_terrain(terrain) and all(kept.terrain is not terrain for kept in self._kept):
            self._kept.append(DiscardedTerrain(terrain, losses))

    def swap(self, terrain: object, losses: NDArray[np.float64]) -> DiscardedTerrain:
        """Swap the present terrain with the one that was discarded last.

        Asked again and again it goes through all of them, and starts again.

        Raises:
            ValueError: If none was discarded.
        """
        if not self._kept:
            raise ValueError("no terrain was discarded yet, so there is none to restore")
        found = self._kept.pop()
        if _is_terrain(terrain):
            self._kept.appendleft(DiscardedTerrain(terrain, losses))
        return found

    def clear(self) -> None:
        """Forget them all."""
        self._kept.clear()


def _is_terrain(mapping: object) -> TypeGuard[Terrain]:
    from terrain_widgets.core.terrain.terrain import Terrain  # not before there can be one: it brings torch

    return mapping is not None and isinstance(mapping, Terrain)
