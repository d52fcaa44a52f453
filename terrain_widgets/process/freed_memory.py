"""What was freed goes back to the system."""

from __future__ import annotations

import ctypes
import gc
import sys


def give_back_memory() -> None:
    """Return freed memory to the system, where the C library keeps it: after work that took much, and seldom.

    glibc gives each thread an arena of its own, and what a thread frees stays there for its next request
    (malloc_trim(3)): some 90 MB in a kernel that has encoded and trained. Elsewhere this does nothing.
    """
    gc.collect()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
