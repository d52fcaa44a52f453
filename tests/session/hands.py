"""A host that only remembers what it was told: for tests of who steers, not of sound."""

from __future__ import annotations

from typing import Any

import numpy as np

from terrain_widgets.audio.assets import MAPPING
from terrain_widgets.audio.hosts.status import HostStatus
from terrain_widgets.audio.update import Setup, Update


class HandsHost:
    """Gestures and mappings in the order in which they came."""

    def __init__(self) -> None:
        self.places: list[tuple[list[float], bool]] = []
        self.mappings: list[Any] = []
        self.setup = Setup()
        self.heads: tuple[float, ...] = ()

    def move(self, place: np.ndarray, on: bool, _pressure: float = 1.0) -> None:
        self.places.append((place.tolist(), on))

    def update(self, update: Update) -> None:
        self.setup = self.setup.then(update)
        if MAPPING in update.assets:
            self.mappings.append(self.setup.assets[MAPPING].mapping)
        self.heads = (0.0,) * len(self.setup.patch.members("playheads"))

    def status(self) -> HostStatus:
        return HostStatus(
            kind="double", alive=True, ready=True, message="", silent=not self.gate_open, playheads=self.heads
        )

    @property
    def gate_open(self) -> bool:
        return bool(self.places) and self.places[-1][1]

    def panic(self) -> None: ...

    def close(self) -> None: ...


def with_hands(session: Any) -> HandsHost:
    """Give a session such a host."""
    host = HandsHost()
    session.sound.take(host)
    host.mappings.clear()
    return host
