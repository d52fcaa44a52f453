"""A process that steps back or forward does so beside all others, not only within its session."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

AUTOGROUP = Path("/proc/self/autogroup")
_TELL = """
import os, sys
from terrain_widgets.io.priority import take_priority
take_priority(int(sys.argv[1]))
print(os.nice(0), open("/proc/self/autogroup").read().split()[-1])
"""


def _after(nice: int, own_session: bool) -> list[int]:
    told = subprocess.run(
        [sys.executable, "-c", _TELL, str(nice)],
        capture_output=True, text=True, check=True, start_new_session=own_session,
    )  # fmt: skip
    return [int(number) for number in told.stdout.split()]


needs_autogroup = pytest.mark.skipif(not AUTOGROUP.exists(), reason="this system does not group by session")


@needs_autogroup
def test_the_group_of_a_session_of_its_own_moves_too() -> None:
    assert _after(10, own_session=True) == [os.nice(0) + 10, 10]


@needs_autogroup
def test_a_group_that_is_shared_stays_where_it_is() -> None:
    before = int(AUTOGROUP.read_text().split()[-1])
    assert _after(5, own_session=False) == [os.nice(0) + 5, before]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may")
def test_who_may_not_be_urgent_goes_on_as_before() -> None:
    assert _after(-10, own_session=True)[0] == os.nice(0)
