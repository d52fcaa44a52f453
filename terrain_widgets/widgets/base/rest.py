"""Work that waits until nothing else happens: a finer picture, or one for a reader of the saved notebook."""

from __future__ import annotations

import threading
from collections.abc import Callable

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui


class Rest:
    """Acts some time after a change, once for several, and never while something is computed.

    Args:
        session: Whose jobs it waits for.
        act: What to do; called on the UI thread.
        seconds: After a change.
    """

    def __init__(self, session: Session, act: Callable[[], None], seconds: float) -> None:
        self._session, self._act, self._seconds = session, act, seconds
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._closed = False

    def changed(self) -> None:
        """Something has changed."""
        with self._lock:
            if self._timer is None and not self._closed:
                self._timer = threading.Timer(self._seconds, self._rested)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """Act no more."""
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
            ui.submit(self._act, key=(id(self), "rest"))
