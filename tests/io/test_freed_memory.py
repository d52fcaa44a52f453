"""What was freed goes back to the system, and nothing needless is imported."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# As a kernel does it: a job's thread has an arena of its own, and the little that it leaves there keeps the rest.
_WORK = """
import threading
import psutil
from terrain_widgets.process.freed_memory import give_back_memory

left = []

def work():
    pieces = [b"x" * (50_000 + k) for k in range(3000)]
    left.extend(pieces[::100])

def taken():
    return psutil.Process().memory_info().rss / 2**20

before = taken()
thread = threading.Thread(target=work)
thread.start()
thread.join()
after = taken()
give_back_memory()
print(after - before, taken() - before)
"""


def _said_by(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries keep nothing, or cannot be told")
def test_what_a_thread_has_freed_goes_back() -> None:
    kept, left = map(float, _said_by(_WORK).split())
    assert kept > 100, "the C library gives back by itself: this test shows nothing"
    assert left < 0.2 * kept


def test_a_terrain_needs_no_symbolic_mathematics() -> None:
    """torch's skip_init() imports sympy, 24 MB for every process that has a terrain."""
    code = (
        "import sys; from terrain_widgets.core.terrain.terrain import Terrain; Terrain(2, 8); "
        "print('sympy' in sys.modules)"
    )
    assert _said_by(code).strip() == "False"
