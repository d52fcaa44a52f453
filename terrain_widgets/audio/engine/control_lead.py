"""Modulators that the first hand leads: they are set as the control map says of the place where it is."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.audio.fitted_control_map import FittedControlMap
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.core.parameter import Value


class ControlLead:
    """Asks the control map while a hand leads: where the hand is while it is down, and else where it was last."""

    def __init__(self) -> None:
        self._map: FittedControlMap | None = None
        self._leads, self._down = False, False
        self._place = np.zeros(2, dtype=np.float32)
        self._values: Mapping[str, Value] | None = None  # what it says there, once it was asked

    @property
    def active(self) -> bool:
        """Whether the hand leads, and there is a map."""
        return self._leads and self._map is not None

    @property
    def now(self) -> dict[str, Value]:
        """Where it was asked last, as a value of the patch."""
        return {"control.place": tuple(self._place.tolist())} if self._leads else {}

    def use(self, control: FittedControlMap | None) -> None:
        """Ask this map from the next frame on."""
        self._map, self._values = control, None

    def follow(self, patch: Patch, changes: Changes) -> None:
        """Take what an update sets; a place counts only while the hand is up."""
        self._leads = patch["control.leads"]
        self._down = self._down and self._leads
        place = changes.get("control.place")
        if place is not None and not self._down:
            self._go(np.resize(np.atleast_1d(np.asarray(place, dtype=np.float32)), 2))

    def restart(self) -> None:
        """No hand is down."""
        self._down = False

    def step(self, place: ArrayLike, down: bool) -> Mapping[str, Value]:
        """What it sets in the next frame, by address; nothing unless the hand leads.

        Args:
            place: Where the hand is, of which the first two dimensions count.
            down: Whether it is down.
        """
        if not self.active or self._map is None:
            return {}
        self._down = down
        if down:
            self._go(np.append(np.asarray(place, dtype=np.float32), np.float32(0.0))[:2])
        if self._values is None:
            self._values = self._map.at(self._place)
        return self._values

    def _go(self, place: np.ndarray[tuple[int], np.dtype[np.float32]]) -> None:
        if np.isfinite(place).all() and not np.array_equal(place, self._place):
            self._place, self._values = place, None
