"""What a hand does on a plane, in control units: strokes, steps of a drag, points that are moved, places that play."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.trajectory import SpatialTrajectory

Place = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line as the pen gave it, whole.

    Args:
        number: What its ink is settled by.
        places: ``[P, 2]`` in control units.
        times: ``[P]`` seconds since the pen went down.
        pressures: ``[P]``, 0…1; a mouse always says 0.5, and so do keys.
        tilts: ``[P, 2]`` degrees from upright, to the right and towards the user; 0 where the pen does not say.
        shift: Whether Shift was held when the pen went down.
    """

    number: int
    places: Place
    times: NDArray[np.float64]
    pressures: NDArray[np.float64]
    tilts: NDArray[np.float64]
    shift: bool = False

    @property
    def path(self) -> SpatialTrajectory:
        """The line with its times and pressures."""
        return SpatialTrajectory(self.places, np.maximum.accumulate(self.times), self.pressures)


@dataclass(frozen=True, eq=False)
class Touch:
    """One step of a drag.

    Args:
        gesture: A number that all steps of a drag share and no other drag has.
        phase: ``"down"``, ``"drag"`` or ``"up"``.
        place: ``[2]`` in control units.
        shift: Whether Shift was held.
    """

    gesture: int
    phase: str
    place: Place
    shift: bool = False


@dataclass(frozen=True, eq=False)
class PointMove:
    """One step of a point that is dragged, or pushed by keys.

    Args:
        point: Id of the point.
        gesture: A number that all steps of one drag share and no other has.
        place: ``[2]`` in control units.
    """

    point: str
    gesture: int
    place: Place


@dataclass(frozen=True, eq=False)
class Steering:
    """Where a pointer that plays is now.

    Args:
        place: ``[2]`` in control units.
        pressure: 0…1; 0.5 where the device does not say.
        on: Whether it shall sound.
        device: ``"pen"``, ``"mouse"``, ``"touch"`` or ``"keyboard"``.
        tilt: ``[2]`` degrees from upright.
        played: Whether an engine in the page has played it already.
    """

    place: Place
    pressure: float
    on: bool
    device: str
    tilt: Place
    played: bool = False

    @property
    def force(self) -> float | None:
        """The pressure, where the device told one of its own: a mouse always says 0.5."""
        feels = self.device == "pen" or (self.device == "touch" and self.pressure not in (0.0, 0.5, 1.0))
        return self.pressure if feels else None
