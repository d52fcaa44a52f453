"""One engine follows another: the old one plays on until the new one sounds, and then the two fade across.

Where both are heard in one page, that fades, since it knows when each is heard, and says when it has.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from terrain_widgets.audio.hosts.handle import EngineHandle
from terrain_widgets.audio.hosts.local import LocalHost

FADE_SECONDS = 0.15
_STEP_SECONDS = 0.01
_LOOK_SECONDS = 0.02
_PATIENCE_SECONDS = 15.0  # an engine that is not ready by then is not waited for


def fades(seconds: float, old_lag: float, new_lag: float) -> tuple[float, float]:
    """Levels of both engines, so that what is heard of them together is never more than one of them.

    Args:
        seconds: Since the fade began.
        old_lag: Seconds from the old engine to the ear.
        new_lag: The same of the new one.

    Returns:
        ``(old, new)``, each 0 to 1. The engine that is further from the ear begins earlier.
    """
    late = max(old_lag, new_lag)

    def through(lag: float) -> float:
        return float(np.clip((seconds - (late - lag)) / FADE_SECONDS, 0.0, 1.0))

    return 1.0 - through(old_lag), through(new_lag)


class Handover:
    """Brings the sound from one engine to another, on a thread of its own.

    Args:
        old: What plays; it is closed at the end.
        new: What follows.
        lag: Gives the seconds from an engine to the ear.
        ended: Called once, when the old one is closed or stays, with this and whether it stays.
    """

    def __init__(
        self,
        old: EngineHandle,
        new: EngineHandle,
        lag: Callable[[EngineHandle], float],
        ended: Callable[[Handover, bool], None],
    ) -> None:
        self.old, self.new = old, new
        self._lag, self._ended = lag, ended
        self._hurry = threading.Event()
        self._lock = threading.Lock()
        self._over = self._fades = False
        if not self._by_page:
            new.fade(0.0)

    def start(self) -> None:
        """Begin; returns at once."""
        threading.Thread(target=self._run, name="terrain-handover", daemon=True).start()

    def finish(self) -> None:
        """End it now: the new engine plays, and the old one is closed, or is just being closed by another thread."""
        self._hurry.set()
        self._end()

    def take_back(self) -> bool:
        """Stay with the old engine, if nothing has been heard of the new one yet, which is closed; returns whether."""
        with self._lock:
            if self._over or self._fades:
                return False
            self._over = True
        self._hurry.set()
        self.new.close()
        self._ended(self, True)
        return True

    def _run(self) -> None:
        end = time.monotonic() + _PATIENCE_SECONDS
        while (self._by_page or not self._sounds()) and time.monotonic() < end:
            if self._hurry.wait(_LOOK_SECONDS):
                return
        old_lag, new_lag = self._lag(self.old), self._lag(self.new)
        if self._hurry.wait(new_lag):  # until its silence is what is heard of it
            return
        begun, last = time.monotonic(), abs(old_lag - new_lag) + FADE_SECONDS
        while (gone := time.monotonic() - begun) < last:
            if not self._fade(*fades(gone, old_lag, new_lag)) or self._hurry.wait(_STEP_SECONDS):
                return
        if self._fade(0.0, 1.0):
            self._hurry.wait(old_lag)
            self._end()

    def _fade(self, old: float, new: float) -> bool:
        """Both levels, unless another thread has ended this, for whom the engines are by now; returns whether."""
        with self._lock:
            if self._over:
                return False
            self._fades = True
            self.old.fade(old)
            self.new.fade(new)
            return True

    @property
    def _by_page(self) -> bool:
        return not any(isinstance(engine, LocalHost) and engine.on_device for engine in (self.old, self.new))

    def _sounds(self) -> bool:
        """Whether the new one sounds, or could if the old one did."""
        new = self.new.status()
        return not new.alive or (new.ready and (not new.silent or self.old.status().silent))

    def _end(self) -> None:
        with self._lock:
            if self._over:
                return
            self._over = True
            self.new.fade(1.0)
        try:
            self.old.close()
        finally:
            self._ended(self, False)
