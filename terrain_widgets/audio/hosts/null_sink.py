"""A sink that nobody hears: keeps an engine running at its true speed, for tests and for machines with no sound."""

from __future__ import annotations

import threading
import time

from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.page_stream.sound_source import SinkStatus


class NullSink:
    """Takes the host's sound at the wall clock and drops it."""

    def __init__(self) -> None:
        self._stop: threading.Event | None = None
        self._thread: threading.Thread | None = None
        self._samples = 0
        self._underruns = 0

    def start(self, host: LocalHost) -> None:
        """Begin to take from ``host``."""
        self.stop()
        self._samples = self._underruns = 0
        stop = self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(host, stop), name="terrain-null-sink", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take no more."""
        if self._stop is not None and self._thread is not None:
            self._stop.set()
            self._thread.join(timeout=2.0)
        self._stop = self._thread = None

    def close(self) -> None:
        """As ``stop``."""
        self.stop()

    def status(self) -> SinkStatus:
        """How it is doing."""
        return SinkStatus(self._thread is not None, "", self._samples, self._underruns)

    def _run(self, host: LocalHost, stop: threading.Event) -> None:
        began = time.monotonic()
        while not stop.wait(0.01):
            due = int((time.monotonic() - began) * host.sample_rate) - self._samples
            taken = 0
            while taken < due:
                count = host.read(due - taken).shape[1]
                if count == 0:
                    break
                taken += count
            self._samples += taken
            if due - taken > 0.1 * host.sample_rate:  # what could not be had in 0.1 s is lost
                self._underruns += 1
                began = time.monotonic() - self._samples / host.sample_rate
