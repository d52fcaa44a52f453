"""Memory that two processes see: a temporary file, mapped.

Not ``multiprocessing.shared_memory``: on Python 3.11 its resource tracker removes a segment when any of the processes
that attached to it ends, which is exactly when the other one still needs it.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def _directory() -> str:
    memory = Path("/dev/shm")  # a file system in memory, where there is one
    return str(memory) if memory.is_dir() and os.access(memory, os.W_OK) else tempfile.gettempdir()


class SharedMemory:
    """A mapped temporary file.

    Attributes:
        path: Where the other process finds it, ``""`` for memory of this process only.
        buffer: The mapping itself.
    """

    def __init__(self, buffer: mmap.mmap, path: str) -> None:
        self.buffer = buffer
        self.path = path

    @classmethod
    def create(cls, size: int) -> SharedMemory:
        """A new file of ``size`` zero bytes, readable by this user only."""
        handle, path = tempfile.mkstemp(prefix="terrain-audio-", dir=_directory())
        try:
            os.ftruncate(handle, size)
            return cls(mmap.mmap(handle, size), path)
        except BaseException:
            os.unlink(path)
            raise
        finally:
            os.close(handle)

    @classmethod
    def private(cls, size: int) -> SharedMemory:
        """Memory for the threads of this process only."""
        return cls(mmap.mmap(-1, size), "")

    @classmethod
    def attach(cls, path: str) -> SharedMemory:
        """The file that another process created."""
        with open(path, "r+b") as file:
            return cls(mmap.mmap(file.fileno(), 0), path)

    def view(self, shape: tuple[int, ...], dtype: DTypeLike, offset: int) -> NDArray[Any]:
        """An array in this memory, from that byte on; as long as it is about, the memory stays mapped."""
        # Not np.ndarray(buffer=...): it gives its claim back at once, and reading after close ends the process.
        return np.frombuffer(self.buffer, dtype, int(np.prod(shape)), offset).reshape(shape)

    def unlink(self) -> None:
        """Take the name away; the memory lives as long as somebody has it mapped (Windows: until then, nothing)."""
        if self.path:
            with contextlib.suppress(OSError):
                os.unlink(self.path)

    def close(self) -> None:
        """Take the name away and unmap, unless views into the buffer are still about; then they unmap it."""
        with contextlib.suppress(BufferError):
            self.buffer.close()
        self.unlink()
