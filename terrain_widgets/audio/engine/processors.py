"""Small signal processors: stateful, and the same samples whatever the block size.

Audio is ``[A, S]`` float32 in and out; state is float64, so that cutting a signal into blocks differently changes
nothing that float32 could show.
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_NOTHING = 1e-7  # -140 dBFS
_SUMMED = 4096  # samples that the DC blocker sums up at once
_TIME_CONSTANTS = 300.0  # exp of it is still a number


class Processor(Protocol):
    """What the engine chains."""

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]`` to as many samples ``[A, S]``."""

    def reset(self) -> None:
        """Back to the state of a fresh processor."""


class DCBlock:
    """A first-order high-pass against a constant offset: ``y[n] = x[n] - x[n-1] + r * y[n-1]``.

    Divided by a power of ``r`` the recursion is a sum, which numpy has:
    ``y[n] / r**(n+1) = y[-1] + sum((x[k] - x[k-1]) / r**(k+1))`` over k from 0 to n.

    Args:
        channels: A.
        sample_rate: Hz.
        cutoff: -3 dB point in Hz; below hearing, above drift.
    """

    def __init__(self, channels: int, sample_rate: float, cutoff: float = 8.0) -> None:
        pole = math.exp(-2.0 * math.pi * cutoff / sample_rate)
        # over more time constants than these the powers would leave what a number can hold
        self._most = max(1, min(_SUMMED, int(-_TIME_CONSTANTS / math.log(pole))))
        self._growth = pole ** -np.arange(1.0, self._most + 1.0)
        self._channels = channels
        self.reset()

    def reset(self) -> None:
        """Back to rest."""
        self._x = np.zeros((self._channels, 1))
        self._y = np.zeros((self._channels, 1))

    @property
    def idle(self) -> bool:
        """Silence in gives silence out: nothing rings on."""
        return not (self._x.any() or self._y.any())

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]`` without its offset."""
        if audio.shape[1] > self._most:
            parts = [audio[:, at : at + self._most] for at in range(0, audio.shape[1], self._most)]
            return np.concatenate([self.process(part) for part in parts], axis=1)
        count = audio.shape[1]
        if count == 0:
            return audio
        y = audio.astype(np.float64)  # in place from here on: behind a large model all memory is far away
        y[:, 1:] -= audio[:, :-1]
        y[:, :1] -= self._x
        y *= self._growth[:count]
        np.cumsum(y, axis=1, out=y)
        y += self._y
        y /= self._growth[:count]
        self._x, self._y = audio[:, -1:].astype(np.float64), y[:, -1:].copy()
        self._y[np.abs(self._y) < _NOTHING] = 0.0  # else a tail would never end
        return y.astype(np.float32)


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


class FaultGuard:
    """Finds what no sound can be: NaN, infinity, and levels that only a broken decoder gives."""

    ceiling = 16.0  # 24 dB above full scale

    def __init__(self) -> None:
        self.count = 0

    def reset(self) -> None:
        """Forget the count."""
        self.count = 0

    def faulty(self, audio: FloatArray) -> bool:
        """Whether audio of any shape holds such samples; adds their number to ``count``."""
        # Comparisons are false for NaN, too. If all squares together are small enough, each of them is.
        if np.vdot(audio, audio) <= self.ceiling**2:
            return False
        if audio.max(initial=0.0) <= self.ceiling and audio.min(initial=0.0) >= -self.ceiling:
            return False
        with np.errstate(invalid="ignore"):
            self.count += int(np.count_nonzero(~(np.abs(audio) <= self.ceiling)))
        return True
