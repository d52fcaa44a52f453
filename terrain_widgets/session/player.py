"""The session's engine: started when first heard, told of every new terrain, ended with the session."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.mapping import Mapping

if TYPE_CHECKING:
    from terrain_widgets.audio.host import Host
    from terrain_widgets.codecs.base import Codec

Range = tuple[NDArray[np.float32], NDArray[np.float32]]


class Player:
    """Holds at most one running engine."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._host: Host | None = None
        self._mapping: Mapping | None = None
        self._range: Range | None = None
        self._closed = False

    @property
    def latent_range(self) -> Range | None:
        """What latents are kept within, ``([D], [D])``, or ``None`` for the engine's own range."""
        return self._range

    @property
    def running(self) -> bool:
        """Whether an engine has been started."""
        return self._host is not None

    def start(self, codec: Codec) -> Host:
        """The running engine; if there is none, it is started and is ready a second or two later.

        Raises:
            RuntimeError: If the session has been closed.
        """
        from terrain_widgets.audio.host import start_host

        with self._lock:
            if self._closed:
                raise RuntimeError("this session is closed; make a new one")
            self.revive()
            if self._host is None:
                self._host = start_host(codec, self._mapping)
                # A session that is merely forgotten must not leave a process behind.
                weakref.finalize(self, self._host.close)
                if self._range is not None:
                    self._host.set_latent_range(*self._range)
            return self._host

    def revive(self) -> bool:
        """Start the engine again if it has died, say for want of memory; returns whether it had."""
        with self._lock:
            if self._host is None or self._closed or self._host.status().alive:
                return False
            self._host.restart()
            return True

    def play(self, mapping: Mapping, latent_range: Range | None) -> None:
        """From now on this mapping sounds, its latents kept within the range ``([D], [D])``."""
        with self._lock:
            self._mapping, self._range = mapping, latent_range
            if self._host is not None:
                if latent_range is not None:
                    self._host.set_latent_range(*latent_range)
                self._host.set_mapping(mapping)

    def forget(self) -> None:
        """Nothing to play any more: what sounded falls silent. The engine waits for the next mapping."""
        with self._lock:
            self._mapping, self._range = None, None
            if self._host is not None:
                self._host.move(np.zeros(2), False)
                self._host.set_mapping(None)

    def move(self, coordinates: ArrayLike, on: bool, pressure: float) -> None:
        """Hand on a gesture; returns at once, and does nothing where no engine runs."""
        host = self._host
        if host is not None:
            host.move(np.asarray(coordinates, dtype=np.float64), on, pressure)

    def panic(self) -> None:
        """Silence, now."""
        host = self._host
        if host is not None:
            host.panic()

    def stop(self) -> None:
        """End the engine and free its process; ``start`` makes a new one."""
        with self._lock:
            host, self._host = self._host, None
        if host is not None:
            host.close()

    def close(self) -> None:
        """End for good."""
        self._closed = True
        self.stop()
