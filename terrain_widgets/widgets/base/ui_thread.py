"""The one thread that touches ipycanvas, bokeh and widget traits after a panel is built.

Callbacks from the page arrive on whatever thread the kernel likes, and two unlocked writers lose bokeh points and mix
up canvases without an error. So callbacks and observers only put work in this queue.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from terrain_widgets.process.last_threads import daemon

log = logging.getLogger(__name__)


class UiThread:
    """A queue of work and one daemon thread, started with the first piece of work."""

    def __init__(self) -> None:
        self._work: OrderedDict[Hashable, Callable[[], None]] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._count = 0
        self._running = self._ended = False

    def submit(self, work: Callable[[], None], key: Hashable | None = None) -> None:
        """Do this soon, after what was submitted before. Never blocks, may be called from any thread.

        Args:
            work: What to do. An exception is logged and harms nothing else.
            key: Work that waits under the same key is replaced and keeps its place: only the newest picture counts.
        """
        with self._changed:
            self._count += 1
            self._work[("unique", self._count) if key is None else key] = work
            if self._thread is None:
                self._thread = daemon(self._run, name="terrain_widgets ui", stop=self._end)
                self._thread.start()
            self._changed.notify_all()

    def flush(self, timeout: float = 30.0) -> bool:
        """Wait until everything submitted so far is done; for tests and scripts, never for a callback."""
        if threading.current_thread() is self._thread:
            return True
        with self._changed:
            return self._changed.wait_for(lambda: not self._work and not self._running, timeout)

    def _end(self) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._running = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: bool(self._work) or self._ended)
                if self._ended:
                    return
                _, work = self._work.popitem(last=False)
                self._running = True
            try:
                work()
            except Exception:
                log.exception("a panel could not be updated")


ui = UiThread()
