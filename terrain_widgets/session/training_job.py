"""Training as a job: how often it tells, and when a whole snapshot is published."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.training import TrainingStep
from terrain_widgets.session.jobs import Job

# Seconds between two reports and between two snapshots: a chart that is watched lives at ten pictures a second, a
# terrain at five. While something sounds, the page's drawing must not take the sound's time: on two processors without
# a GPU ten and five a second broke it up.
_SILENT, _SOUNDING = (0.1, 0.2), (0.2, 0.7)


def follow(
    job: Job,
    steps: Iterable[TrainingStep],
    tell: Callable[[NDArray[np.float64]], None],
    publish: Callable[[], None],
    sounding: Callable[[], bool] = lambda: False,
) -> int:
    """Run all steps on the job's thread.

    Args:
        job: Told the progress as often as ``tell`` is called.
        steps: As ``fit`` yields them.
        tell: Given the losses since it was last called, ``[K, 2]``: step, loss; ten times a second, or five while
            something sounds.
        publish: Called five times a second, or three times in two seconds while something sounds, and once at the end;
            between two steps, when the weights are whole.
        sounding: Whether something is heard now.

    Returns:
        The number of the last step.
    """
    told = published = time.monotonic()
    fresh: list[tuple[float, float]] = []
    last, rested, pace = 0, False, _SILENT
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
        if now - told >= pace[0]:
            told, pace = now, _SOUNDING if sounding() else _SILENT
            tell(np.array(fresh))
            fresh.clear()
            job.progress(step.progress, f"loss {step.loss:.4f} after {step.step} steps")
        if now - published >= pace[1]:
            published = now
            publish()
    if fresh:
        tell(np.array(fresh))
    publish()
    return last
