"""Something done at a steady rate on a thread of its own, which lives only while there is something to do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

log = logging.getLogger(__name__)


class Ticker:
    """Calls ``tick`` until that returns false; ``start`` begins again. While it rests there is no thread.

    Args:
        period: Seconds from call to call; a late call is not made up for.
        tick: Returns whether it should be called again. An exception is logged, and ends it.
        name: Of the thread.
    """

    def __init__(self, period: float, tick: Callable[[], bool], name: str) -> None:
        self._period, self._tick, self._name = period, tick, name
        self._lock, self._end = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None
        self._wanted = self._closed = False

    @property
    def running(self) -> bool:
        """Whether it ticks."""
        return self._thread is not None

    def start(self) -> None:
        """Begin, the first call at once; if it ticks already, it does so at least once more."""
        with self._lock:
            self._wanted = True
            if self._thread is None and not self._closed:
                self._end = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(self._end,), name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Tick no more, and wait for a call that is being made."""
        with self._lock:
            thread, self._thread, self._wanted = self._thread, None, False
            self._end.set()
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def close(self) -> None:
        """Stop for good."""
        self._closed = True
        self.stop()

    def _run(self, end: threading.Event) -> None:
        due = time.monotonic()
        while not end.wait(max(0.0, due - time.monotonic())):
            self._wanted, more = False, False
            try:
                more = self._tick()
            except Exception:
                log.exception("%s came to an end", self._name)
            with self._lock:
                if end.is_set():
                    return
                if not more and not self._wanted:
                    self._thread = None
                    return
            due = max(due + self._period, time.monotonic())
