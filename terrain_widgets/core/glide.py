"""Going from one stored point to another in a set time: what a pad does when it is struck."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

Course = Literal["even", "eased"]


@dataclass(frozen=True, eq=False)
class Glide:
    """A way between two vectors, as a pure function of time. A pad that is struck meanwhile starts a new one at ``at``.

    Args:
        start: Places or latents, ``[C]``.
        end: As many.
        seconds: How long it takes; 0 jumps.
        course: ``"even"`` keeps one speed, ``"eased"`` (3u² − 2u³) starts and stops gently.

    Raises:
        ValueError: If the vectors do not fit each other, or the time is negative or not finite.
    """

    start: NDArray[np.float64]
    end: NDArray[np.float64]
    seconds: float
    course: Course = "even"

    def __init__(self, start: ArrayLike, end: ArrayLike, seconds: float, course: Course = "even") -> None:
        a, b = np.array(start, dtype=np.float64), np.array(end, dtype=np.float64)
        if a.ndim != 1 or a.shape != b.shape or not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise ValueError(f"a glide goes between two finite vectors of one length, got shapes {a.shape}, {b.shape}")
        if not np.isfinite(seconds) or seconds < 0 or course not in ("even", "eased"):
            raise ValueError(
                f"a glide takes 0 seconds or more on an “even” or “eased” course, got {seconds!r} and {course!r}"
            )
        for name, value in (("start", a), ("end", b), ("seconds", float(seconds)), ("course", course)):
            object.__setattr__(self, name, value)

    def at(self, seconds: float | ArrayLike) -> NDArray[np.float64]:
        """Where one is after some seconds: ``[C]``, or ``[N, C]`` for N times; outside its time, at its ends."""
        time = np.asarray(seconds, dtype=np.float64)
        with np.errstate(over="ignore"):
            share = np.clip(time / self.seconds, 0.0, 1.0) if self.seconds else np.zeros_like(time)
        share = np.where(time >= self.seconds, 1.0, share)
        share = np.where(time < 0, 0.0, share)
        if self.course == "eased":
            share = share * share * (3 - 2 * share)
        # As a weighted sum of both, so that the ends are met exactly.
        place: NDArray[np.float64] = self.start * (1 - share[..., None]) + self.end * share[..., None]
        return place

    def done(self, seconds: float) -> bool:
        """Whether the end is reached."""
        return seconds >= self.seconds
