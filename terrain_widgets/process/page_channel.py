"""The line between an engine and the page that plays it: where it is found, and how messages lie on it.

The engine listens at a socket of the user's own runtime folder. Jupyter's server knows who may connect, and hands the
page's connection over (``handover.py``). Nothing heavy may be imported: Jupyter's server does so.
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


def to_page(content: dict[str, Any], sound: bytes = b"") -> bytes:
    """A message for the page: the length of its head, the head as JSON, and the sound, at a multiple of four bytes."""
    head = json.dumps(content).encode()
    head += b" " * (-len(head) % 4)
    return _LENGTH.pack(len(head)) + head + sound
