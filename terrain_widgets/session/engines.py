"""The engine that plays, and the one that it has followed while that is still heard."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.device.device import DeviceSettings
from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.starting import start_host
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.glide import Course
from terrain_widgets.session.handover import Handover

#: Starts an engine for a codec somewhere, such as in a process; it is ready a moment later.
StartEngine = Callable[[Codec], EngineHandle]

_PAGE_SECONDS = 0.05  # from an engine in the page to the ear


def places_to_run() -> dict[str, StartEngine]:
    """How an engine is started, by the name of where it runs."""
    return {
        "process": lambda codec: start_host(codec, prefer="process"),
        "thread": lambda codec: start_host(codec, prefer="thread"),
        "page": PageHost,
    }


class Engines:
    """Holds them, and closes them when nobody holds it.

    Args:
        lead: Gives the seconds of sound that are kept in the page, where the kernel's engine plays there.

    Attributes:
        now: The one that plays, or will.
        leaving: The one that it has followed.
    """

    def __init__(self, lead: Callable[[], float]) -> None:
        self._lead = lead
        self._lock = threading.RLock()
        self._handover: Handover | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None
        self.now: EngineHandle | None = None
        self.leaving: EngineHandle | None = None

    def __iter__(self) -> Iterator[EngineHandle]:
        """All that may be heard."""
        return iter([engine for engine in (self.now, self.leaving) if engine is not None])

    @property
    def sounding(self) -> bool:
        """Whether the one that plays sounds, or is to sound in a moment."""
        return self.now is not None and (self.now.gate_open or not self.now.status().silent)

    def take(self, engine: EngineHandle) -> None:
        """This one plays from now on."""
        self._forget()
        self.now = engine
        # A session that is merely forgotten must not leave a process behind.
        self._finalizer = weakref.finalize(self, engine.close)

    def follow(self, new: EngineHandle, left: Callable[[bool], None]) -> None:
        """This one plays from now on; the one that plays is heard until it sounds, and then they fade across.

        Args:
            new: What plays; it begins with ``begin``.
            left: Called when the other one is closed or stays, on any thread, with whether it stays.
        """
        with self._lock:
            self.settle()
            old = self.now
            assert old is not None
            self._handover = Handover(old, new, self._lag, partial(self._over, left))
            self.leaving = old
            self.take(new)

    def begin(self) -> None:
        """The one that follows is set: it may sound."""
        handover = self._handover
        if handover is not None:
            handover.start()

    def take_back(self) -> bool:
        """Stay with the one that was to be left, if nothing has been heard of the other yet; returns whether."""
        with self._lock:
            handover = self._handover
            return handover is not None and handover.take_back()

    def settle(self) -> None:
        """What was followed ends now."""
        handover = self._handover  # another thread may end it meanwhile
        if handover is not None:
            handover.finish()

    def stop(self) -> None:
        """Close all."""
        self.settle()
        with self._lock:
            engine, self.now = self.now, None
            self._forget()
        if engine is not None:
            engine.close()

    def move(
        self,
        place: NDArray[np.float64],
        on: bool,
        pressure: float,
        hand: int,
        seconds: float,
        course: Course,
        played: bool,
        waits: bool,
    ) -> None:
        """A hand is elsewhere, for all that may be heard; played: by the page that felt it already, if that has one."""
        for engine in self:
            if played and isinstance(engine, PageHost):
                engine.leave(hand)
            else:
                engine.move(place, on, pressure, hand=hand, seconds=seconds, course=course, waits=waits)

    def silenced(self) -> None:
        """A page has silenced its engine by itself."""
        for engine in self:
            if isinstance(engine, PageHost):
                engine.silenced()

    def use_device(self, settings: DeviceSettings | None) -> None:
        """Play on a device, or in the page again; one that follows another begins there without a sound."""
        if isinstance(self.now, LocalHost):
            if self._handover is not None and settings is not None:
                self.now.fade(0.0)
            self.now.use_device(settings)

    def _lag(self, engine: EngineHandle) -> float:
        """Seconds from an engine to the ear."""
        if not isinstance(engine, LocalHost):
            return _PAGE_SECONDS
        device = engine.device_status()
        return self._lead() + engine.ring_seconds if device is None else device.ring_seconds + device.latency_seconds

    def _over(self, left: Callable[[bool], None], handover: Handover, stays: bool) -> None:
        with self._lock:
            if self._handover is handover:  # by now another one may have begun
                self._handover = self.leaving = None
                if stays:
                    self.take(handover.old)
                    handover.old.fade(1.0)  # a page may have begun to fade
        left(stays)

    def _forget(self) -> None:
        if self._finalizer is not None:
            self._finalizer.detach()  # it would keep the engine's codec and terrain in memory
