"""Files of the page for what reads and writes by path."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


def written(save: Callable[[Path], object], name: str) -> tuple[str, bytes]:
    """A file's name and the content that ``save`` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        save(path)
        return name, path.read_bytes()


def read(load: Callable[[Path], T], content: bytes, suffix: str) -> T:
    """What ``load`` makes of a file of this content; it gets a name of ours, never a stranger's."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"file{suffix}")
        path.write_bytes(content)
        return load(path)
