"""A listener that misses nothing: numbers that are none, peaks, and clicks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

FloatArray = NDArray[np.float32]


class Inspector:
    """Looks at sound piece by piece, as if it were whole.

    A click is one place where the second difference is more than ``outlier`` times as large as anywhere within 40 ms
    before and after it, 1 ms around it left out, and larger than ``audible``. Music, noise and pulses of 25 Hz and more
    have neighbours of their own size; a sample that is missing, doubled or added has not.

    Args:
        rate: Hz.
        stalls: Whether a machine's stall may cut this sound, which is then no click but counted in ``cuts``.
        outlier: How many times.
        audible: Of full scale; what is smaller is no click.

    Attributes:
        samples: Inspected so far.
        bad: Of them, not finite.
        peak: The largest.
        clicks: Where clicks were, in seconds, and their second differences.
        into: How long after its piece's beginning each click was, in seconds: a stream's start is such a beginning.
        around: What was heard around the first clicks, 40 ms on both sides: somebody will want to look.
        cuts: Where the sound was cut by a stall of the machine, in seconds.
        worst: The largest second difference over that of its neighbours.
    """

    outlier, audible = 4.0, 0.02
    _NEAR, _WIDE = 0.001, 0.04  # seconds
    _KEPT = 8

    def __init__(self, rate: int, stalls: bool = False) -> None:
        self.rate, self._stalls = rate, stalls
        self._near, self._wide = int(self._NEAR * rate), int(self._WIDE * rate)
        self.samples, self.bad, self.peak = 0, 0, 0.0
        self.clicks: list[tuple[float, float]] = []
        self.into: list[float] = []
        self.around: list[FloatArray] = []
        self.cuts: list[float] = []
        self.worst = 0.0
        self._begin()

    @property
    def seconds(self) -> float:
        """Inspected so far."""
        return self.samples / self.rate

    def _begin(self) -> None:
        self._line = np.zeros(0, dtype=np.float64)
        self._piece = self.samples  # where it began
        self._at = self.samples  # of the line's first sample
        self._seen = 0  # of the line, how much is only there to compare with

    def take(self, audio: FloatArray) -> None:
        """The next samples ``[S]`` of the piece."""
        finite = np.isfinite(audio)
        self.bad += int(len(audio) - np.count_nonzero(finite))
        audio = np.where(finite, audio, 0.0)
        self.peak = max(self.peak, float(np.abs(audio).max(initial=0.0)))
        self.samples += len(audio)
        self._line = np.concatenate([self._line, audio])
        if len(self._line) > self.rate:
            self._look(self._seen, len(self._line) - self._wide)
            self._at += len(self._line) - 2 * self._wide
            self._line, self._seen = self._line[-2 * self._wide :], self._wide

    def cut(self) -> None:
        """What follows does not follow on: the page fades by itself there."""
        if len(self._line) > 4:
            self._look(self._seen, len(self._line))
        self._begin()

    def _look(self, start: int, stop: int) -> None:
        """Judge the samples of the line from ``start`` to ``stop``; around them there is more to compare with."""
        bend = np.zeros(len(self._line))
        bend[1:-1] = np.abs(np.diff(self._line, 2))
        side = self._wide - self._near
        # the largest within [n - wide, n - near) and (n + near, n + wide]
        largest = maximum_filter1d(bend, side, mode="constant")
        padded = np.pad(largest, self._wide)
        shift = self._near + side // 2 + 1
        before = padded[self._wide - shift : self._wide - shift + len(bend)]
        after = padded[self._wide + shift : self._wide + shift + len(bend)]
        around = np.maximum(np.maximum(before, after), self.audible / self.outlier)
        ratio = bend / around
        self.worst = max(self.worst, float(ratio[start:stop].max(initial=0.0)))
        last = -self.rate
        for n in np.flatnonzero(ratio > self.outlier):
            if start <= n < stop and n - last > self._near:
                last = int(n)
                where = (self._at + last) / self.rate
                if self._stalls and self._cut_by_stall(last):
                    self.cuts.append(where)
                else:
                    self.clicks.append((where, float(bend[last])))
                    self.into.append(where - self._piece / self.rate)
                    if len(self.around) < self._KEPT:
                        piece = self._line[max(0, last - self._wide) : last + self._wide]
                        self.around.append(piece.astype(np.float32))

    def _cut_by_stall(self, n: int) -> bool:
        """Whether a millisecond of exact zeros begins or ends here."""
        line, ms = self._line, max(8, self.rate // 1000)
        return any(
            not line[max(0, n + k - ms) : n + k].any() or not line[n + k + 1 : n + k + 1 + ms].any()
            for k in range(-3, 4)
        )
