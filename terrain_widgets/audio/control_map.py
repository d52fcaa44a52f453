"""A control map: how all modulators are set at a few places, and with that at every place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.fitted_control_map import PREFIX, FittedControlMap, number_of, share_of
from terrain_widgets.audio.parameters import PARAMETERS, POINT_METHODS
from terrain_widgets.audio.patch import Patch, from_jsonable, jsonable
from terrain_widgets.core import mapping
from terrain_widgets.core.parameter import Value
from terrain_widgets.core.points.points import ControlPoint, PointSet

FORMAT, VERSION = "terrain_widgets/control map", 1
MOST_POINTS = 1000
_FARTHEST = 1e6  # control units
#: Parameters of each group by their last word; those that are no numbers between, are as at the nearest point.
GROUPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "seed": ("seed",),
        "time": ("loop_in", "loop", "chaos"),
        "jump": ("jump", "smooth"),
        "energy": ("energy",),
        "deviation": ("deviation",),
    }
)
_NUMBERS = frozenset({"loop", "chaos", "jump", "smooth", "energy", "deviation"})


@dataclass(frozen=True, eq=False)
class MapPoint:
    """How the modulators are set at one place.

    Args:
        place: x and y in control units.
        values: Value of each parameter in ``GROUPS``, by address.

    Raises:
        ValueError: If the place is no pair of finite numbers, or a value is out of its range.
    """

    place: tuple[float, float]
    values: Mapping[str, Value]

    def __post_init__(self) -> None:
        place = np.asarray(self.place, dtype=np.float64)
        if place.shape != (2,) or not (np.abs(place) <= _FARTHEST).all():
            raise ValueError(
                f"the place of a control map's point is two numbers from -{_FARTHEST:g} to {_FARTHEST:g}, "
                f"got {str(self.place):.80}"
            )
        object.__setattr__(self, "place", (float(place[0]), float(place[1])))
        known = [address for words in GROUPS.values() for address in (PREFIX + word for word in words)]
        strange = [address for address in self.values if address not in known]
        if strange:
            raise ValueError(f"a control map says nothing of {strange[0]!r:.80}; it knows {', '.join(known)}")
        checked = Patch({address: self.values[address] for address in known if address in self.values})
        object.__setattr__(self, "values", {address: checked[address] for address in known})

    @classmethod
    def of(cls, place: ArrayLike, patch: Patch) -> MapPoint:
        """How a patch has the modulators, for a place."""
        x, y = np.asarray(place, dtype=np.float64)[:2]
        words = (word for words in GROUPS.values() for word in words)
        return cls((float(x), float(y)), {PREFIX + word: patch[PREFIX + word] for word in words})


@dataclass(frozen=True, eq=False)
class ControlMap:
    """Points of a control map, and how it goes from place to place between them.

    Args:
        points: In the order in which they came.
        method: How the space between is filled, as for labelled points.
        groups: Which groups it plays; the others stay as they are set.

    Raises:
        ValueError: If there are too many points, or no such method or group.
    """

    points: tuple[MapPoint, ...] = ()
    method: str = "networks"
    groups: frozenset[str] = field(default_factory=lambda: frozenset({"energy", "deviation"}))

    def __post_init__(self) -> None:
        if len(self.points) > MOST_POINTS:
            raise ValueError(f"a control map has at most {MOST_POINTS} points, got {len(self.points)}")
        if self.method not in POINT_METHODS:
            raise ValueError(f"method is one of {', '.join(POINT_METHODS)}, got {self.method!r:.80}")
        if not self.groups <= set(GROUPS):
            raise ValueError(f"groups are some of {', '.join(GROUPS)}, got {', '.join(sorted(self.groups)):.80}")

    def __repr__(self) -> str:
        return (
            f"ControlMap({len(self.points)} points, {self.method}, {', '.join(g for g in GROUPS if g in self.groups)})"
        )

    def near(self, place: ArrayLike, tolerance: float) -> int | None:
        """Number of the nearest point within a tolerance, from 0; ``None`` if there is none.

        Args:
            place: x and y in control units.
            tolerance: Largest distance, in control units.
        """
        if not self.points:
            return None
        apart = np.linalg.norm(self._places - np.asarray(place, dtype=np.float64)[:2], axis=1)
        return int(apart.argmin()) if apart.min() <= tolerance else None

    @property
    def _places(self) -> NDArray[np.float64]:
        return np.array([point.place for point in self.points], dtype=np.float64)

    def fit(self, latent_dim: int) -> FittedControlMap:
        """The map that goes through or near all points; some points take a fraction of a second.

        Args:
            latent_dim: D, how many modulators there are; values of more are cut, missing ones are as at first.

        Raises:
            ValueError: If there are no points, or (``rbf``) two are at one place.
        """
        if not self.points:
            raise ValueError("a control map needs a point at least: add one where the hand is")
        words = tuple(word for group, all_of in GROUPS.items() if group in self.groups for word in all_of)
        numbers = tuple(word for word in words if word in _NUMBERS)
        table = np.array(
            [[share for word in numbers for share in _shares(word, point, latent_dim)] for point in self.points]
        ).reshape(len(self.points), len(numbers) * latent_dim)
        fitted: mapping.Mapping | None = None
        if numbers:
            control = tuple(
                ControlPoint(f"q{k}", np.array(point.place), row)
                for k, (point, row) in enumerate(zip(self.points, table, strict=True))
            )
            from terrain_widgets.core.points.point_map import PointMap  # here: torch, which no session opens with

            fitted = PointMap.fit(PointSet(control), self.method, decay=1e-6)
        choices = {
            word: tuple(_fitting(word, point.values[PREFIX + word], latent_dim) for point in self.points)
            for word in words
            if word not in numbers
        }
        return FittedControlMap(latent_dim, self._places.astype(np.float32), numbers, choices, fitted, table)

    # --- files

    def to_json(self) -> dict[str, Any]:
        """As data for JSON."""
        points = [
            {"place": list(point.place), "values": {a: jsonable(v) for a, v in point.values.items()}}
            for point in self.points
        ]
        return {
            "format": FORMAT,
            "version": VERSION,
            "method": self.method,
            "groups": sorted(self.groups),
            "points": points,
        }

    @classmethod
    def from_json(cls, content: Any) -> ControlMap:
        """A map from what ``to_json`` gave.

        Raises:
            ValueError: If the content is not a control map.
        """
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            raise ValueError("this is no control map of this program")
        if content.get("version") != VERSION:
            raise ValueError(
                f"this control map is of version {content.get('version')!r:.20}, this program reads {VERSION}"
            )
        entries, groups = content.get("points"), content.get("groups")
        if not isinstance(entries, list) or not isinstance(groups, list) or len(entries) > MOST_POINTS:
            raise ValueError(f"a control map is a list of groups and of at most {MOST_POINTS} points")
        points = []
        for entry in entries:
            if not isinstance(entry, dict) or not isinstance(entry.get("values"), dict):
                raise ValueError(f"a point of a control map has a place and values, got {str(entry):.80}")
            values = {str(a): from_jsonable(v) for a, v in entry["values"].items()}
            points.append(MapPoint(entry.get("place", ()), values))
        return cls(tuple(points), str(content.get("method", "")), frozenset(map(str, groups)))

    def with_points(self, points: Iterable[MapPoint]) -> ControlMap:
        """The same with other points."""
        return replace(self, points=tuple(points))


def _shares(word: str, point: MapPoint, latent_dim: int) -> list[float]:
    """A point's values of a number as shares of its range, one for each latent."""
    parameter, value = number_of(word), point.values[PREFIX + word]
    many = value if isinstance(value, tuple) else (value,) * latent_dim
    return [share_of(parameter, float(v)) for v in _fitting(word, many, latent_dim)]


def _fitting(word: str, value: Value, latent_dim: int) -> Any:
    """One value, or one for each latent: those of more latents are cut, and missing ones are as at first."""
    if not isinstance(value, tuple):
        return value
    rest = (PARAMETERS.at(PREFIX + word).default,) * (latent_dim - len(value))
    return (*value, *rest)[:latent_dim]
