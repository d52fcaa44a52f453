"""A constant offset is taken out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.output_processor import OutputProcessor

FloatArray = NDArray[np.float32]

_NOTHING = 1e-7  # -140 dBFS
_SUMMED = 4096  # samples that the DC blocker sums up at once
_TIME_CONSTANTS = 300.0  # exp of it is still a number


class DCBlock(OutputProcessor):
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

    def ring_out(self, audio: FloatArray) -> FloatArray:
        """What rings on after the voices have ended."""
        return audio if self.idle else self.process(audio)

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
