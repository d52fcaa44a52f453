"""Arrays as a safetensors file whose bytes depend on nothing but what is in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray
from safetensors.numpy import save


def tensor_file(arrays: Mapping[str, NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """The same arrays and metadata give the same bytes, in every process.

    safetensors itself writes several entries of metadata in another order each time, so that nobody can tell by the
    bytes whether a file has changed.

    Args:
        arrays: By name.
        metadata: For the header, written in the order of its keys.
    """
    content: bytes = save(dict(arrays))
    length = int.from_bytes(content[:8], "little")
    tensors = json.loads(content[8 : 8 + length])
    header = json.dumps({"__metadata__": dict(sorted(metadata.items())), **tensors}, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)  # the format wants the arrays aligned
    return len(header).to_bytes(8, "little") + header + content[8 + length :]
