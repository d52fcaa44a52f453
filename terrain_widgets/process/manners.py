"""A process of this package seen from inside: it steps back, listens to its parent, and ends with it."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from typing import BinaryIO

from terrain_widgets.process.messages import Message, read_message
from terrain_widgets.process.priority import take_priority


def lower_priority() -> BinaryIO:
    """Be the process that waits, and that goes, where time or memory run short.

    Returns:
        Where answers to the parent are written; what a library prints no longer goes there.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    take_priority(10)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory runs out, this process goes, not the notebook's
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def listen(hear: Callable[[Message], None]) -> None:
    """Call ``hear`` on a thread with everything that the parent says, and end with the parent."""
    # A fork of the parent may still hold the pipe open, so its end is not enough.
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    threading.Thread(target=_listen, args=(hear,), daemon=True).start()


def _listen(hear: Callable[[Message], None]) -> None:
    source = os.fdopen(os.dup(0), "rb")
    while True:
        message = read_message(source)
        if message is None:  # the parent is gone, however it went
            os._exit(0)
        try:
            hear(message)
        except BaseException:  # deaf, it would go on for ever: better gone, which the parent notices
            traceback.print_exc()
            os._exit(1)


def _end_with(parent: int) -> None:
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(1.0)
    os._exit(0)
