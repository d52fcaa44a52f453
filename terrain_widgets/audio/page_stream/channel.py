"""The engine's own line to the page that plays it: past the kernel, which may be busy or hold the interpreter's lock.

The page connects to Jupyter's server, which hands the connection over to the socket here (``server/handler.py``).
Sound flows while two agree: the kernel, which has stopped sending it itself (``ProcessHost.use_page_line``), and a page
that is there.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from terrain_widgets.audio.memory.control import ControlBlock
from terrain_widgets.audio.memory.ring import FloatArray, Ring
from terrain_widgets.audio.page_stream.remote import RemoteSink, RemoteStatus
from terrain_widgets.audio.page_stream.socket import PageSocket
from terrain_widgets.process.handover import take_over
from terrain_widgets.process.page_channel import line_path, to_page

_WAKE_SECONDS = 1.0
_HANDOVER_SECONDS = 5.0
_TELL_SECONDS = 0.3


class EngineSource:
    """The ring and the control block as a pump in the engine's own process sees them.

    Args:
        ring: What the loop renders into.
        control: Where the hand and the loop's levels are.
        sample_rate: Hz.
        ratio: Samples per latent frame.
    """

    def __init__(self, ring: Ring, control: ControlBlock, sample_rate: int, ratio: int) -> None:
        self._ring, self._control = ring, control
        self.sample_rate, self.channels, self._ratio = sample_rate, ring.channels, ratio
        self._awake_until = 0.0

    def wake(self) -> None:
        """Something was started that will sound in a moment."""
        self._awake_until = time.monotonic() + _WAKE_SECONDS

    @property
    def available(self) -> int:
        """Samples ready to be read."""
        return self._ring.available

    @property
    def ring_seconds(self) -> float:
        """Sound kept ready in the ring."""
        return self._control.telemetry().ring_frames * self._ratio / self.sample_rate

    @property
    def gate_open(self) -> bool:
        """Whether the hand is down, or something was started a moment ago."""
        return self._control.gesture().down or time.monotonic() < self._awake_until

    @property
    def panics(self) -> int:
        """How often panic was called."""
        return self._control.gesture().panics

    def read(self, max_samples: int) -> FloatArray:
        """Take up to ``max_samples``: ``[A, n]``."""
        return self._ring.read(max_samples)

    def state(self) -> tuple[bool, bool]:
        """(ready, silent)."""
        return True, self._control.telemetry().silent


class PageLine:
    """Listens for a page, and sends it the source's sound while the kernel wants that.

    Args:
        name: Of the line, see ``page_channel.new_name``.
        source: Where the sound is taken from.
        tell: Called a few times a second, while a page plays, with how that goes.

    Raises:
        OSError: If there can be no such socket.
    """

    def __init__(self, name: str, source: EngineSource, tell: Callable[[RemoteStatus], None]) -> None:
        self._path, self._source, self._tell = line_path(name), source, tell
        # Below zero, so that no message of a stream of the kernel's is taken for one of these.
        self._sink = RemoteSink(self._send, streams=itertools.count(-1, -1))
        self._lock = threading.Lock()
        self._wanted = False
        self._page: PageSocket | None = None
        self._told = 0.0
        os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)  # Jupyter makes it when it wants it
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self._path)  # of an engine with this name that was killed
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            self._listener.bind(self._path)
            os.chmod(self._path, 0o600)  # before it listens: until then nobody can connect
            self._listener.listen(2)
        except OSError:
            self._listener.close()
            raise
        threading.Thread(target=self._accept, name="terrain-line", daemon=True).start()

    def use(self, lead_seconds: float | None) -> None:
        """Send sound from now on, keeping so much of it in the page; ``None``: send none. Never waits."""
        with self._lock:
            self._wanted = lead_seconds is not None
            if lead_seconds is not None:
                self._sink.set_lead(lead_seconds)
            if not self._wanted:
                self._sink.stop()
            elif self._page is not None and not self._sink.running:
                self._sink.start(self._source)

    def close(self) -> None:
        """Hang up, and leave no file behind."""
        with contextlib.suppress(OSError):
            os.unlink(self._path)
        self._listener.close()
        self._sink.stop()
        with self._lock:
            page, self._page = self._page, None
        if page is not None:
            page.hang_up()

    def _accept(self) -> None:
        while True:
            try:
                server, _ = self._listener.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._serve, args=(server,), name="terrain-line-page", daemon=True).start()

    def _serve(self, server: socket.socket) -> None:
        """One page, until it goes or another one comes."""
        server.settimeout(_HANDOVER_SECONDS)
        try:
            connection, upgrade = take_over(server)
        except (OSError, ValueError, TypeError):
            server.close()
            return
        try:
            page = PageSocket(connection, upgrade)
        except (OSError, ValueError):
            connection.close()
            return
        with self._lock:
            before, self._page = self._page, page
            self._sink.stop()
        if before is not None:
            before.hang_up()
        try:
            self._send({"type": "hello"}, [])
            with self._lock:
                if self._wanted and self._page is page and not self._sink.running:
                    self._sink.start(self._source)
            for text in page.texts():
                self._hear(text)
        except (OSError, ValueError, TypeError):  # gone, or no page of ours
            pass
        finally:
            with self._lock:
                if self._page is page:
                    self._page = None
                    self._sink.stop()
            page.hang_up()

    def _hear(self, message: str) -> None:
        content = json.loads(message)
        if not (isinstance(content, dict) and content.get("type") == "report"):
            return
        self._sink.report(content)
        now = time.monotonic()
        if now - self._told > _TELL_SECONDS:
            self._told = now
            self._tell(self._sink.status())

    def _send(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        page = self._page
        if page is None:
            raise ConnectionError("no page listens")
        try:
            page.send(to_page(content, b"".join(buffers)))
        except OSError:
            page.hang_up()  # part of a message may have gone, so that nothing may follow
            raise
