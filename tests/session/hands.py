"""A real engine in a thread that remembers what it was told, heard by nobody but a reader of its ring."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.audio.assets import MAPPING
from terrain_widgets.audio.hosts.null_sink import NullSink
from terrain_widgets.audio.hosts.thread import ThreadHost
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec


class HandsHost(ThreadHost):
    """Gestures and mappings in the order in which they came, beside the sound that they make."""

    def __init__(self, codec: Codec) -> None:
        super().__init__(codec)
        self.places: list[tuple[list[float], bool]] = []
        self.mappings: list[Any] = []
        self._sink = NullSink()
        self.start()
        self._sink.start(self)

    def move(self, coordinates: ArrayLike, gate: bool, pressure: float = 1.0, **how: Any) -> None:
        super().move(coordinates, gate, pressure, **how)
        self.places.append((np.asarray(coordinates, dtype=np.float64).tolist(), gate))

    def update(self, update: Update) -> None:
        super().update(update)
        if MAPPING in update.assets:
            self.mappings.append(self.setup.assets[MAPPING].mapping)

    def close(self) -> None:
        self._sink.close()
        super().close()


def with_hands(session: Any) -> HandsHost:
    """Give a session such a host."""
    host = HandsHost(session.codec)
    session.sound.take(host)
    host.mappings.clear()
    return host
