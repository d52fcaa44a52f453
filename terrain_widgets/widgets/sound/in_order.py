"""What a page tells, in the order in which it told it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
_PATIENCE_SECONDS = 600.0
_MOST_TELLERS = 8


@dataclass
class _Teller(Generic[T]):
    """How far one page's messages have come.

    Args:
        due: Number of the next one.
        waiting: Later ones that are here already, by number, and since when.
    """

    due: int = 0
    waiting: dict[int, tuple[T, float]] = field(default_factory=dict)


class InOrder(Generic[T]):
    """Passes messages on in their order, one at a time.

    A kernel takes messages by several threads, each of which has a queue of its own (ipykernel's subshells): of two
    that a page has sent, the later one may be heard first, by as long as a cell runs, and both at once.

    Args:
        take: Is given each message, on the thread that brought it or one that it waited for.
        patience: Seconds after which one that has not come is passed over: a line that broke has lost it.
        now: Seconds.
    """

    def __init__(
        self,
        take: Callable[[T], object],
        patience: float = _PATIENCE_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._take, self._patience, self._now = take, patience, now
        self._lock = threading.RLock()
        self._tellers: dict[float, _Teller[T]] = {}

    def give(self, teller: float, number: int, message: T) -> None:
        """A message has come.

        Args:
            teller: The page that sent it; one that was loaded again is another.
            number: Of the message, counted from 0 for each teller.
            message: What is passed on when those before it have come.
        """
        with self._lock:
            own = self._tellers.setdefault(teller, _Teller())
            if len(self._tellers) > _MOST_TELLERS:
                del self._tellers[next(iter(self._tellers))]
            if number < own.due:  # it was passed over
                self._take(message)
                return
            now = self._now()
            own.waiting[number] = (message, now)
            if min(since for _, since in own.waiting.values()) < now - self._patience:
                own.due = min(own.waiting)
            while own.due in own.waiting:
                due, _ = own.waiting.pop(own.due)
                own.due += 1
                self._take(due)
