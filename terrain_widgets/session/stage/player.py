"""The session's engine: started when first heard, told of every new terrain, ended with the session."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.mapping import Mapping

if TYPE_CHECKING:
    from terrain_widgets.audio.engine.latent_chain import LatentSettings
    from terrain_widgets.audio.hosts.host import Host
    from terrain_widgets.codecs.base import Codec

Range = tuple[NDArray[np.float32], NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Hand:
    """Where the hand is.

    Args:
        place: ``[C]`` in control units where it is, or was down last; ``None`` before it ever was.
        down: Whether it sounds.
    """

    place: NDArray[np.float64] | None = None
    down: bool = False

    @property
    def place_or_origin(self) -> NDArray[np.float64]:
        """The place, or the middle of a plane."""
        return np.zeros(2) if self.place is None else self.place


class Player:
    """Holds at most one running engine.

    Args:
        prepare: Called with every engine that is started, before it has loaded its codec: what it should be set to.

    Attributes:
        hand: The newest gesture, whether an engine runs or not; a new object for each.
    """

    def __init__(self, prepare: Callable[[Host], None]) -> None:
        self._lock = threading.RLock()
        self._host: Host | None = None
        self._prepare = prepare
        self._mapping: Mapping | None = None
        self._latents: LatentSettings | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None
        self._closed = False
        self.hand = Hand()

    @property
    def host(self) -> Host | None:
        """The engine, if one has been started."""
        return self._host

    @property
    def latents(self) -> LatentSettings | None:
        """How latents are shaped, ``None`` for the engine's own way."""
        return self._latents

    def start(self, codec: Codec) -> Host:
        """The running engine; if there is none, it is started and is ready a second or two later.

        Raises:
            RuntimeError: If the session has been closed.
        """
        from terrain_widgets.audio.hosts.starting import start_host

        with self._lock:
            if self._closed:
                raise RuntimeError("this session is closed; make a new one")
            self.revive()
            if self._host is None:
                self._host = start_host(codec, self._mapping)
                # A session that is merely forgotten must not leave a process behind.
                self._finalizer = weakref.finalize(self, self._host.close)
                if self._latents is not None:
                    self._host.set_latents(self._latents)
                self._prepare(self._host)
            return self._host

    def revive(self) -> bool:
        """Start the engine again if it has died, say for want of memory; returns whether it had."""
        with self._lock:
            if self._host is None or self._closed or self._host.status().alive:
                return False
            self._host.restart()
            return True

    def play(self, mapping: Mapping) -> None:
        """From now on this mapping sounds."""
        with self._lock:
            self._mapping = mapping
            if self._host is not None:
                self._host.set_mapping(mapping)

    def shape(self, latents: LatentSettings | None) -> None:
        """From now on latents are shaped like this."""
        with self._lock:
            self._latents = latents
            if self._host is not None and latents is not None:
                self._host.set_latents(latents)

    def forget(self) -> None:
        """Nothing to play any more: what sounded falls silent. The engine waits for the next mapping."""
        with self._lock:
            self._mapping, self.hand = None, Hand(self.hand.place)
            if self._host is not None:
                self._host.move(np.zeros(2), False)
                self._host.set_mapping(None)

    def move(self, coordinates: ArrayLike, on: bool, pressure: float) -> None:
        """Hand on a gesture; returns at once, and is only remembered where no engine runs."""
        place = np.asarray(coordinates, dtype=np.float64)
        self.hand = Hand(place if on else self.hand.place, on)
        host = self._host
        if host is not None:
            host.move(place, on, pressure)

    def panic(self) -> None:
        """Silence, now."""
        host = self._host
        if host is not None:
            host.panic()

    def stop(self) -> None:
        """End the engine and free its process; ``start`` makes a new one."""
        with self._lock:
            host, self._host = self._host, None
            if self._finalizer is not None:
                self._finalizer.detach()  # it would keep the engine's codec and terrain in memory
        if host is not None:
            host.close()

    def close(self) -> None:
        """End for good."""
        self._closed = True
        self.stop()
