"""A page's WebSocket, held by the engine: it is answered, spoken to, listened to, and not waited for without end."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Event, Ping, Pong, TextMessage
from wsproto.utilities import ProtocolError

from terrain_widgets.process.handover import Upgrade

_PATIENCE_SECONDS = 30.0  # a page that sleeps for so long calls again when it wakes
_LONGEST_TEXT = 1 << 16


class PageSocket:
    """One page.

    Args:
        connection: With the page, or with what carries its bytes.
        upgrade: Its request, which is answered here.

    Raises:
        OSError: If the page has gone.
        ValueError: If it did not ask for a WebSocket.
    """

    def __init__(self, connection: socket.socket, upgrade: Upgrade) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        connection.settimeout(_PATIENCE_SECONDS)
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            # Of small messages, none waits for the one before to be acknowledged.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._protocol = WSConnection(ConnectionType.SERVER)
        headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in upgrade.headers]
        try:
            self._protocol.initiate_upgrade_connection(headers, upgrade.path)
            list(self._protocol.events())  # the request itself
            self._say(AcceptConnection())
        except ProtocolError as error:
            raise ValueError(f"no request for a WebSocket: {error}") from None

    def send(self, data: bytes) -> None:
        """A message to the page, from any thread.

        Raises:
            OSError: If the page has gone, or takes nothing; the connection is of no use then.
        """
        self._say(BytesMessage(data=data))

    def texts(self) -> Iterator[str]:
        """What the page says, until it goes; a page that says nothing for long is asked whether it is there.

        Raises:
            OSError: If the connection breaks.
            ValueError: If what it says is nothing that a page of ours would say.
        """
        text, asked = "", False
        while True:
            try:
                data = self._connection.recv(_LONGEST_TEXT)
            except TimeoutError:
                if asked:
                    return
                asked = True
                self._say(Ping())
                continue
            asked = False
            try:
                self._protocol.receive_data(data or None)
                events = list(self._protocol.events())
            except ProtocolError as error:
                raise ValueError(f"no WebSocket: {error}") from None
            for event in events:
                if isinstance(event, TextMessage):
                    text += event.data
                    if len(text) > _LONGEST_TEXT:
                        raise ValueError(f"a page of ours says no more than {_LONGEST_TEXT} characters at once")
                    if event.message_finished:
                        yield text
                        text = ""
                elif isinstance(event, Ping):
                    self._say(event.response())
                elif isinstance(event, CloseConnection):
                    with contextlib.suppress(OSError):  # the end of the stream is one, too
                        self._say(event.response())
                    return
                elif not isinstance(event, Pong):
                    raise ValueError("a page of ours says nothing but text")

    def hang_up(self) -> None:
        """End it without a word, from any thread: whoever waits in here is woken."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def _say(self, event: Event) -> None:
        with self._sending:
            try:
                data = self._protocol.send(event)
            except ProtocolError as error:  # it has said goodbye
                raise ConnectionError(f"the page has gone: {error}") from None
            self._connection.sendall(data)
