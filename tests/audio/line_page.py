"""A page at the engine's own line, as Jupyter's server hands it over: what its worker sees, in plain Python."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from typing import Any

import numpy as np
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, Ping, TextMessage

from terrain_widgets.process.handover import Upgrade, hand_over
from terrain_widgets.process.page_channel import line_path

UPGRADE = Upgrade.of(
    "/terrain_widgets/sound/0123456789abcdef?token=secret",
    [
        ("Host", "127.0.0.1:8888"),
        ("Connection", "Upgrade"),
        ("Upgrade", "websocket"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),  # RFC 6455, 1.3
        ("Cookie", "username=secret"),
    ],
)


def connected(name: str, upgrade: Upgrade = UPGRADE) -> socket.socket:
    """A page's connection, which Jupyter's server has handed over."""
    ours, theirs = socket.socketpair()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server, theirs:
        server.connect(line_path(name))
        hand_over(server, upgrade, theirs)
    return ours


class Page:
    """What the page's worker sees, in plain Python."""

    def __init__(self, name: str) -> None:
        self.socket = connected(name)
        self.protocol = Connection(ConnectionType.CLIENT)
        self.answer = b""
        self.messages: list[dict[str, Any]] = []
        self.sound: list[np.ndarray] = []
        self.pings = 0
        self.ended = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            self._read()
        self.ended.set()

    def _read(self) -> None:
        stream = self.socket.makefile("rb")
        while not self.answer.endswith(b"\r\n\r\n"):
            self.answer += stream.readline()
        message = b""
        while data := stream.read1(1 << 16):
            self.protocol.receive_data(data)
            for event in self.protocol.events():
                if isinstance(event, Ping):
                    self.pings += 1
                    self.socket.sendall(self.protocol.send(event.response()))
                assert isinstance(event, BytesMessage | Ping)
                if isinstance(event, BytesMessage):
                    message += event.data
                    if event.message_finished:
                        self._take(message)
                        message = b""

    def _take(self, message: bytes) -> None:
        (length,) = struct.unpack_from("<I", message)
        assert length % 4 == 0, "samples must lie where a Float32Array can begin"
        self.messages.append(json.loads(message[4 : 4 + length]))
        if sound := message[4 + length :]:
            self.sound.append(np.frombuffer(sound, np.float32))

    def says(self, said: str | bytes) -> None:
        message = TextMessage(said) if isinstance(said, str) else BytesMessage(said)
        self.socket.sendall(self.protocol.send(message))

    def reports(self, **fields: Any) -> None:
        self.says(json.dumps({"type": "report", "level": 4000, "received": 4000, "underruns": 0} | fields))

    def kinds(self) -> list[str]:
        return [message["type"] for message in list(self.messages)]

    def hears(self, kind: str, times: int = 1, seconds: float = 5.0) -> bool:
        return until(lambda: self.kinds().count(kind) >= times, seconds)

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


def until(condition: Any, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while not (holds := bool(condition())) and time.monotonic() < end:
        time.sleep(0.01)
    return holds
