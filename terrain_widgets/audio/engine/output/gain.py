"""Gains that move without a click: state is float64, so that any block size gives the same samples."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class Gain:
    """A gain that moves to its target along a smooth ramp, so that no change clicks.

    Args:
        ramp_samples: Length of a ramp; at least 1.
        initial: Linear gain at the start.
    """

    def __init__(self, ramp_samples: int, initial: float = 1.0) -> None:
        self.ramp_samples = max(1, int(ramp_samples))
        self._initial = float(initial)
        self.reset()

    def reset(self) -> None:
        """Back to the initial gain, at once."""
        self.jump(self._initial)

    def jump(self, value: float) -> None:
        """Take a value without a ramp; only for what cannot be heard."""
        self._start = self._target = self._value = float(value)
        self._length = self._done = 1

    def set(self, target: float, ramp_samples: int | None = None) -> None:
        """Head for a linear gain from wherever the gain is now; the same target again changes nothing."""
        if not math.isfinite(target):
            raise ValueError(f"a gain must be a finite number, got {target!r}")
        if target == self._target:
            return
        self._start, self._target = self._value, float(target)
        self._length, self._done = max(1, int(ramp_samples or self.ramp_samples)), 0

    @property
    def value(self) -> float:
        """Linear gain after the last sample processed."""
        return self._value

    @property
    def target(self) -> float:
        """Linear gain it heads for."""
        return self._target

    @property
    def remaining(self) -> int:
        """Samples until the target is reached; 0 when it is there."""
        return self._length - self._done

    def curve(self, count: int) -> NDArray[np.float64]:
        """The next ``count`` gains ``[S]``; advances the ramp."""
        if self.remaining == 0:
            return np.full(count, self._target)
        place = np.minimum(self._done + 1.0 + np.arange(count), self._length) / self._length
        curve: NDArray[np.float64] = self._start + (self._target - self._start) * (place * place * (3.0 - 2.0 * place))
        if count:
            self._done = min(self._length, self._done + count)
            self._value = float(curve[-1]) if self.remaining else self._target
        return curve

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]`` times the gain."""
        if self.remaining == 0 and self._target == 1.0:
            return audio
        return (audio * self.curve(audio.shape[1])).astype(np.float32)


class Fade(Gain):
    """A gain between closed (0) and open (1).

    Args:
        ramp_samples: Length of a whole fade.
        is_open: Where it starts.
    """

    def __init__(self, ramp_samples: int, is_open: bool = False) -> None:
        super().__init__(ramp_samples, 1.0 if is_open else 0.0)

    def open(self, level: float = 1.0) -> None:
        """Fade in, to full level or to a part of it (0..1)."""
        self.set(min(1.0, max(0.0, level)))

    def close(self, ramp_samples: int | None = None) -> None:
        """Fade out."""
        self.set(0.0, ramp_samples)

    @property
    def silent(self) -> bool:
        """Closed, and the fade has ended."""
        return self.target == 0.0 and self.remaining == 0
