"""The line between an engine and the page that plays it: where it is found, and how messages lie on it.

The engine listens at a socket of the user's own runtime folder, Jupyter's server hands what it says on to the page and
back, and understands none of it. Both ends of that socket are here, because they must agree. Nothing heavy may be
imported: Jupyter's server does so.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import socket
import struct
from typing import Any

_NAME = re.compile(r"[0-9a-f]{16}")
_LONGEST_PATH = 100  # a socket's path has about 104 bytes
_LENGTH = struct.Struct("<I")

#: Bytes of the length that stands before each message on the socket.
LENGTH_BYTES = _LENGTH.size
#: Bytes of the longest message; a second of sound in eight channels is longer than any that is sent.
LONGEST_MESSAGE = 2 << 20


def new_name() -> str:
    """A name for a line, to be guessed by nobody; ``""`` where there can be no line."""
    name = secrets.token_hex(8)
    return name if hasattr(socket, "AF_UNIX") and len(os.fsencode(line_path(name))) <= _LONGEST_PATH else ""


def line_path(name: str) -> str:
    """Where the engine with this name listens.

    Raises:
        ValueError: If it is no name of a line.
    """
    if not _NAME.fullmatch(name):
        raise ValueError(f"a line's name is 16 hexadecimal digits, got {name!r}")
    from jupyter_core.paths import jupyter_runtime_dir

    return os.path.join(jupyter_runtime_dir(), f"terrain-{name}")


def with_length(message: bytes) -> bytes:
    """A message as it lies on the socket."""
    return _LENGTH.pack(len(message)) + message


def length_of(head: bytes) -> int:
    """How long the message is that follows these bytes.

    Raises:
        ValueError: If it is longer than any message is.
    """
    (length,) = _LENGTH.unpack(head)
    if length > LONGEST_MESSAGE:
        raise ValueError(f"a message of {length} bytes is none of this line's")
    return int(length)


def to_page(content: dict[str, Any], sound: bytes = b"") -> bytes:
    """A message for the page: the length of its head, the head as JSON, and the sound, at a multiple of four bytes."""
    head = json.dumps(content).encode()
    head += b" " * (-len(head) % 4)
    return _LENGTH.pack(len(head)) + head + sound
