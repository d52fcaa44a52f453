"""How Jupyter's server hands a page's connection to an engine, so that nothing of the server's is in the sound's way.

A server that is busy with a kernel's pictures answers late, by up to 0.2 s on two cores. So it only checks who is
there; the open connection itself then goes to the engine as a file descriptor (``SCM_RIGHTS``, unix(7)), with what the
engine must know to answer the page's request for a WebSocket (RFC 6455, 4.2). Nothing heavy may be imported here.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass

_LENGTH = struct.Struct("<I")
_LONGEST = 1 << 16  # bytes
_ASKED_BY = ("host", "connection", "upgrade")  # and sec-websocket-…; cookies and tokens are the server's alone


@dataclass(frozen=True)
class Upgrade:
    """A page's request for a WebSocket, as far as it must be known to answer it.

    Args:
        path: What was asked for, without a query.
        headers: Names and values.
    """

    path: str
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, path: str, headers: Iterable[tuple[str, str]]) -> Upgrade:
        """Of all that a request held, what the engine needs."""
        needed = [
            (name, value)
            for name, value in headers
            if name.lower() in _ASKED_BY or name.lower().startswith("sec-websocket-")
        ]
        return cls(path.partition("?")[0], tuple(needed))  # a token may stand behind it


def hand_over(engine: socket.socket, upgrade: Upgrade, page: socket.socket | None) -> None:
    """Give a page to an engine.

    Args:
        engine: A connection to the engine's socket.
        upgrade: What the page has asked for and nobody has answered yet.
        page: The page's connection, which may be closed afterwards; ``None`` where it is encrypted by this process:
            then what goes on ``engine`` from now on is what the page says and hears.

    Raises:
        OSError: If the engine has gone.
    """
    message = json.dumps([upgrade.path, upgrade.headers]).encode()
    socket.send_fds(engine, [_LENGTH.pack(len(message)) + message], [] if page is None else [page.fileno()])


def take_over(engine: socket.socket) -> tuple[socket.socket, Upgrade]:
    """The other end of ``hand_over``: the page's connection, and its request.

    Raises:
        OSError: If the other end has gone.
        ValueError: If it is not one that hands over a page.
    """
    data, descriptors, _, _ = socket.recv_fds(engine, _LENGTH.size, 1)
    try:
        (length,) = _LENGTH.unpack(_exactly(engine, _LENGTH.size, data))
        if length > _LONGEST:
            raise ValueError(f"a request of {length} bytes is no page's")
        path, headers = json.loads(_exactly(engine, length))
        upgrade = Upgrade(str(path), tuple((str(name), str(value)) for name, value in headers))
        page = socket.socket(fileno=descriptors[0]) if descriptors else engine
    except (TypeError, ValueError, OSError):
        for descriptor in descriptors:
            os.close(descriptor)
        raise
    if descriptors:
        engine.close()
    return page, upgrade


def _exactly(engine: socket.socket, count: int, data: bytes = b"") -> bytes:
    while len(data) < count:
        piece = engine.recv(count - len(data))
        if not piece:
            raise ConnectionError("hung up in the middle of handing over")
        data += piece
    return data
