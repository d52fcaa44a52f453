"""The page as an output: an engine's sound on its way to the page's audio thread, by the engine itself or by a pump."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.page_stream.remote import RemoteSink, RemoteStatus

_playing: weakref.WeakKeyDictionary[LocalHost, weakref.ref[PageOutput]] = weakref.WeakKeyDictionary()


class PageOutput:
    """Brings a host's sound to one page while that is on.

    One page plays at a time: of the outputs of one engine, the last that was turned on plays.

    Args:
        send: Sends a message with buffers to the page.
        lead_seconds: Sound kept in the page.
        displaced: Called when another page takes the engine over.

    Attributes:
        remote: The pump that sends where the page holds no line of the engine's own.
    """

    def __init__(
        self, send: Callable[[dict[str, Any], list[bytes]], None], lead_seconds: float, displaced: Callable[[], None]
    ) -> None:
        self.remote = RemoteSink(send, lead_seconds)
        self._lead, self._displaced = float(lead_seconds), displaced
        self._host: LocalHost | None = None
        self._line_host: LocalHost | None = None  # the one that sends by its own line because this page plays
        self._on = False
        self._connected = ""

    def attach(self, host: LocalHost) -> bool:
        """Play this host from now on: at once if the page is on; returns whether it is another than before."""
        if host is self._host:
            return False
        self._let_go()
        self._host = host
        self._play_or_rest()
        return True

    def switch(self, on: bool) -> None:
        """Play, or rest."""
        self._on = on
        self._play_or_rest()

    def connect(self, line: str) -> None:
        """The page holds the engine's line of that name; ``""``: none."""
        self._connected = line
        self._play_or_rest()

    def status(self) -> RemoteStatus:
        """How the sound in the page is doing, whichever way it comes."""
        told = None if self._line_host is None else self._line_host.page_status()
        return self.remote.status() if told is None else told

    def set_lead(self, seconds: float) -> None:
        """Keep so much sound in the page from now on.

        Raises:
            ValueError: If it is not 0.02 to 2 s.
        """
        self.remote.set_lead(seconds)
        self._lead = float(seconds)
        if self._line_host is not None:
            self._line_host.use_page_line(self._lead)

    @property
    def taken(self) -> bool:
        """Whether another page plays the same host."""
        if self._host is None:
            return False
        other = _playing.get(self._host, lambda: None)()
        return other is not None and other is not self and other._on

    def panic(self) -> None:
        """Silence the host, and with it the page, until a hand goes up and down again."""
        if self._host is not None:
            self._host.panic()

    def close(self) -> None:
        """End the pump. The host is not ours and goes on."""
        self.remote.close()
        self._let_go()

    def _play_or_rest(self) -> None:
        host = self._host
        if host is not None and self._on:
            self._take_over(host)
        if host is not None and self._on and host.page_line == self._connected != "":
            self.remote.close()  # before the engine begins: they would read one ring
            self._line_host = host
            host.use_page_line(self._lead)
            return
        self._let_go()
        if host is not None and self._on:
            self.remote.start(host)
        else:
            self.remote.stop()

    def _take_over(self, host: LocalHost) -> None:
        before = _playing.get(host, lambda: None)()
        _playing[host] = weakref.ref(self)
        if before is not None and before is not self and before._on:
            before._displaced()

    def _let_go(self) -> None:
        """Have the engine send no more, if it was for this page that it did: another may play the same one."""
        host, self._line_host = self._line_host, None
        if host is not None:
            host.use_page_line(None)
