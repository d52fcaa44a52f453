"""What the hands do, as the kernel knows it: the newest of it, for an engine to look at."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.audio.engine.sources.hand import MAX_HANDS
from terrain_widgets.audio.memory.control import Gesture, Touch, check_gesture
from terrain_widgets.core.glide import Course, Glide


class Gestures:
    """Takes gestures of several threads.

    Args:
        publish: Called with each, one after the other.

    Attributes:
        now: The newest.
    """

    def __init__(self, publish: Callable[[Gesture], None]) -> None:
        self._publish, self._lock = publish, threading.Lock()
        self._gain = self._fade = 1.0
        self.now = Gesture()

    def move(
        self,
        coordinates: Sequence[float] | ArrayLike,
        gate: bool,
        pressure: float = 1.0,
        hand: int = 0,
        seconds: float = 0.0,
        course: Course = "eased",
        waits: bool = False,
    ) -> None:
        """A hand is elsewhere: see ``EngineHandle.move``.

        Raises:
            ValueError: As there.
        """
        place = tuple(float(v) for v in np.asarray(coordinates, dtype=np.float64).ravel())
        if not all(np.isfinite(place)):
            raise ValueError(f"coordinates must be finite, got {place}")
        if hand not in range(MAX_HANDS):
            raise ValueError(f"there are hands 0 to {MAX_HANDS - 1}, got {hand!r}")
        Glide(place, place, seconds, course)  # says what is wrong with it
        with self._lock:
            before = self.now.touch(hand)
            onsets = before.onsets + int(gate and not before.gate)
            glides = before.glides + int(seconds > 0.0)
            touch = Touch(place, bool(gate), float(pressure), onsets, float(seconds), course, glides, waits)
            self._set(self.now.with_touch(hand, touch))

    def set_gain(self, linear: float) -> None:
        """Another gain.

        Raises:
            ValueError: If it is no finite number of 0 or more.
        """
        if not (np.isfinite(linear) and linear >= 0.0):
            raise ValueError(f"gain is a finite number of 0 or more, got {linear!r}")
        with self._lock:
            self._gain = float(linear)
            self._set(replace(self.now, gain=self._gain * self._fade))

    def set_fade(self, level: float) -> None:
        """A factor of the gain, 0 to 1, while one engine follows another.

        Raises:
            ValueError: If it is not 0 to 1.
        """
        if not 0.0 <= level <= 1.0:
            raise ValueError(f"a fade is 0 to 1, got {level!r}")
        with self._lock:
            self._fade = float(level)
            self._set(replace(self.now, gain=self._gain * self._fade))

    def panic(self) -> None:
        """One panic more."""
        with self._lock:
            self._set(replace(self.now, panics=self.now.panics + 1))

    def publish(self) -> None:
        """The newest again: for an engine that has just been started."""
        with self._lock:
            self._set(self.now)

    def _set(self, gesture: Gesture) -> None:
        check_gesture(gesture)
        self._publish(gesture)
        self.now = gesture
