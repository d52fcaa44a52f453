"""A host that only remembers what it was told: for tests of who steers, not of sound."""

from __future__ import annotations

from typing import Any

import numpy as np

from terrain_widgets.audio.hosts.host import HostStatus


class HandsHost:
    """Gestures and mappings in the order in which they came."""

    def __init__(self) -> None:
        self.places: list[tuple[list[float], bool]] = []
        self.mappings: list[Any] = []
        self.latents: list[Any] = []
        self.heads: tuple[float, ...] = ()

    def move(self, place: np.ndarray, on: bool, _pressure: float = 1.0) -> None:
        self.places.append((place.tolist(), on))

    def set_mapping(self, mapping: Any) -> None:
        self.mappings.append(mapping)

    def set_latents(self, settings: Any) -> None:
        self.latents.append(settings)

    def set_playheads(self, heads: Any) -> None:
        self.heads = (0.0,) * len(heads)

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
    session.player._host = host
    return host
