"""A ticker whose work is done on the UI thread."""

from __future__ import annotations

from collections.abc import Callable

from terrain_widgets.session.jobs.ticker import Ticker
from terrain_widgets.widgets.base.ui_thread import ui

_PERIOD = 0.1


class UiTicker(Ticker):
    """Calls ``tick`` on the UI thread ten times a second until that returns false; ``start`` begins again.

    A call that still waits when the next one is due is done once.

    Args:
        tick: Returns whether it should be called again.
    """

    def __init__(self, tick: Callable[[], bool]) -> None:
        super().__init__(_PERIOD, self._submit, "terrain_widgets ui ticker")
        self._work = tick
        self._starts, self._more = 0, True

    def start(self) -> None:
        """Begin, the first call at once; if it ticks already, it does so at least once more."""
        self._starts += 1
        self._more = True
        super().start()

    def _submit(self) -> bool:
        ui.submit(self._do, key=(id(self), "tick"))
        return self._more

    def _do(self) -> None:
        if self._closed:
            return
        starts = self._starts
        more = self._work()
        if starts == self._starts:  # else somebody has found a new reason meanwhile
            self._more = more
