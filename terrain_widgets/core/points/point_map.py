"""Point-by-point steering: what sounds between labelled points, by small networks or by plain interpolation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from terrain_widgets.core.mapping import MappingState, register_mapping
from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.core.points.network_config import NetworkConfig, NetworkOptions
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.core.points.small_networks import SmallNetworks

FloatArray = NDArray[np.float32]
Evaluator = Callable[[FloatArray], Any]

_SAME_PLACE = 1e-6  # share of the points' extent below which two places are one


class Method(StrEnum):
    """How a ``PointMap`` fills the space between its points.

    ``networks``: one small network for each latent, "to keep each modeling task simpler and thus trainable with fewer
    examples" (Vigliensoni & Fiebrink 2023). ``joint``: one for all latents. ``nearest``: the nearest point's latents.
    ``idw``: all points, weighted by 1 / distance² (Shepard 1968). ``rbf``: thin-plate splines through all points
    (scipy's RBFInterpolator). The last three pass through the points; the networks pass near them.
    """

    NETWORKS = "networks"
    JOINT = "joint"
    NEAREST = "nearest"
    IDW = "idw"
    RBF = "rbf"


@dataclass(frozen=True, eq=False)
class PointMap:
    """A mapping fitted to points; it never changes, so it can be played while the next one is fitted.

    Args:
        method: How it fills the space between the points.
        places: The points' places, ``[N, C]`` in control units.
        latents: What sounds there, ``[N, D]``.
        config: What the networks look like; the other methods do not use it.
        weights: The networks' weights as ``SmallNetworks`` has them, or nothing.

    Raises:
        ValueError: If the tables do not fit each other, or (``rbf``) two points are at one place.
    """

    method: Method
    places: FloatArray
    latents: FloatArray
    config: NetworkConfig = field(default_factory=NetworkConfig)
    weights: tuple[FloatArray, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "method", Method(self.method))
        places, latents = np.asarray(self.places, np.float32), np.asarray(self.latents, np.float32)
        if places.ndim != 2 or latents.ndim != 2 or len(places) != len(latents) or len(places) < 1:
            raise ValueError(
                f"a point map needs places [N, C] and as many latents [N, D], "
                f"got shapes {places.shape}, {latents.shape}"
            )
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "latents", latents)
        middle, spread = _scale_of(places)
        evaluate: Evaluator
        if self.method in (Method.NETWORKS, Method.JOINT):
            evaluate = _network(self, middle, spread)
        elif self.method is Method.RBF:
            evaluate = _splines((places - middle) / spread, latents, middle, spread)
        else:
            evaluate = _beside(_nearest if self.method is Method.NEAREST else _shepard, places, latents)
        object.__setattr__(self, "_evaluate", evaluate)

    @classmethod
    def fit(
        cls, points: PointSet, method: Method | str = Method.NETWORKS, **settings: Unpack[NetworkOptions]
    ) -> PointMap:
        """A map fitted to the points that have latents; forty of them take a fraction of a second.

        Args:
            points: At least one with latents.
            method: How to fill the space between them.
            **settings: As ``NetworkConfig`` takes them: ``hidden``, ``layers``, ``decay``, ``seed``.

        Raises:
            ValueError: If no point has latents, a setting is out of range, or (``rbf``) two points are at one place.
            TypeError: If there is no such setting.
        """
        refuse_unknown("PointMap.fit", settings, ["points", "method", *NetworkOptions.__annotations__])
        method = Method(method)
        config = NetworkConfig(joint=method is Method.JOINT, **settings)
        places, latents = points.tables()
        if method not in (Method.NETWORKS, Method.JOINT):
            return cls(method, places, latents, config)
        x_middle, x_spread = _scale_of(places)
        y_middle, y_spread = _scale_of(latents)
        networks = SmallNetworks.fitted((places - x_middle) / x_spread, (latents - y_middle) / y_spread, config)
        return cls(method, places, latents, config, tuple(networks.weights))

    @property
    def control_dim(self) -> int:
        """C."""
        return int(self.places.shape[1])

    @property
    def latent_dim(self) -> int:
        """D."""
        return int(self.latents.shape[1])

    def __repr__(self) -> str:
        return f"PointMap({self.method}, {len(self.places)} points, {self.control_dim}-D → {self.latent_dim} latents)"

    def __call__(self, coordinates: Any) -> FloatArray:
        """Latents ``[N, D]`` at coordinates ``[N, C]`` in control units, float32.

        Raises:
            ValueError: If the shape is not ``[N, C]``.
        """
        table = np.asarray(coordinates, dtype=np.float32)
        if table.ndim != 2 or table.shape[1] != self.control_dim:
            raise ValueError(f"this map takes coordinates of shape [N, {self.control_dim}], got {list(table.shape)}")
        evaluate: Evaluator = self.__dict__["_evaluate"]
        return np.asarray(evaluate(table), dtype=np.float32)

    def to_state(self) -> MappingState:
        """The map as plain data."""
        arrays = {"places": self.places, "latents": self.latents}
        arrays |= {f"weights_{i}": table for i, table in enumerate(self.weights)}
        return MappingState("points", {"method": str(self.method), **asdict(self.config)}, arrays)

    @classmethod
    def from_state(cls, state: MappingState) -> PointMap:
        """A map from what ``to_state()`` gave.

        Raises:
            ValueError: If the arrays do not fit the configuration.
        """
        config = dict(state.config)
        method = Method(config.pop("method"))
        try:
            weights = tuple(state.arrays[f"weights_{i}"] for i in range(len(state.arrays) - 2))
            return cls(method, state.arrays["places"], state.arrays["latents"], NetworkConfig(**config), weights)
        except (KeyError, TypeError) as error:
            raise ValueError(f"these arrays do not belong to a point map of the method {method!r}: {error}") from error


def _scale_of(table: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and standard deviation of each column, 1 for one that does not vary."""
    wide = table.astype(np.float64)
    middle, spread = wide.mean(axis=0), wide.std(axis=0)
    return middle, np.where(spread > 1e-6 * (1 + np.abs(middle)), spread, 1.0)


def _network(owner: PointMap, x_middle: NDArray[np.float64], x_spread: NDArray[np.float64]) -> Evaluator:
    y_middle, y_spread = _scale_of(owner.latents)
    groups = 1 if owner.config.joint else owner.latent_dim
    widths = [owner.control_dim, *[owner.config.hidden] * owner.config.layers, owner.latent_dim // groups]
    wanted = []
    for inputs, outputs in zip(widths[:-1], widths[1:], strict=True):
        wanted += [(groups, inputs, outputs), (groups, 1, outputs)]
    if [table.shape for table in owner.weights] != wanted:
        raise ValueError(
            f"these weights do not belong to networks from {owner.control_dim} to {owner.latent_dim} dimensions: got "
            f"shapes {[table.shape for table in owner.weights]}, expected {wanted}; fit the map again"
        )
    networks = SmallNetworks(list(owner.weights))
    return lambda places: networks((places - x_middle) / x_spread) * y_spread + y_middle


def _splines(
    scaled: NDArray[np.float64], latents: FloatArray, middle: NDArray[np.float64], spread: NDArray[np.float64]
) -> Evaluator:
    distances = np.linalg.norm(scaled[:, None] - scaled[None], axis=-1) + np.eye(len(scaled))
    if distances.min() < _SAME_PLACE:
        a, b = np.unravel_index(distances.argmin(), distances.shape)
        raise ValueError(
            f"points {a + 1} and {b + 1} are at one place, where no interpolation can meet both; move or delete one"
        )
    # A thin plate also fits a plane, which needs points that span the space; fewer, or in a row, get cones instead.
    spans = np.linalg.matrix_rank(np.column_stack([np.ones(len(scaled)), scaled]), tol=1e-6) == scaled.shape[1] + 1
    kernel, degree = ("thin_plate_spline", 1) if spans else ("linear", 0)
    interpolator = RBFInterpolator(scaled, latents.astype(np.float64), kernel=kernel, degree=degree)
    return lambda places: interpolator((places - middle) / spread)


def _beside(
    rule: Callable[[NDArray[np.float64], FloatArray, float], Any], places: FloatArray, latents: FloatArray
) -> Evaluator:
    """An evaluator that asks ``rule`` with squared distances to all points, some rows at a time."""
    squares = (places.astype(np.float64) ** 2).sum(axis=1)
    extent = float(np.ptp(places, axis=0).max()) or 1.0
    known = places.astype(np.float64)

    def evaluate(asked: FloatArray) -> FloatArray:
        parts = []
        for rows in np.array_split(asked.astype(np.float64), max(1, len(asked) // 4096)):
            offsets = rows[:, None, :] - known if len(rows) * len(known) * rows.shape[1] < 2**22 else None
            if offsets is None:
                squared = np.maximum((rows**2).sum(axis=1)[:, None] - 2 * rows @ known.T + squares, 0.0)
            else:
                squared = (offsets**2).sum(axis=-1)
            parts.append(rule(squared, latents, extent))
        return np.concatenate(parts)

    return evaluate


def _nearest(squared: NDArray[np.float64], latents: FloatArray, _extent: float) -> FloatArray:
    rows: FloatArray = latents[squared.argmin(axis=1)]
    return rows


def _shepard(squared: NDArray[np.float64], latents: FloatArray, extent: float) -> NDArray[np.float64]:
    weights = 1 / np.maximum(squared, (_SAME_PLACE * extent) ** 2)  # at a point its weight is 10¹² times any other's
    return np.asarray((weights / weights.sum(axis=1, keepdims=True)) @ latents)


register_mapping("points", PointMap.from_state)
