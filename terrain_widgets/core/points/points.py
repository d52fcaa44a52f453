"""Labelled points: a place in control space, and the latents that shall sound there.

Point-by-point steering is taught with them (Vigliensoni & Fiebrink, "Steering latent audio models through interactive
machine learning", ICCC 2023).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.options import refuse_unknown

FloatArray = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class ControlPoint:
    """A point that a user placed.

    Args:
        id: What it is called in code and files; never changes.
        control: Its place, ``[C]`` in control units.
        latent: What shall sound there, ``[D]``, or ``None`` while nothing is attached.
        label: What the user calls it, such as "bright and loud".
        colour: A CSS colour, or ``""`` for the view's choice.

    Raises:
        ValueError: If place or latents are no finite vector.
    """

    id: str
    control: FloatArray
    latent: FloatArray | None = None
    label: str = ""
    colour: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "control", _vector(self.control, "place"))
        if self.latent is not None:
            object.__setattr__(self, "latent", _vector(self.latent, "latent"))

    def __repr__(self) -> str:
        name = f" “{self.label}”" if self.label else ""
        sound = "nothing attached" if self.latent is None else f"{len(self.latent)} latents"
        return f"ControlPoint({self.id}{name}, {len(self.control)}-D, {sound})"


class PointChanges(TypedDict, total=False):
    """What can be changed of a point; ``ControlPoint`` describes each."""

    control: ArrayLike
    latent: ArrayLike | None
    label: str
    colour: str


@dataclass(frozen=True, eq=False)
class PointSet:
    """Points of one control space and one codec, in the order in which they were placed. Edits give a new set.

    Args:
        points: The points.

    Raises:
        ValueError: If two have the same id, or they are of different spaces or codecs.
    """

    points: tuple[ControlPoint, ...] = ()

    def __post_init__(self) -> None:
        ids = [point.id for point in self.points]
        if len(set(ids)) < len(ids):
            raise ValueError(f"every point needs an id of its own, got {', '.join(ids)}")
        spaces = {len(point.control) for point in self.points}
        codecs = {len(point.latent) for point in self.points if point.latent is not None}
        if len(spaces) > 1 or len(codecs) > 1:
            raise ValueError(
                f"points must share one control space and one codec, got places of {sorted(spaces)} dimensions and "
                f"{sorted(codecs)} latents"
            )

    def __len__(self) -> int:
        return len(self.points)

    def __iter__(self) -> Iterator[ControlPoint]:
        return iter(self.points)

    def __getitem__(self, point_id: str) -> ControlPoint:
        for point in self.points:
            if point.id == point_id:
                return point
        raise KeyError(f"there is no point {point_id!r}; there are: {', '.join(p.id for p in self.points) or 'none'}")

    def __repr__(self) -> str:
        return f"PointSet({len(self)} points, {len(self.attached)} with latents)"

    @property
    def attached(self) -> tuple[ControlPoint, ...]:
        """The points that have latents: what a map is fitted to."""
        return tuple(point for point in self.points if point.latent is not None)

    @property
    def fresh_id(self) -> str:
        """An id that no point has: one above the highest number."""
        numbers = [int(p.id[1:]) for p in self.points if p.id[:1] == "q" and p.id[1:].isdecimal()]
        return f"q{1 + max(numbers, default=0)}"

    def placed(
        self,
        control: ArrayLike,
        latent: ArrayLike | None = None,
        label: str = "",
        colour: str = "",
        point_id: str | None = None,
    ) -> PointSet:
        """With one point more, at the end.

        Raises:
            ValueError: As the class, and if ``control`` or ``latent`` is no finite vector.
        """
        sound = None if latent is None else _vector(latent, "latent")
        point = ControlPoint(point_id or self.fresh_id, _vector(control, "place"), sound, label, colour)
        return PointSet((*self.points, point))

    def updated(self, point_id: str, **changes: Unpack[PointChanges]) -> PointSet:
        """With a point changed: ``control`` moves it, ``latent`` attaches (``None`` detaches), ``label``, ``colour``.

        Raises:
            KeyError: If there is no such point.
            ValueError: As the class.
            TypeError: If something else is to be changed.
        """
        refuse_unknown("updated", changes, PointChanges.__annotations__)
        values: dict[str, Any] = {**changes}
        new = replace(self[point_id], **values)
        return PointSet(tuple(new if point.id == point_id else point for point in self.points))

    def without(self, point_id: str) -> PointSet:
        """With a point less.

        Raises:
            KeyError: If there is no such point.
        """
        gone = self[point_id]
        return PointSet(tuple(point for point in self.points if point is not gone))

    def numbered(self, number: int) -> ControlPoint:
        """The point of that number, from 1, in the order in which they were placed.

        Raises:
            KeyError: If there are fewer.
        """
        if not 1 <= number <= len(self):
            raise KeyError(f"there is no point {number}; there are {len(self)}")
        return self.points[number - 1]

    def nearest(self, control: ArrayLike, tolerance: float = np.inf) -> ControlPoint | None:
        """The point nearest to a place ``[C]``, or ``None`` if none lies within ``tolerance`` control units."""
        if not self.points:
            return None
        places = np.stack([point.control for point in self.points])
        distances = np.linalg.norm(places - np.asarray(control, dtype=np.float64), axis=1)
        index = int(distances.argmin())
        return self.points[index] if distances[index] <= tolerance else None

    def tables(self) -> tuple[FloatArray, FloatArray]:
        """Places ``[N, C]`` and latents ``[N, D]`` of the attached points.

        Raises:
            ValueError: If there is none.
        """
        if not self.attached:
            raise ValueError("no point has latents yet: place one and attach what sounds, or what the sliders show")
        latents = [point.latent for point in self.attached if point.latent is not None]
        return np.stack([point.control for point in self.attached]), np.stack(latents)


def _vector(values: ArrayLike, what: str) -> FloatArray:
    vector = np.array(values, dtype=np.float32)
    if vector.ndim != 1 or len(vector) < 1 or not np.isfinite(vector).all():
        raise ValueError(f"a point's {what} must be one or more finite numbers in a row, got {values!r}")
    vector.setflags(write=False)
    return vector
