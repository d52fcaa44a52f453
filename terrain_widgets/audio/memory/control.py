"""What moves at gesture rate between kernel and engine: two small tables in shared memory, last value wins."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.sources.hand import MAX_HANDS
from terrain_widgets.audio.memory.shared import SharedMemory
from terrain_widgets.core.glide import Course

MAX_CONTROL_DIM = 16
MAX_SHOWN_PLAYHEADS = 8
_TOUCH_FIELDS = 8 + MAX_CONTROL_DIM
_GESTURE_FIELDS = 2 + MAX_HANDS * _TOUCH_FIELDS
_LEVEL_FIELDS = 13
_TELEMETRY_FIELDS = _LEVEL_FIELDS + MAX_SHOWN_PLAYHEADS + 2 + MAX_CONTROL_DIM  # and the latents
_COURSES: tuple[Course, ...] = ("eased", "even")


class SeqTable:
    """Some float64 with one writer and any number of readers, never seen half written.

    The writer makes the sequence number odd, writes, and makes it even again; a reader that met an odd or a changed
    number tries again. The writer never waits for a reader, and threads of the writing process take turns by a lock.

    Args:
        memory: Where it lies.
        offset: From which byte on; it takes ``8 + 8 * fields``.
        fields: How many numbers it holds.
    """

    def __init__(self, memory: SharedMemory, offset: int, fields: int) -> None:
        self._sequence = memory.view((1,), np.int64, offset)
        self._values = memory.view((fields,), np.float64, offset + 8)
        self._lock = threading.Lock()
        self._last = np.zeros(fields)
        self.fields = fields

    def write(self, values: Sequence[float] | NDArray[np.float64]) -> None:
        """Publish numbers; those that are left out at the end keep their value."""
        with self._lock:
            self._sequence[0] += 1
            self._values[: len(values)] = values
            self._sequence[0] += 1

    def read(self) -> NDArray[np.float64]:
        """The newest whole table."""
        for _ in range(64):
            before = int(self._sequence[0])
            values = self._values.copy()
            if before % 2 == 0 and int(self._sequence[0]) == before:
                self._last = values
                break
        return self._last  # a writer that died half way leaves the table odd for good: keep what was whole


@dataclass(frozen=True)
class Touch:
    """Where one hand is, or is to go.

    Args:
        coordinates: ``(C,)`` in control units; up to 16.
        gate: Whether the hand is down.
        pressure: 0..1.
        onsets: How often the gate has opened; tells an off and on between two blocks.
        seconds: In which it glides there from where it is, if it is down already; 0 goes straight.
        course: Of the glide: see ``core.glide``.
        glides: How often a glide was asked for; tells one to the same place as the last.
        waits: Whether it counts from the next beat or bar on, where ``clock.quantise`` is on.
    """

    coordinates: tuple[float, ...] = (0.0, 0.0)
    gate: bool = False
    pressure: float = 1.0
    onsets: int = 0
    seconds: float = 0.0
    course: Course = "eased"
    glides: int = 0
    waits: bool = False


@dataclass(frozen=True)
class Gesture:
    """Kernel → engine.

    Args:
        touches: One for each hand, by its number; those that are left out are up.
        gain: Linear gain.
        panics: How often panic was called.
    """

    touches: tuple[Touch, ...] = (Touch(),)
    gain: float = 1.0
    panics: int = 0

    @property
    def down(self) -> bool:
        """Whether any hand is."""
        return any(touch.gate for touch in self.touches)

    def touch(self, hand: int) -> Touch:
        """Where that hand is."""
        return self.touches[hand] if hand < len(self.touches) else Touch()

    def with_touch(self, hand: int, touch: Touch) -> Gesture:
        """With that hand elsewhere."""
        touches = [*self.touches, *(Touch() for _ in range(len(self.touches), hand + 1))]
        touches[hand] = touch
        return replace(self, touches=tuple(touches))


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
        place: Where it sounded last, ``(C,)``: at the hand that is down, else at the first playhead; nothing before
            anything has.
        latents: What sounded there, ``(D,)``, before factor and offset: what a mapping must give to sound the same.
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
    place: tuple[float, ...] = ()
    latents: tuple[float, ...] = ()


class ControlBlock:
    """One gesture table and one telemetry table in the same small piece of shared memory."""

    def __init__(self, memory: SharedMemory) -> None:
        self.memory = memory
        telemetry = 8 * (1 + _GESTURE_FIELDS)
        self._gesture = SeqTable(memory, 0, _GESTURE_FIELDS)
        self._telemetry = SeqTable(memory, telemetry, (len(memory.buffer) - telemetry) // 8 - 1)

    @classmethod
    def create(cls, latent_dim: int = 16, *, private: bool = False) -> ControlBlock:
        """A new block with room for so many latents; ``private`` for the threads of one process."""
        size = 8 * (2 + _GESTURE_FIELDS + _TELEMETRY_FIELDS + latent_dim)
        return cls(SharedMemory.private(size) if private else SharedMemory.create(size))

    @classmethod
    def attach(cls, path: str) -> ControlBlock:
        """The block that another process created."""
        return cls(SharedMemory.attach(path))

    def put_gesture(self, gesture: Gesture) -> None:
        """Publish where the hands are.

        Raises:
            ValueError: If there are more than 8 hands, or one has none or more than 16 coordinates.
        """
        check_gesture(gesture)
        values = [gesture.gain, float(gesture.panics)]
        for k in range(MAX_HANDS):
            t = gesture.touch(k)
            head = [len(t.coordinates), t.gate, t.pressure, t.onsets, t.seconds, _COURSES.index(t.course), t.glides]
            head.append(t.waits)
            rest = MAX_CONTROL_DIM - len(t.coordinates)
            values += [*map(float, head), *t.coordinates, *(0.0 for _ in range(rest))]
        self._gesture.write(values)

    def gesture(self) -> Gesture:
        """The newest gesture; hands that were never down are left out at its end."""
        values = self._gesture.read()
        table = values[2:].reshape(MAX_HANDS, _TOUCH_FIELDS)
        if table[0, 0] < 1:
            return Gesture()  # nothing was published yet
        last = int(np.flatnonzero(table[:, 3]).max(initial=0))
        touches = (_touch(values) for values in table[: last + 1].tolist())
        return Gesture(tuple(touches), float(values[0]), int(values[1]))

    @property
    def panics(self) -> int:
        """How often panic was called: the one number that a sound card's callback asks for."""
        return int(self._gesture.read()[1])

    def put_telemetry(self, telemetry: Telemetry) -> None:
        """Publish levels and places, and as many latents as there is room for."""
        t = telemetry
        heads = list(t.playheads[:MAX_SHOWN_PLAYHEADS])
        place = list(t.place[:MAX_CONTROL_DIM])
        values = [
            1.0, t.peak_db, t.rms_db, t.limiter_db, t.nan_count, t.load, t.frames, t.silent, t.panics,
            t.recorded_seconds, t.block_frames, t.ring_frames, len(heads),
            *heads, *[0.0] * (MAX_SHOWN_PLAYHEADS - len(heads)),
            len(place), *place, *[0.0] * (MAX_CONTROL_DIM - len(place)),
            len(t.latents), *t.latents,
        ]  # fmt: skip
        self._telemetry.write(values[: self._telemetry.fields])

    def telemetry(self) -> Telemetry:
        """The newest levels and places."""
        v = self._telemetry.read().tolist()
        if not v[0]:
            return Telemetry()
        heads = tuple(v[_LEVEL_FIELDS : _LEVEL_FIELDS + int(v[12])])
        at = _LEVEL_FIELDS + MAX_SHOWN_PLAYHEADS
        place = tuple(v[at + 1 : at + 1 + int(v[at])])
        return Telemetry(
            v[1], v[2], v[3], int(v[4]), v[5], int(v[6]), bool(v[7]), int(v[8]), v[9], int(v[10]), v[11], heads,
            place, tuple(v[_TELEMETRY_FIELDS : _TELEMETRY_FIELDS + int(v[_TELEMETRY_FIELDS - 1])]),
        )  # fmt: skip

    def close(self) -> None:
        """Take the file's name away; a thread that is reading may finish, the last view unmaps."""
        self.memory.close()


def _touch(v: list[float]) -> Touch:
    """A hand's row of the table."""
    place = tuple(v[8 : 8 + int(v[0])])
    return Touch(place, bool(v[1]), v[2], int(v[3]), v[4], _COURSES[int(v[5])], int(v[6]), bool(v[7]))


def check_gesture(gesture: Gesture) -> None:
    """A gesture is of at most 8 hands, with 1 to 16 coordinates each.

    Raises:
        ValueError: If not.
    """
    if len(gesture.touches) > MAX_HANDS:
        raise ValueError(f"there are hands 0 to {MAX_HANDS - 1}, got {len(gesture.touches)} of them")
    for touch in gesture.touches:
        if not 1 <= len(touch.coordinates) <= MAX_CONTROL_DIM:
            raise ValueError(f"a gesture has 1 to {MAX_CONTROL_DIM} coordinates, got {len(touch.coordinates)}")
