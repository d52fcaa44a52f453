"""A map of sounds: points on a plane, each with the latents that sound there and the name of the sound it is of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.neighbour_map import NeighbourMap

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int32]

MARGIN = 0.05  # share of the plane that is left free on each side


@dataclass(frozen=True, eq=False)
class SoundMap:
    """Points on a plane.

    Args:
        places: ``[N, 2]`` in 0…1, x to the right and y up.
        latents: What sounds there, ``[N, D]``.
        names: What the sounds are called.
        group: Which of the names each point is of, ``[N]``.
        frame: The latent frame of its sound at which a point begins, ``[N]``.
        frames: How many frames it is the mean of, ``[N]``.
        ids: The sounds' ids in a session, in the order of ``names``; empty where they have none.
        measured: Measures of each point ``[N]`` by name, such as ``loudness``; NaN where there is none.
        method: How it was projected.

    Raises:
        ValueError: If the columns do not fit each other, or are not finite.
    """

    places: FloatArray
    latents: FloatArray
    names: tuple[str, ...]
    group: IntArray
    frame: IntArray
    frames: IntArray
    ids: tuple[str, ...] = ()
    measured: Mapping[str, FloatArray] = field(default_factory=lambda: MappingProxyType({}))
    method: str = "pca"

    def __post_init__(self) -> None:
        count = len(self.places)
        columns = (self.latents, self.group, self.frame, self.frames, *self.measured.values())
        fits = np.shape(self.places) == (count, 2) and count and self.latents.ndim == 2
        if not fits or any(len(column) != count for column in columns):
            raise ValueError(f"a map's columns must be equally long, got {[len(c) for c in (self.places, *columns)]}")
        inside = len(self.names) and self.group.min() >= 0 and self.group.max() < len(self.names)
        if not inside or (self.ids and len(self.ids) != len(self.names)):
            raise ValueError(f"every point of a map is of one of its {len(self.names)} sounds, and each has one id")
        if not np.isfinite(self.places).all() or not np.isfinite(self.latents).all():
            raise ValueError("the places and latents of a map must be finite")

    def __len__(self) -> int:
        return len(self.places)

    def __repr__(self) -> str:
        return f"SoundMap({len(self)} points of {len(self.names)} sounds, {self.latents.shape[1]} latents)"

    def name_of(self, point: int) -> str:
        """What a point is called: its sound's name, with the frame where the sound has several points."""
        group = int(self.group[point])
        several = int((self.group == group).sum()) > 1
        return f"{self.names[group]}, frame {int(self.frame[point])}" if several else self.names[group]

    def on(self, boundary: Boundary) -> FloatArray:
        """The points' places ``[N, 2]`` in control units of a plane, with some margin."""
        unit = MARGIN + (1 - 2 * MARGIN) * self.places.astype(np.float64)
        places: FloatArray = boundary.from_unit(np.stack([unit[:, 0], 1 - unit[:, 1]], axis=1)).astype(np.float32)
        return places

    def mapping(self, boundary: Boundary, neighbours: int, power: float) -> NeighbourMap:
        """The map as something that plays on a plane: snapped to the nearest point, or a blend of some."""
        left, top, right, bottom = boundary.as_tuple()
        unit = np.abs(np.array([right - left, bottom - top])) * (1 - 2 * MARGIN)
        return NeighbourMap(self.on(boundary), self.latents, neighbours, power, unit.astype(np.float32))
