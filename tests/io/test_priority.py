"""A process that steps back or forward does so beside all others, not only within its session."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from terrain_widgets.process.priority import step_thread_back

AUTOGROUP = Path("/proc/self/autogroup")
SWITCH = Path("/proc/sys/kernel/sched_autogroup_enabled")
_TELL = """
import os, sys
from terrain_widgets.process.priority import take_priority
take_priority(int(sys.argv[1]))
print(os.nice(0), end=" ")
print(open("/proc/self/autogroup").read() if os.path.exists("/proc/self/autogroup") else "", end="")
"""

_STEP_BACK = """
import os, sys
from terrain_widgets.process.manners import lower_priority
lower_priority()
print(os.nice(0), file=sys.stderr)
"""


def _after(nice: int, own_session: bool) -> tuple[int, str]:
    """The nice value of a process that took this priority, and its group as the system words it."""
    told = subprocess.run(
        [sys.executable, "-c", _TELL, str(nice)],
        capture_output=True, text=True, check=True, start_new_session=own_session,
    )  # fmt: skip
    own, group = told.stdout.split(" ", 1)
    return int(own), group


needs_autogroup = pytest.mark.skipif(
    not (AUTOGROUP.exists() and SWITCH.exists() and SWITCH.read_text().strip() == "1"),
    reason="this system does not group by session",
)


@needs_autogroup
def test_the_group_of_a_session_of_its_own_moves_too() -> None:
    own, group = _after(10, own_session=True)
    assert own == os.nice(0) + 10
    assert group.split()[-1] == "10"


@needs_autogroup
def test_a_group_that_is_shared_stays_where_it_is() -> None:
    before = AUTOGROUP.read_text()  # of no words at all where what started the tests is in no group, as in a container
    assert _after(5, own_session=False) == (os.nice(0) + 5, before)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may")
def test_who_may_not_be_urgent_goes_on_as_before() -> None:
    assert _after(-10, own_session=True)[0] == os.nice(0)


@pytest.mark.parametrize(("said", "further"), [("", 10), ("0", 0), ("5", 5), ("99", 19), ("low", 10)])
def test_how_far_a_process_that_works_steps_back_can_be_said(said: str, further: int) -> None:
    told = subprocess.run(
        [sys.executable, "-c", _STEP_BACK],
        capture_output=True, text=True, check=True, env={**os.environ, "TERRAIN_WIDGETS_NICE": said},
    )  # fmt: skip
    assert int(told.stderr) == min(os.nice(0) + further, 19)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere threads have no nice values of their own")
def test_a_thread_that_steps_back_takes_those_it_starts_with_it_and_no_other() -> None:
    found: dict[str, int] = {}

    def tell(name: str) -> None:
        found[name] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def back() -> None:
        step_thread_back(5)
        tell("it")
        started = threading.Thread(target=tell, args=("started by it",))
        started.start()
        started.join()

    thread = threading.Thread(target=back)
    thread.start()
    thread.join()
    tell("the others")
    here = os.nice(0)
    assert found == {"it": min(19, here + 5), "started by it": min(19, here + 5), "the others": here}
