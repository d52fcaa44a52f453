"""A process that does tasks, from outside: what crashes there ends only that."""

from __future__ import annotations

import contextlib
import queue
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any

from terrain_widgets.process.child import ChildProcess
from terrain_widgets.process.messages import Message

START_SECONDS = 120.0  # to import torch from a slow disk
IDLE_SECONDS = 30.0
_CANCEL_SECONDS = 3.0
_LOOK_SECONDS = 0.1


class WorkerDied(RuntimeError):
    """The worker ended, or was ended, before it answered; the message says how."""


class WorkCancelled(Exception):
    """The caller asked to stop, and it has stopped."""


class Worker:
    """A process that is started when it is asked something and freed when it has had nothing to do for a while.

    Args:
        module: Whose ``TASKS`` it does: see ``service.py``.
        idle_seconds: How long it is kept without work.
    """

    def __init__(self, module: str, idle_seconds: float = IDLE_SECONDS) -> None:
        self._module, self._idle_seconds = module, idle_seconds
        self._lock = threading.Lock()
        self._running: ChildProcess | None = None
        self._timer: threading.Timer | None = None
        self._count = 0

    def __repr__(self) -> str:
        return f"Worker({'not running' if self.pid is None else f'process {self.pid}'})"

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return None if self._running is None else self._running.pid

    def ask(
        self,
        task: str,
        content: Any,
        *,
        limit: float,
        heard: Callable[[dict[str, Any]], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Message:
        """Have a task done and wait for its answer; requests of several threads wait for each other.

        Args:
            task: Its name.
            content: What the task takes.
            limit: Seconds that may pass without any answer; then the process is ended.
            heard: Called with what it says about its progress.
            cancelled: Asked often; once it says yes, the work stops.

        Raises:
            WorkerDied: If the process ended or took too long; the next request starts another.
            WorkCancelled: If ``cancelled`` said so.
        """
        while not self._lock.acquire(timeout=_LOOK_SECONDS):
            if cancelled is not None and cancelled():
                raise WorkCancelled
        try:
            self._keep()
            running = self._started(cancelled)
            self._count += 1
            try:
                running.send({"task": task, "id": self._count, "limit": limit}, content)
            except OSError:
                raise self._ended(running, "") from None
            return self._answer(running, limit, heard, cancelled)
        finally:
            self._free_when_idle()
            self._lock.release()

    def close(self) -> None:
        """End the process now."""
        with self._lock:
            self._keep()
            self._end()

    def _started(self, cancelled: Callable[[], bool] | None) -> ChildProcess:
        if self._running is not None and self._running.pid is not None:
            return self._running
        self._end()
        running = self._running = ChildProcess("terrain_widgets.process.service", self._module)
        self._next(running, START_SECONDS, cancelled)
        return running

    def _answer(
        self,
        running: ChildProcess,
        limit: float,
        heard: Callable[[dict[str, Any]], None] | None,
        cancelled: Callable[[], bool] | None,
    ) -> Message:
        while True:
            try:
                header, content = self._next(running, limit, cancelled)
            except (WorkCancelled, KeyboardInterrupt):  # or a cell was interrupted
                self._stop_work(running)
                raise
            if header.get("id") != self._count:
                continue
            if "progress" not in header:
                return header, content
            if heard is not None:
                heard(header)

    def _next(self, running: ChildProcess, limit: float, cancelled: Callable[[], bool] | None) -> Message:
        end = time.monotonic() + limit
        while True:
            if cancelled is not None and cancelled():
                raise WorkCancelled
            try:
                message = running.heard.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if time.monotonic() > end:
                    raise self._ended(running, f"did not answer within {limit:g} s and ") from None
                continue
            if message is None:
                raise self._ended(running, "")
            return message

    def _stop_work(self, running: ChildProcess) -> None:
        """Ask it to stop; where that is not heard in time, end it."""
        with contextlib.suppress(OSError, WorkerDied):
            running.send({"do": "cancel", "id": self._count})
            end = time.monotonic() + _CANCEL_SECONDS
            while time.monotonic() < end:
                header, _ = self._next(running, end - time.monotonic(), None)
                if header.get("id") == self._count and "progress" not in header:
                    return
        self._end()

    def _ended(self, running: ChildProcess, before: str) -> WorkerDied:
        how = running.end()
        self._end()
        return WorkerDied(before + how)

    def _end(self) -> None:
        if self._running is not None:
            self._running.kill()
        self._running = None

    def _keep(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _free_when_idle(self) -> None:
        if self._running is None:
            return
        me = weakref.ref(self)

        def free() -> None:
            worker = me()
            if worker is not None and worker._timer is timer and worker._lock.acquire(blocking=False):
                try:
                    if worker._timer is timer:
                        worker._end()
                finally:
                    worker._lock.release()

        timer = self._timer = threading.Timer(self._idle_seconds, free)
        timer.daemon = True
        timer.start()
