"""Training as a job: how often it tells, and when a whole snapshot is published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.training import TrainingStep
from terrain_widgets.session.jobs import Job

_REPORT_SECONDS = 0.1  # a chart that is watched lives at ten pictures a second, a terrain at five
_SNAPSHOT_SECONDS = 0.2


def follow(
    job: Job,
    steps: Iterable[TrainingStep],
    tell: Callable[[NDArray[np.float64]], None],
    publish: Callable[[], None],
) -> int:
    """Run all steps on the job's thread.

    Args:
        job: Told the progress about ten times a second.
        steps: As ``fit`` yields them.
        tell: Given the losses since it was last called, ``[K, 2]``: step, loss; about ten times a second.
        publish: Called five times a second and once at the end, between two steps, when the weights are whole.

    Returns:
        The number of the last step.
    """
    told = published = time.monotonic()
    fresh: list[tuple[float, float]] = []
    last, rested = 0, False
    for step in steps:
        if step.step == last:  # a continuous training rests, at the best weights, until the dataset changes
            if not rested:
                rested = True
                tell(np.array(fresh).reshape(-1, 2))
                fresh.clear()
                publish()
                job.progress(step.progress, f"loss {step.loss:.4f}; waiting for something new to learn")
            continue
        last, rested = step.step, False
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
