"""A kernel lets the browser go before while a page on its machine makes the sound."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from terrain_widgets.process import giving_way
from terrain_widgets.process.giving_way import GivingWay

_ASK = """
from terrain_widgets.process.giving_way import way
nice = lambda: open("/proc/self/autogroup").read().split()[-1]
before = nice()
way.ask("one page", True)
while (now := nice()) == before: pass
way.ask("one page", False)
while nice() != before: pass
print(before, now)
"""


@pytest.fixture
def group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A group's file as the system words it; what is written to it stands there as it is."""
    monkeypatch.setattr(giving_way, "leads_its_session", lambda: True)
    path = tmp_path / "autogroup"
    path.write_text("/autogroup-7 nice 3\n")
    return path


def test_it_steps_back_while_anybody_asks_and_then_to_where_it_was(group: Path) -> None:
    way = GivingWay(group, 10)
    for who, wanted, nice in (("a", True, "13"), ("b", True, "13"), ("a", False, "13"), ("b", False, "3")):
        way.ask(who, wanted)
        way.ask(who, wanted)
        assert group.read_text() == nice


def test_it_goes_no_further_back_than_there_is(group: Path) -> None:
    GivingWay(group, 19).ask("a", True)
    assert group.read_text() == "19"


def test_where_it_is_not_to_step_back_nothing_is_written(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = group.read_text()
    GivingWay(group, 0).ask("a", True)
    monkeypatch.setattr(giving_way, "leads_its_session", lambda: False)
    GivingWay(group, 10).ask("a", True)
    assert group.read_text() == before


def test_where_there_are_no_such_groups_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(giving_way, "leads_its_session", lambda: True)
    GivingWay(tmp_path / "none", 10).ask("a", True)
    assert not list(tmp_path.iterdir())


def test_a_system_that_takes_no_more_for_now_is_asked_again(group: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, refused = Path.write_text, []

    def write_text(path: Path, text: str) -> int:
        if len(refused) < 2:
            refused.append(text)
            raise BlockingIOError
        return write(path, text)

    monkeypatch.setattr(giving_way, "_AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(Path, "write_text", write_text)
    way = GivingWay(group, 10)
    way.ask("a", True)
    end = time.monotonic() + 5
    while group.read_text() != "13" and time.monotonic() < end:
        time.sleep(0.01)
    assert refused == ["13", "13"] and group.read_text() == "13"


@pytest.mark.skipif(
    not (
        Path(giving_way.AUTOGROUP).exists()
        and Path("/proc/sys/kernel/sched_autogroup_enabled").read_text().strip() == "1"
    ),
    reason="this system does not group by session",
)
def test_the_system_takes_it() -> None:
    def of(**how: Any) -> list[str]:
        environment = {**os.environ, "TERRAIN_WIDGETS_NICE": "7"}
        return subprocess.run(
            [sys.executable, "-c", _ASK], capture_output=True, text=True, check=True, timeout=30, env=environment, **how
        ).stdout.split()

    assert of(start_new_session=True) == ["0", "7"]
