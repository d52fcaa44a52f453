"""How far something is that is made for the page on a thread of its own, and how long it takes still."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from terrain_widgets.session.jobs.jobs import seconds_left
from terrain_widgets.widgets.base.ui_thread import ui


@dataclass(frozen=True)
class Stand:
    """How far one of them is.

    Args:
        words: What is being done.
        share: Which part of it is done, 0…1.
        seconds_left: Until its end, or ``None`` where nobody knows yet.
    """

    words: str
    share: float
    seconds_left: float | None


class Making:
    """What is made now; where several are, the newest is shown.

    Args:
        changed: Called on the UI thread when one begins, goes on or ends.

    Attributes:
        now: How far the newest is; ``None`` while nothing is made.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._newest: object = None
        self.now: Stand | None = None

    @contextmanager
    def told(self, words: str) -> Iterator[Callable[[float], None]]:
        """While something is made: gives what is told how far it is, 0…1; on any thread.

        Args:
            words: What is being done.
        """
        mine = self._newest = object()
        begun = time.monotonic()

        def told(share: float) -> None:
            self._show(mine, Stand(words, share, seconds_left(share, time.monotonic() - begun)))

        told(0.0)  # before anything is done: a process may take seconds to start
        try:
            yield told
        finally:
            self._show(mine, None)

    def _show(self, which: object, stand: Stand | None) -> None:
        if which is self._newest:
            self.now = stand
            ui.submit(self._changed, key=(id(self), "making"))
