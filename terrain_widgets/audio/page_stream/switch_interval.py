"""Short turns for the interpreter's threads, while one of them sends sound."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

#: Seconds. Python's own 5 ms are waited for at each of the two or three changes of thread that a message takes.
SHORT = 0.001

_lock = threading.Lock()
_users = 0
_before = 0.0


@contextmanager
def short_switch_interval() -> Iterator[None]:
    """A busy cell gives way sooner for as long as any thread is in here; after the last, all is as it was."""
    global _users, _before
    with _lock:
        _users += 1
        if _users == 1:
            _before = sys.getswitchinterval()
            sys.setswitchinterval(min(_before, SHORT))
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                sys.setswitchinterval(_before)
