"""A single-producer single-consumer ring of audio between two processes or threads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.memory.shared import SharedMemory

FloatArray = NDArray[np.float32]

_HEADER_BYTES = 128  # both positions on cache lines of their own


class Ring:
    """Float32 audio ``[A, capacity]`` in shared memory, without a lock.

    Exactly one side writes and exactly one reads. Each owns one position, a count of samples since the start that only
    grows; data are copied before the position moves. (Aligned 8-byte stores are single stores on every machine we know;
    between the copy and the store the interpreter runs enough code for the order to hold on weakly ordered ones.)

    Args:
        memory: At least ``Ring.size(channels, capacity)`` bytes, zero at first.
        channels: A.
        capacity: Samples per channel.
    """

    def __init__(self, memory: SharedMemory, channels: int, capacity: int) -> None:
        self.memory = memory
        self.channels, self.capacity = int(channels), int(capacity)
        self._written = memory.view((1,), np.int64, 0)
        self._read = memory.view((1,), np.int64, 64)
        self._data = memory.view((self.channels, self.capacity), np.float32, _HEADER_BYTES)

    @staticmethod
    def size(channels: int, capacity: int) -> int:
        """Bytes that a ring needs."""
        return _HEADER_BYTES + 4 * channels * capacity

    @classmethod
    def create(cls, channels: int, capacity: int, *, private: bool = False) -> Ring:
        """A new ring; ``private`` for the threads of one process."""
        size = cls.size(channels, capacity)
        return cls(SharedMemory.private(size) if private else SharedMemory.create(size), channels, capacity)

    @classmethod
    def attach(cls, path: str, channels: int, capacity: int) -> Ring:
        """The ring that another process created."""
        return cls(SharedMemory.attach(path), channels, capacity)

    @property
    def available(self) -> int:
        """Samples that can be read."""
        return int(self._written[0] - self._read[0])

    @property
    def free(self) -> int:
        """Samples that can be written."""
        return self.capacity - self.available

    @property
    def written(self) -> int:
        """Samples written since the start."""
        return int(self._written[0])

    @property
    def taken(self) -> int:
        """Samples read or skipped since the start."""
        return int(self._read[0])

    def write(self, audio: FloatArray) -> int:
        """Append audio ``[A, S]``; returns how many samples fitted."""
        count = min(int(audio.shape[1]), self.free)
        start = int(self._written[0] % self.capacity)
        first = min(count, self.capacity - start)
        self._data[:, start : start + first] = audio[:, :first]
        self._data[:, : count - first] = audio[:, first:count]
        self._written[0] += count
        return count

    def read(self, count: int) -> FloatArray:
        """Take up to ``count`` samples: ``[A, n]``, n from 0 to ``count``."""
        out = np.empty((self.channels, max(0, min(int(count), self.available))), dtype=np.float32)
        return out[:, : self.read_into(out)]

    def read_into(self, out: FloatArray) -> int:
        """Take as many samples as there are, up to all of ``out`` ``[A, S]``; the rest of it is left as it was.

        For callbacks: it copies once, into memory that is there already.

        Returns:
            How many samples were taken.
        """
        count = max(0, min(int(out.shape[1]), self.available))
        start = int(self._read[0] % self.capacity)
        first = min(count, self.capacity - start)
        out[:, :first] = self._data[:, start : start + first]
        if count > first:
            out[:, first:count] = self._data[:, : count - first]
        self._read[0] += count
        return count

    def skip(self, count: int) -> int:
        """Drop up to ``count`` samples unheard; only the reading side may. Returns how many were dropped."""
        count = max(0, min(int(count), self.available))
        self._read[0] += count
        return count

    def close(self) -> None:
        """Take the file's name away; a thread that is reading may finish, the last view unmaps."""
        self.memory.close()
