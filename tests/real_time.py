"""Tests that listen in real time."""

from __future__ import annotations

from typing import TypeVar

import pytest

Test = TypeVar("Test")

ALONE = [pytest.mark.real_time, pytest.mark.xdist_group("real_time"), pytest.mark.flaky(reruns=2)]
"""Of a module that listens in real time: one of its tests after the other, whatever else runs, and three tries.

A shared machine may stand still for longer than the sound kept ready (40 to 150 ms is usual, more than a second was
seen), and no program sounds through that.
"""


def real_time(test: Test) -> Test:
    """The same of one test."""
    for mark in ALONE:
        test = mark(test)
    return test
