"""Something done on the UI thread ten times a second, while there is a reason to."""

from __future__ import annotations

import threading
from collections.abc import Callable

from terrain_widgets.widgets.base.ui_thread import ui

PERIOD = 0.1


class Pulse:
    """Calls ``beat`` on the UI thread until that returns false; ``wake`` begins again.

    Args:
        beat: Returns whether it should be called again.
    """

    def __init__(self, beat: Callable[[], bool]) -> None:
        self._beat = beat
        self._awake, self._closed = threading.Event(), False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Begin, if it rests."""
        self._awake.set()
        if self._thread is None and not self._closed:
            self._thread = threading.Thread(target=self._run, name="terrain-pulse", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Never again."""
        self._closed = True
        self._awake.set()

    def _run(self) -> None:
        rest = threading.Event()
        while not self._closed:
            self._awake.wait()
            if self._closed:
                return
            ui.submit(self._once, key=(id(self), "beat"))
            rest.wait(PERIOD)

    def _once(self) -> None:
        if not self._closed and not self._beat():
            self._awake.clear()
