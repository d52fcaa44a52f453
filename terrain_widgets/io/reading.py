"""Files from strangers: whatever a library raises over their bytes becomes one error of ours, within limits."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from safetensors.numpy import load

Arrays = dict[str, NDArray[Any]]

_AT_ONCE = 1 << 20  # bytes that are unpacked at once
_LARGEST_DIRECTORY = 4 << 20  # bytes of a zip's list of entries, which is turned into objects before it can be counted
_END = b"PK\x05\x06"  # begins a zip's last record, 22 bytes and a comment (APPNOTE.TXT 4.3.16)


@contextmanager
def reading(error: type[ValueError], what: str) -> Iterator[None]:
    """In this block everything that is raised over a file's content becomes ``error``.

    zip, zlib, lzma, safetensors, JSON, soundfile and numpy answer damaged bytes with two dozen kinds of exception,
    ``RecursionError`` and ``MemoryError`` among them, and another version has others. No list of them stays whole.

    Args:
        error: The reader's own; it passes as it is.
        what: The first half of the sentence, e.g. ``"a.zip is no session file, or it is damaged"``.
    """
    try:
        yield
    except error:
        raise
    except Exception as raised:
        raise error(f"{what} ({_reason(raised)})") from raised


def _reason(raised: Exception) -> str:
    # soundfile's own words begin with what it was given, which may be a buffer and its address
    text = str(getattr(raised, "error_string", raised)).strip().rstrip(".")
    if isinstance(raised, RecursionError):
        return "it is nested too deep"
    if isinstance(raised, MemoryError):
        return "it asks for more memory than there is"
    if isinstance(raised, KeyError):
        return f"it lacks {text[:200]}"
    return text[:300] or type(raised).__name__


def content_of_file(path: Path, largest: int) -> bytes:
    """A file's bytes.

    Args:
        path: Where it lies.
        largest: Most bytes.

    Raises:
        ValueError: If there is no such file, or it is larger.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {str(path)!r}")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise ValueError(f"{path.name} is larger than {largest >> 20} MiB, so it was left alone")
    return content


def tensors_of(content: bytes) -> tuple[Arrays, dict[str, str]]:
    """Arrays and metadata of a safetensors file; its own in-memory reader leaves the metadata out.

    Raises:
        Exception: Of many kinds, if it is something else; see ``reading``.
    """
    arrays: Arrays = load(content)
    length = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + length]).get("__metadata__") or {}
    return arrays, {str(key): str(value) for key, value in metadata.items()}


@contextmanager
def open_zip(path: str | os.PathLike[str], most_entries: int, largest: int) -> Iterator[zipfile.ZipFile]:
    """A zip whose entries are few and unpack to little, by what it says itself; ``entry_of`` holds it to that.

    Args:
        path: Where it lies.
        most_entries: How many it may hold.
        largest: Bytes of all its entries, unpacked.

    Raises:
        ValueError: If it holds or unpacks to more.
        Exception: Of many kinds, if it is damaged; see ``reading``.
    """
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - (1 << 16) - 22))
        tail = file.read()
        at = tail.rfind(_END)
        if at >= 0 and int.from_bytes(tail[at + 12 : at + 16], "little") > _LARGEST_DIRECTORY:
            raise ValueError(f"its list of entries is larger than {_LARGEST_DIRECTORY >> 20} MiB")
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > most_entries or sum(entry.file_size for entry in entries) > largest:
                raise ValueError(f"it unpacks to more than {most_entries} files or {largest >> 20} MiB")
            yield archive


def entry_of(archive: zipfile.ZipFile, name: str) -> bytes:
    """An entry's content, unpacked piece by piece: one that unpacks to more than it says takes no memory first.

    Raises:
        KeyError: If there is no such entry.
        Exception: Of many kinds, if it is damaged; see ``reading``.
    """
    with archive.open(name) as file:
        return b"".join(iter(lambda: file.read(_AT_ONCE), b""))
