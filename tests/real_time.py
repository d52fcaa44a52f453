"""Tests that listen, or count on the machine's time."""

from __future__ import annotations

from typing import TypeVar

import pytest

Test = TypeVar("Test")

ALONE = pytest.mark.real_time
"""Of a module: its tests have the machine for themselves, one after the other; the others share its processors."""


def real_time(test: Test) -> Test:
    """Of a test that listens in real time: it has the machine for itself, and a second try.

    A shared machine may stand still for longer than the sound kept ready (40 to 150 ms is usual, more than a second was
    seen), and no program sounds through that.
    """
    alone: Test = ALONE(pytest.mark.flaky(reruns=1)(test))
    return alone
