"""Work that takes longer than a blink: one thread each, with progress, a guess of the time left, and a way to stop."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import traitlets

from terrain_widgets.process.freed_memory import give_back_memory
from terrain_widgets.process.last_threads import daemon
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.notices.notices import Notices

log = logging.getLogger(__name__)

_SAY_SECONDS = 0.25  # words and bars that change faster cannot be read, and cost a page its time


@dataclass(frozen=True)
class JobStatus:
    """How a job stands, as one value that can be shown.

    Args:
        kind: ``"encode"``, ``"codec"``, ``"train"``, ``"gallery"``, ``"compare"``, ``"render"`` …; ``""`` before the
            first.
        state: ``"idle"``, ``"running"``, ``"done"``, ``"cancelled"`` or ``"failed"``.
        progress: 0…1.
        message: What it is doing, or what went wrong, in a sentence.
        seconds_left: A guess, or ``None``.
    """

    kind: str = ""
    state: str = "idle"
    progress: float = 0.0
    message: str = ""
    seconds_left: float | None = None


class Job:
    """A function running in a daemon thread.

    Args:
        kind: What kind of work, for ``JobStatus``.
        work: Called with this job; reports with ``progress()`` and asks ``cancelled`` often.
        report: Called with every new status, on the job's thread.
    """

    def __init__(self, kind: str, work: Callable[[Job], None], report: Callable[[JobStatus], None]) -> None:
        self._kind, self._work, self._report = kind, work, report
        self._cancel = threading.Event()
        self._began = self._said = time.monotonic()
        self.status = JobStatus(kind, "running", 0.0, "starting")
        self.error: Exception | None = None
        self._thread = daemon(self._run, name=f"terrain_widgets {kind}", stop=self._cancel.set)

    def start(self) -> Job:
        """Begin, and return at once."""
        self._report(self.status)
        self._thread.start()
        return self

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._cancel.is_set()

    @property
    def running(self) -> bool:
        """Whether it still works."""
        return self._thread.is_alive()

    def cancel(self) -> None:
        """Ask it to stop; it does so after its present step."""
        self._cancel.set()

    def wait(self, timeout: float | None = None) -> Job:
        """Block until it has ended.

        Raises:
            TimeoutError: If it has not, after ``timeout`` seconds.
            Exception: Whatever made the job fail.
        """
        self._thread.join(timeout)
        if self.running:
            raise TimeoutError(f"{self._kind} is still running after {timeout} s")
        if self.error is not None:
            raise self.error
        return self

    def progress(self, share: float, message: str, *, seldom: bool = False) -> None:
        """Say how far it is: 0…1 and a sentence; ``seldom``: not reported if it comes sooner than it can be read."""
        now = time.monotonic()
        elapsed = now - self._began
        self.status = JobStatus(self._kind, "running", share, message, seconds_left(share, elapsed))
        if not seldom or now - self._said >= _SAY_SECONDS:
            self._said = now
            self._report(self.status)

    def _set(self, status: JobStatus) -> None:
        self.status = status
        self._report(status)

    def _run(self) -> None:
        try:
            self._work(self)
        except Exception as error:
            self.error = error
            log.debug("%s failed", self._kind, exc_info=True)
            last = JobStatus(self._kind, "failed", self.status.progress, str(error))
        else:
            state = "cancelled" if self.cancelled else "done"
            last = JobStatus(self._kind, state, 1.0, self.status.message)
        give_back_memory()  # before it says so: whoever hears it may start the next
        self._set(last)


def seconds_left(share: float, elapsed: float) -> float | None:
    """A guess of the time left where so much is done after so many seconds; too early for one, ``None``."""
    return elapsed * (1 - share) / share if share > 0.02 and elapsed > 0.3 else None


class Jobs(traitlets.HasTraits):
    """At most one job at a time, and how it stands.

    Args:
        notices: Told what went wrong, under the kind of the job.
    """

    status = traitlets.Instance(JobStatus, (), help="How the present or last job stands.")
    working = traitlets.Unicode("", help="Kind of the job that runs now, or nothing; changes only at its ends.")

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self.notices, self._lock = notices, threading.Lock()
        self._job: Job | None = None

    def __repr__(self) -> str:
        return f"Jobs({self.status.kind or 'none yet'}{f': {self.status.state}' if self.status.kind else ''})"

    @property
    def busy(self) -> bool:
        """Whether one runs."""
        return self._job is not None and self._job.running

    def start(self, kind: str, work: Callable[[Job], None], wait: bool = False) -> Job:
        """Do any work in the background, with progress and a way to stop.

        Args:
            kind: For ``status`` and ``working``.
            work: Called on the job's thread.
            wait: Return only when it is done, and raise what went wrong.

        Raises:
            RuntimeError: If another job runs.
        """
        with self._lock:
            if self.busy:
                raise RuntimeError("something is still being encoded or trained; cancel it or wait for its end")
            self._job = job = Job(kind, work, self._report).start()
        return job.wait() if wait else job

    def cancel(self) -> None:
        """Ask what runs to stop; what it reached is kept."""
        if self._job is not None:
            self._job.cancel()

    def _report(self, status: JobStatus) -> None:
        begins = status.state == "running" and not self.working
        self.status = status
        self.working = status.kind if status.state == "running" else ""
        if status.state == "failed":
            self.notices.say(status.kind, Failed(status.message))
        elif begins:
            self.notices.say(status.kind, None)
