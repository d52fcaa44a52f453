"""What sounds between the points of a map of sounds: the nearest one, or a blend of a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.exploration.blending import NEIGHBOURS, POWER
from terrain_widgets.core.mapping import MappingState, register_mapping

FloatArray = NDArray[np.float32]

_SOFTENING = 1e-6  # added to a squared distance in map units, so that a point itself has a finite weight


@dataclass(frozen=True, eq=False)
class NeighbourMap:
    """A mapping between any number of points: the latents of the k nearest ones, weighted by distance.

    With ``neighbours=1`` it snaps to the nearest point. Otherwise it blends by inverse distance, as LatentAudio does
    with five: weights ``1 / (d² + 1e-6)``, here ``(d² + 1e-6) ** (-power / 2)``, with d in units of the map. Of several
    points at one place the first counts. A place that is exactly a point's gives that point's latents.

    Args:
        places: The points' places ``[N, C]`` in control units.
        latents: What sounds there, ``[N, D]``.
        neighbours: How many are blended; all of them if there are fewer.
        power: Of the distance in the weights.
        unit: Control units in one unit of the map, ``[C]``; by default the extent of the places.

    Raises:
        ValueError: If the tables do not fit each other or are not finite, or a number is out of range.
    """

    places: FloatArray
    latents: FloatArray
    neighbours: int = int(NEIGHBOURS.default)
    power: float = POWER.default
    unit: FloatArray | None = None

    def __post_init__(self) -> None:
        places, latents = np.asarray(self.places, np.float32), np.asarray(self.latents, np.float32)
        tables = places.ndim == latents.ndim == 2 and len(places) == len(latents) >= 1 and places.shape[1] >= 1
        if not tables or not np.isfinite(places).all() or not np.isfinite(latents).all():
            raise ValueError(
                f"a map needs finite places [N, C] and as many latents [N, D], "
                f"got shapes {places.shape}, {latents.shape}"
            )
        extent = np.ptp(places, axis=0)
        unit = np.where(extent > 0, extent, 1.0) if self.unit is None else np.abs(np.asarray(self.unit))
        unit = unit.astype(np.float32)
        if unit.shape != (places.shape[1],) or not np.isfinite(unit).all() or not (unit > 0).all():
            raise ValueError(f"a map's unit is one number above 0 for each of {places.shape[1]} dimensions, got {unit}")
        first = np.sort(np.unique(places, axis=0, return_index=True)[1])
        places, latents = places[first], latents[first]
        for name, value in {
            "places": places, "latents": latents, "unit": unit,
            "neighbours": int(NEIGHBOURS.check(self.neighbours)), "power": float(POWER.check(self.power)),
        }.items():  # fmt: skip
            object.__setattr__(self, name, value)
        from scipy.spatial import cKDTree  # here, so that a session opens without scipy

        object.__setattr__(self, "_tree", cKDTree(places.astype(np.float64) / unit))

    @property
    def control_dim(self) -> int:
        """C."""
        return int(self.places.shape[1])

    @property
    def latent_dim(self) -> int:
        """D."""
        return int(self.latents.shape[1])

    def __repr__(self) -> str:
        how = "nearest" if self.neighbours == 1 else f"{self.neighbours} nearest blended"
        return f"NeighbourMap({len(self.places)} points, {how}, {self.control_dim}-D → {self.latent_dim} latents)"

    def __call__(self, coordinates: Any) -> FloatArray:
        """Latents ``[N, D]`` at coordinates ``[N, C]`` in control units, float32.

        Raises:
            ValueError: If the shape is not ``[N, C]``.
        """
        table = np.asarray(coordinates, dtype=np.float32)
        if table.ndim != 2 or table.shape[1] != self.control_dim:
            raise ValueError(f"this map takes coordinates of shape [N, {self.control_dim}], got {list(table.shape)}")
        count = min(self.neighbours, len(self.places))
        tree = self.__dict__["_tree"]
        distances, nearest = tree.query(table.astype(np.float64) / np.asarray(self.unit), k=range(1, count + 1))
        if count == 1:
            snapped: FloatArray = self.latents[nearest[:, 0]]
            return snapped
        weights = (distances**2 + _SOFTENING) ** (-self.power / 2)
        weights = np.where(distances[:, :1] == 0.0, distances == 0.0, weights)
        weights = weights / weights.sum(axis=1, keepdims=True)
        blended: FloatArray = np.einsum("nk,nkd->nd", weights, self.latents[nearest]).astype(np.float32)
        return blended

    def to_state(self) -> MappingState:
        """The map as plain data."""
        arrays = {"places": self.places, "latents": self.latents, "unit": np.asarray(self.unit, np.float32)}
        return MappingState("neighbours", {"neighbours": self.neighbours, "power": self.power}, arrays)

    @classmethod
    def from_state(cls, state: MappingState) -> NeighbourMap:
        """A map from what ``to_state()`` gave.

        Raises:
            ValueError: If the arrays do not belong to a map.
        """
        try:
            arrays, config = state.arrays, state.config
            return cls(arrays["places"], arrays["latents"], config["neighbours"], config["power"], arrays["unit"])
        except KeyError as error:
            raise ValueError(f"these arrays do not belong to a map of sounds: {error} is missing") from error


register_mapping("neighbours", NeighbourMap.from_state)
