"""How often a training tells how it stands, and when a whole snapshot is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.training.fit import TrainingStep

#: Seconds between two reports: a chart that is watched lives at ten pictures a second, also if two fall together.
TELL_SECONDS = 0.085
#: Seconds between two snapshots: a terrain that is watched lives at seven pictures a second, at five on a busy machine.
SHOW_SECONDS = 0.13
_REST_SECONDS = 0.02  # between two looks for something new to learn


def _next(due: float, every: float, now: float) -> float:
    """When the next is due: late steps must not make all that follow late, nor come in a heap after a long one."""
    return max(due + every, now)


def report(
    steps: Iterable[TrainingStep], tell: Callable[[NDArray[np.float64], float, str], None], show: Callable[[], None]
) -> None:
    """Run all steps.

    Args:
        steps: As ``fit`` yields them.
        tell: Given the losses since it was last called, ``[K, 2]``: step, loss; the share of the budget that is used;
            and how training stands, in words. Every ``TELL_SECONDS``, and at the end.
        show: Called every ``SHOW_SECONDS`` and at the end, between two steps, when the weights are whole.
    """
    tell_at = show_at = time.monotonic() + TELL_SECONDS
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
            time.sleep(_REST_SECONDS)
            continue
        last, rested = step, False
        fresh.append((step.step, step.loss))
        now = time.monotonic()
        if now >= tell_at:
            tell_at = _next(tell_at, TELL_SECONDS, now)
            say(step, f" after {step.step} steps")
        if now >= show_at:
            show_at = _next(show_at, SHOW_SECONDS, now)
            show()
    if last is not None and fresh:
        say(last, f" after {last.step} steps")
    show()
