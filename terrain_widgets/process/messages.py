"""The one channel between a process of ours and its children: a line of JSON, then arrays as safetensors.

Nothing that comes through it is executed, and no object is made but numbers, texts, lists, dictionaries and arrays.
"""

from __future__ import annotations

import json
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

#: A header, which is for the channel, and a content: numbers, texts, arrays and tensors in lists and dictionaries.
Message = tuple[dict[str, Any], Any]
Arrays = dict[str, NDArray[Any]]


def write_message(stream: IO[bytes], header: dict[str, Any], content: Any = None) -> None:
    """Write one message whole.

    Raises:
        OSError: If the other side is gone.
        TypeError: If something in it cannot be sent.
    """
    arrays: Arrays = {}
    described = _described(content, arrays)
    payload = save_arrays(arrays) if arrays else b""
    stream.write(json.dumps({**header, "content": described, "bytes": len(payload)}).encode() + b"\n")
    stream.write(payload)
    stream.flush()


def read_message(stream: IO[bytes]) -> Message | None:
    """The next message, or ``None`` at the end."""
    try:
        line = stream.readline()
        if not line:
            return None
        header = json.loads(line)
        count, described = int(header.pop("bytes")), header.pop("content")
        payload = stream.read(count)
        if len(payload) != count:
            return None
        return header, _rebuilt(described, load_arrays(payload) if payload else {})
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def _described(value: Any, arrays: Arrays) -> Any:
    """As JSON has it, with arrays by name."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        arrays[f"{len(arrays)}"] = np.array(value, order="C")
        return {"$array": f"{len(arrays) - 1}"}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {"$pairs": [[_described(k, arrays), _described(v, arrays)] for k, v in value.items()]}
    if isinstance(value, tuple):
        return {"$tuple": [_described(v, arrays) for v in value]}
    if isinstance(value, list):
        return [_described(v, arrays) for v in value]
    if type(value).__module__ == "torch":  # so that torch is not imported for those who have none to send
        arrays[f"{len(arrays)}"] = np.array(value.detach().cpu().numpy(), order="C")
        return {"$tensor": f"{len(arrays) - 1}"}
    raise TypeError(f"a message holds numbers, texts, arrays, lists and dictionaries, not a {type(value).__name__}")


def _rebuilt(value: Any, arrays: Arrays) -> Any:
    if isinstance(value, list):
        return [_rebuilt(v, arrays) for v in value]
    if not isinstance(value, dict):
        return value
    ((kind, held),) = value.items()
    if kind == "$array":
        return arrays[held]
    if kind == "$pairs":
        return {_rebuilt(k, arrays): _rebuilt(v, arrays) for k, v in held}
    if kind == "$tuple":
        return tuple(_rebuilt(v, arrays) for v in held)
    if kind == "$tensor":
        import torch

        return torch.from_numpy(np.array(arrays[held]))
    raise ValueError(f"a message with an unknown part {kind!r}")
