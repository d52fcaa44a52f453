"""Daemon threads that may be inside a library when the interpreter ends are stopped and waited for."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable

_PATIENCE = 5.0  # seconds, of all threads together

_known: weakref.WeakKeyDictionary[threading.Thread, Callable[[], None]] = weakref.WeakKeyDictionary()


def daemon(target: Callable[..., object], *args: object, name: str, stop: Callable[[], None]) -> threading.Thread:
    """A daemon thread, not started yet, that is stopped and waited for before the interpreter ends.

    One that comes back from torch to an interpreter that has ended is unwound through C++ that allows no exception, and
    the process aborts: "terminate called without an active exception" (CPython issue 87135).

    Args:
        target: What it runs.
        *args: Given to that.
        name: Of the thread.
        stop: Has it end soon; called on the main thread, and not if it has ended by itself.
    """
    thread = threading.Thread(target=target, args=args, name=name, daemon=True)
    _known[thread] = stop
    return thread


@atexit.register
def _end() -> None:
    until = time.monotonic() + _PATIENCE
    left = [(thread, stop) for thread, stop in list(_known.items()) if thread.is_alive()]
    for _, stop in left:
        stop()
    for thread, _ in left:
        thread.join(max(0.0, until - time.monotonic()))
