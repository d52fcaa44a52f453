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
from terrain_widgets.process.priority import nice_said, take_priority


def lower_priority() -> BinaryIO:
    """Be the process that waits, and that goes, where time or memory run short.

    How far it steps back beside all others, 0 (not at all) to 19, can be said by the environment variable
    ``TERRAIN_WIDGETS_NICE``: on a machine that is busy all day such a process hardly gets to work.

    Returns:
        Where answers to the parent are written; what a library prints no longer goes there.
    """
    take_priority(nice_said())
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")  # where memory runs out, this process goes, not the notebook's
    return answers()


def answers() -> BinaryIO:
    """Where answers to the parent are written; what a library prints goes to stderr from now on.

    An interrupt is the parent's business.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _leave() -> None:
    os._exit(0)


def listen(hear: Callable[[Message], None], gone: Callable[[], None] = _leave) -> None:
    """Call ``hear`` on a thread with everything that the parent says, and ``gone`` when it is gone, however it went."""
    # A fork of the parent may still hold the pipe open, so its end is not enough.
    threading.Thread(target=_end_with, args=(os.getppid(), gone), daemon=True).start()
    threading.Thread(target=_listen, args=(hear, gone), daemon=True).start()


def _listen(hear: Callable[[Message], None], gone: Callable[[], None]) -> None:
    source = os.fdopen(os.dup(0), "rb")
    while (message := read_message(source)) is not None:
        try:
            hear(message)
        except BaseException:  # deaf, it would go on for ever: better gone, which the parent notices
            traceback.print_exc()
            os._exit(1)
    gone()


def _end_with(parent: int, gone: Callable[[], None]) -> None:
    while os.name == "nt" or os.getppid() == parent:
        time.sleep(0.5)
    gone()
