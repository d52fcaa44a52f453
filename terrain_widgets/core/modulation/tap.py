"""A tempo that is tapped."""

from __future__ import annotations

from statistics import median

_LONGEST_PAUSE = 2.5  # seconds, after which a tap is a first one: no tempo's beat is longer
_MOST_TAPS = 9


class TapTempo:
    """Beats per minute from the times of taps: the median of the newest pauses, so that one late tap does no harm."""

    def __init__(self) -> None:
        self._times: list[float] = []

    def tap(self, seconds: float) -> float | None:
        """A tap.

        Args:
            seconds: When, on any clock.

        Returns:
            Beats per minute, 24 to 400; ``None`` after a first tap.
        """
        if self._times and not 0.0 <= seconds - self._times[-1] <= _LONGEST_PAUSE:
            self._times = []
        self._times = [*self._times[1 - _MOST_TAPS :], seconds]
        pauses = [later - earlier for earlier, later in zip(self._times, self._times[1:], strict=False)]
        return min(400.0, 60.0 / max(median(pauses), 1e-3)) if pauses else None
