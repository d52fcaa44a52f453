"""Keeps a picture up to date while nothing else happens: a reader of the saved notebook is in no hurry."""

from __future__ import annotations

import threading
from collections.abc import Callable

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui

_REST = 2.0  # seconds after a change


class StillKeeper:
    """Asks for a new picture some time after a change, once for several, and never while something is computed.

    Args:
        session: Whose jobs it waits for.
        keep: Makes the picture; called on the UI thread.
    """

    def __init__(self, session: Session, keep: Callable[[], None]) -> None:
        self._session, self._keep = session, keep
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False

    def changed(self) -> None:
        """What the picture shows has changed."""
        with self._lock:
            if self._timer is None and not self._closed:
                self._timer = threading.Timer(_REST, self._rested)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """No more pictures."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()

    def _rested(self) -> None:
        with self._lock:
            self._timer = None
        if self._session.jobs.working:
            self.changed()
        elif not self._closed:
            ui.submit(self._keep, key=(id(self), "still"))
