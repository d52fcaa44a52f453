"""How a child process and its parent talk over pipes: a line of JSON, then as many bytes as the line says."""

from __future__ import annotations

import json
from typing import IO, Any

Message = tuple[dict[str, Any], bytes]


def write_message(stream: IO[bytes], header: dict[str, Any], payload: bytes = b"") -> None:
    """Write one message whole.

    Raises:
        OSError: If the other side is gone.
    """
    stream.write(json.dumps({**header, "bytes": len(payload)}).encode() + b"\n")
    stream.write(payload)
    stream.flush()


def read_message(stream: IO[bytes]) -> Message | None:
    """The next message, or ``None`` at the end."""
    try:
        line = stream.readline()
        if not line:
            return None
        header = json.loads(line)
        count = int(header["bytes"])
        payload = stream.read(count)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return (header, payload) if len(payload) == count else None
