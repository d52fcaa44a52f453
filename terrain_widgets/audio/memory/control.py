"""What moves at gesture rate between kernel and engine: two small tables in shared memory, last value wins."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.memory.shared import SharedMemory

MAX_CONTROL_DIM = 16
MAX_SHOWN_PLAYHEADS = 8
_TABLE_BYTES = 256  # sequence number and 31 float64
_FIELDS = _TABLE_BYTES // 8 - 1


class SeqTable:
    """Up to 31 float64 with one writer and any number of readers, never seen half written.

    The writer makes the sequence number odd, writes, and makes it even again; a reader that met an odd or a changed
    number tries again. The writer never waits for a reader, and threads of the writing process take turns by a lock.
    """

    def __init__(self, memory: SharedMemory, offset: int) -> None:
        self._sequence = np.ndarray((1,), dtype=np.int64, buffer=memory.buffer, offset=offset)
        self._values = np.ndarray((_FIELDS,), dtype=np.float64, buffer=memory.buffer, offset=offset + 8)
        self._lock = threading.Lock()
        self._last = np.zeros(_FIELDS)

    def write(self, values: Sequence[float] | NDArray[np.float64]) -> None:
        """Publish up to 31 numbers; the rest keeps its value."""
        with self._lock:
            self._sequence[0] += 1
            self._values[: len(values)] = values
            self._sequence[0] += 1

    def read(self) -> NDArray[np.float64]:
        """The newest whole table ``[31]``."""
        for _ in range(64):
            before = int(self._sequence[0])
            values = self._values.copy()
            if before % 2 == 0 and int(self._sequence[0]) == before:
                self._last = values
                break
        return self._last  # a writer that died half way leaves the table odd for good: keep what was whole


@dataclass(frozen=True)
class Gesture:
    """Kernel → engine.

    Args:
        coordinates: ``(C,)`` in control units; up to 16.
        gate: Whether the hand is down.
        pressure: 0..1.
        gain: Linear gain.
        onsets: How often the gate has opened; tells an off and on between two blocks.
        panics: How often panic was called.
    """

    coordinates: tuple[float, ...] = (0.0, 0.0)
    gate: bool = False
    pressure: float = 1.0
    gain: float = 1.0
    onsets: int = 0
    panics: int = 0


@dataclass(frozen=True)
class Telemetry:
    """Engine → kernel.

    Args:
        peak_db: As ``Level``.
        rms_db: As ``Level``.
        limiter_db: As ``Level``.
        nan_count: As ``Level``.
        load: Render time over sound time; above 1 the sound breaks up.
        frames: Latent frames rendered.
        silent: Whether what is rendered is silence, nothing being played.
        panics: Number of the newest panic that the engine has seen.
        recorded_seconds: Length of the recording so far, 0 while there is none.
        block_frames: Latent frames that are rendered at once.
        ring_frames: Latent frames kept ready for the page.
        playheads: Position of each playhead in points of its path, -1 where it does not sound; the first 8.
    """

    peak_db: float = -120.0
    rms_db: float = -120.0
    limiter_db: float = 0.0
    nan_count: int = 0
    load: float = 0.0
    frames: int = 0
    silent: bool = True
    panics: int = 0
    recorded_seconds: float = 0.0
    block_frames: int = 1
    ring_frames: float = 0.0
    playheads: tuple[float, ...] = ()


class ControlBlock:
    """One gesture table and one telemetry table in the same small piece of shared memory."""

    def __init__(self, memory: SharedMemory) -> None:
        self.memory = memory
        self._gesture = SeqTable(memory, 0)
        self._telemetry = SeqTable(memory, _TABLE_BYTES)

    @classmethod
    def create(cls, *, private: bool = False) -> ControlBlock:
        """A new block; ``private`` for the threads of one process."""
        size = 2 * _TABLE_BYTES
        return cls(SharedMemory.private(size) if private else SharedMemory.create(size))

    @classmethod
    def attach(cls, path: str) -> ControlBlock:
        """The block that another process created."""
        return cls(SharedMemory.attach(path))

    def put_gesture(self, gesture: Gesture) -> None:
        """Publish where the hand is.

        Raises:
            ValueError: If there are more than 16 coordinates.
        """
        count = len(gesture.coordinates)
        if not 1 <= count <= MAX_CONTROL_DIM:
            raise ValueError(f"a gesture has 1 to {MAX_CONTROL_DIM} coordinates, got {count}")
        head = [count, gesture.gate, gesture.pressure, gesture.gain, gesture.onsets, gesture.panics]
        self._gesture.write([*map(float, head), *gesture.coordinates])

    def gesture(self) -> Gesture:
        """The newest gesture."""
        values = self._gesture.read()
        count = int(values[0])
        if count < 1:
            return Gesture()
        coordinates = tuple(float(v) for v in values[6 : 6 + count])
        return Gesture(coordinates, bool(values[1]), float(values[2]), float(values[3]), int(values[4]), int(values[5]))

    def put_telemetry(self, telemetry: Telemetry) -> None:
        """Publish levels and places."""
        t = telemetry
        heads = t.playheads[:MAX_SHOWN_PLAYHEADS]
        self._telemetry.write(
            [
                1.0, t.peak_db, t.rms_db, t.limiter_db, t.nan_count, t.load, t.frames, t.silent, t.panics,
                t.recorded_seconds, t.block_frames, t.ring_frames, len(heads), *heads,
            ]
        )  # fmt: skip

    def telemetry(self) -> Telemetry:
        """The newest levels and places."""
        v = [float(value) for value in self._telemetry.read()]
        if not v[0]:
            return Telemetry()
        heads = tuple(v[13 : 13 + int(v[12])])
        return Telemetry(
            v[1], v[2], v[3], int(v[4]), v[5], int(v[6]), bool(v[7]), int(v[8]), v[9], int(v[10]), v[11], heads
        )

    def close(self) -> None:
        """Take the file's name away; a thread that is reading may finish, the last view unmaps."""
        self.memory.close()
