"""Training as a job: how often it tells, and when a whole snapshot is published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.training import TrainingStep
from terrain_widgets.session.jobs import Job

# Every report and picture costs the page and the kernel time that training wants; on two processors without
# a GPU the page's drawing alone takes most of one.
_REPORT_SECONDS = 0.2
_SNAPSHOT_SECONDS = 0.7


def follow(
    job: Job,
    steps: Iterable[TrainingStep],
    tell: Callable[[NDArray[np.float64]], None],
    publish: Callable[[], None],
) -> int:
    """Run all steps on the job's thread.

    Args:
        job: Told the progress about five times a second.
        steps: As ``fit`` yields them.
        tell: Given the losses since it was last called, ``[K, 2]``: step, loss; about five times a second.
        publish: Called three times in two seconds and once at the end, between two steps, when the weights are whole.

    Returns:
        The number of the last step.
    """
    told = published = time.monotonic()
    fresh: list[tuple[float, float]] = []
    last = 0
    for step in steps:
        last = step.step
        fresh.append((step.step, step.loss))
        now = time.monotonic()
        if now - told >= _REPORT_SECONDS:
            told = now
            tell(np.array(fresh))
            fresh.clear()
            job.progress(step.progress, f"loss {step.loss:.4f} after {step.step} steps")
        if now - published >= _SNAPSHOT_SECONDS:
            published = now
            publish()
    if fresh:
        tell(np.array(fresh))
    publish()
    return last
