"""While a page on this machine makes the sound, the kernel that it belongs to lets the browser go before."""

from __future__ import annotations

import threading
from collections.abc import Hashable
from pathlib import Path

from terrain_widgets.process.priority import AUTOGROUP, leads_its_session, nice_said

_AGAIN_SECONDS = 0.2  # the system takes such a change ten times a second, whoever makes it


class GivingWay:
    """Steps back with this process's group as long as anybody asks for it, and then back to where that was.

    Where Linux groups processes by session (sched_autogroup, as desktops have it), a kernel that computes gets as much
    of the processors as the whole browser, whatever the nice values inside of either; the browser's audio thread then
    comes too late. On other systems, and in a process that shares its group, nothing happens.

    Args:
        group: The file in which the system keeps the group's nice value.
        nice: How far to step back, 0 (not at all) to 19; left out, what ``nice_said`` says.
    """

    def __init__(self, group: Path = Path(AUTOGROUP), nice: int | None = None) -> None:
        self._group, self._nice = group, nice
        self._lock = threading.Lock()
        self._asking: set[Hashable] = set()
        self._before: int | None = None  # while it has stepped back: the group's nice value until then
        self._timer: threading.Timer | None = None

    def ask(self, who: Hashable, wanted: bool) -> None:
        """Give way for this one, or no more; returns at once, and may be called again.

        Args:
            who: Each that asks counts for itself.
            wanted: Whether it asks.
        """
        with self._lock:
            (self._asking.add if wanted else self._asking.discard)(who)
            self._follow()

    def _follow(self) -> None:
        nice = nice_said() if self._nice is None else self._nice
        if self._timer is not None or bool(self._asking) == (self._before is not None) or not nice:
            return
        try:
            if self._before is not None:
                self._group.write_text(str(self._before))
                self._before = None
            elif leads_its_session():
                before = int(self._group.read_text().split()[-1])
                self._group.write_text(str(min(19, before + nice)))
                self._before = before
        except BlockingIOError:
            self._timer = threading.Timer(_AGAIN_SECONDS, self._again)
            self._timer.daemon = True
            self._timer.start()
        except (OSError, ValueError, IndexError):
            pass  # no such groups here

    def _again(self) -> None:
        with self._lock:
            self._timer = None
            self._follow()


#: This process's.
way = GivingWay()
