"""Those who listen to an evening: pages, and a sound device's monitor."""

from __future__ import annotations

import queue
import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.page_stream.remote import RemoteSink
from tests.audio.inspector import Inspector
from tests.audio.node_page import NodePage
from tests.audio.pulse import RATE, PulseServer, Recorder

FloatArray = NDArray[np.float32]


class Page:
    """A page that plays in real time what a sink of its own sends, reports as a page does, and keeps every sample."""

    def __init__(self) -> None:
        self.sink = RemoteSink(self._send)
        self.inspectors: dict[int, Inspector] = {}
        self.underruns = 0
        self._sent: queue.SimpleQueue[tuple[dict[str, Any], FloatArray | None]] = queue.SimpleQueue()
        self._page: NodePage | None = None
        self._clock = time.monotonic()
        self._reported = 0.0

    def _send(self, message: dict[str, Any], buffers: list[bytes]) -> None:
        self._sent.put((message, np.frombuffer(buffers[0], dtype=np.float32) if buffers else None))

    def tick(self) -> None:
        """Play on: what has come, and the time since the last tick."""
        now = time.monotonic()
        if self._page is not None:
            self._page.advance(now - self._clock)
        self._clock = now
        while not self._sent.empty():
            message, audio = self._sent.get()
            if message["type"] == "start":
                self._play_at(float(message["rate"]))
            page = self._page
            if page is None:
                continue
            page.take(message, 0 if audio is None else len(audio))
            inspector = self.inspectors.setdefault(int(page.rate), Inspector(int(page.rate)))
            if audio is not None:
                inspector.take(audio)
            elif message["type"] != "lead":
                inspector.cut()
        if self._page is not None and now - self._reported > 0.1:
            self._reported = now
            before = self._page.underruns
            self.sink.report(self._page.report())
            self.underruns += max(0, self._page.underruns - before)

    def _play_at(self, rate: float) -> None:
        if self._page is None or self._page.rate != rate:
            self.close()
            self._page = NodePage(rate)

    def close(self) -> None:
        """Play no more."""
        page, self._page = self._page, None
        if page is not None:
            page.close()


class Monitor:
    """What a sound device played, from recordings of a server's monitor."""

    def __init__(self, server: PulseServer) -> None:
        self._server = server
        self._recorder: Recorder | None = None
        self.inspector = Inspector(RATE, stalls=True)

    def start(self) -> None:
        """Listen."""
        self._recorder = self._server.recorder()
        self._recorder.start()

    def stop(self) -> None:
        """Look at what was heard."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            heard = recorder.stop()[0]
            for start in range(0, len(heard), RATE // 2):
                self.inspector.take(heard[start : start + RATE // 2])
            self.inspector.cut()
