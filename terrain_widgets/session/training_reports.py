"""How often a training tells how it stands, and when a whole snapshot is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.training import TrainingStep

#: Seconds between two reports: a chart that is watched lives at ten pictures a second.
TELL_SECONDS = 0.1
#: Seconds between two snapshots: a terrain lives at five.
SHOW_SECONDS = 0.2
# Reports come with the first step after their time; a little less keeps the rate above what is asked.
_EARLY = 0.01


def report(
    steps: Iterable[TrainingStep], tell: Callable[[NDArray[np.float64], float, str], None], show: Callable[[], None]
) -> None:
    """Run all steps.

    Args:
        steps: As ``fit`` yields them.
        tell: Given the losses since it was last called, ``[K, 2]``: step, loss; the share of the budget that is used;
            and how training stands, in words. Ten times a second, and at the end.
        show: Called five times a second and at the end, between two steps, when the weights are whole.
    """
    told = shown = time.monotonic()
    fresh: list[tuple[float, float]] = []
    last: TrainingStep | None = None
    rested = False

    def say(step: TrainingStep, ending: str) -> None:
        tell(np.array(fresh).reshape(-1, 2), step.progress, f"loss {step.loss:.4f}{ending}")
        fresh.clear()

    for step in steps:
        if last is not None and step.step == last.step:
            # a continuous training rests, at the best weights, until the dataset changes
            if not rested:
                rested = True
                say(step, "; waiting for something new to learn")
                show()
            continue
        last, rested = step, False
        fresh.append((step.step, step.loss))
        now = time.monotonic()
        if now - told >= TELL_SECONDS - _EARLY:
            told = now
            say(step, f" after {step.step} steps")
        if now - shown >= SHOW_SECONDS - _EARLY:
            shown = now
            show()
    if last is not None and fresh:
        say(last, f" after {last.step} steps")
    show()
