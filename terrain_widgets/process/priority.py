"""How much of the processor a process of ours asks for, beside all others."""

from __future__ import annotations

import contextlib
import os

_AUTOGROUP = "/proc/self/autogroup"


def take_priority(nice: int) -> None:
    """Make this process more (below 0) or less (above 0) urgent, as far as its user may; to be called once.

    Where Linux groups processes by session (sched_autogroup, as desktops have it), a nice value counts within its
    session only, and a process of ours leads one of its own: there the group has to be told as well (sched(7)).

    Args:
        nice: -20 to 19; added to what the process was started with, and what its group then has.
    """
    with contextlib.suppress(OSError, AttributeError):  # not without the right; no nice() on Windows
        os.nice(nice)
    with contextlib.suppress(OSError, AttributeError):  # nor such groups, or sessions, everywhere
        if os.getsid(0) == os.getpid():  # a group that is shared is not ours to move
            with open(_AUTOGROUP, "w") as group:
                group.write(str(nice))
