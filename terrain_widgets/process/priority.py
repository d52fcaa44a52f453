"""How much of the processor a process of ours asks for, beside all others."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

AUTOGROUP = "/proc/self/autogroup"
_USUAL_NICE = 10


def nice_said() -> int:
    """How far what steps back does so, 0 (not at all) to 19; the variable ``TERRAIN_WIDGETS_NICE`` says it."""
    said = os.environ.get("TERRAIN_WIDGETS_NICE", "")
    return min(int(said), 19) if said.isdecimal() else _USUAL_NICE


def leads_its_session() -> bool:
    """Whether this process leads its session: a group that is shared is not ours to move."""
    return hasattr(os, "getsid") and os.getsid(0) == os.getpid()


def take_priority(nice: int) -> None:
    """Make this process more (below 0) or less (above 0) urgent, as far as its user may; to be called once.

    Where Linux groups processes by session (sched_autogroup, as desktops have it), a nice value counts within its
    session only, and a process of ours leads one of its own: there the group has to be told as well (sched(7)).

    Args:
        nice: -20 to 19; added to what the process was started with, and what its group then has.
    """
    with contextlib.suppress(OSError, AttributeError):  # not without the right; no nice() on Windows
        os.nice(nice)
    with contextlib.suppress(OSError):  # nor such groups everywhere
        if leads_its_session():
            with open(AUTOGROUP, "w") as group:
                group.write(str(nice))


def step_thread_back(nice: int = 5) -> None:
    """Make the calling thread, and those that it starts, wait for the other threads of its process.

    Only Linux has a nice value for each thread (setpriority(2), "C library/kernel differences").

    Args:
        nice: 1 to 19; added to what the thread has.
    """
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, min(19, os.getpriority(os.PRIO_PROCESS, thread) + nice))
