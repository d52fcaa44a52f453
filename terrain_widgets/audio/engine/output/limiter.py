"""A look-ahead limiter that cannot be passed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.output.output_processor import OutputProcessor

FloatArray = NDArray[np.float32]


_TAPS = 24  # input samples that one point between two samples is computed from
_PHASES = 4
_LAG = _TAPS // 2  # by how much the points lag behind their newest sample
_HOP = 64  # samples whose points are computed at once
_BLOCK = 128
CEILING = 10.0 ** (-1.0 / 20.0)  # -1 dBFS
LIMITER_DELAY = 2 * _BLOCK + _LAG  # samples by which the limiter of an engine holds the sound back


def _interpolator() -> NDArray[np.float64]:
    """Kaiser-windowed sinc, ``[_TAPS, _PHASES]``: the curve at 0/4 .. 3/4 of the way between two samples."""
    where = np.arange(_TAPS)[:, None] - (_TAPS - 1 - _LAG) - np.arange(_PHASES) / _PHASES
    shape = np.kaiser(1001, 5.0)
    window = np.interp(where / (_TAPS / 2), np.linspace(-1, 1, 1001), shape, left=0.0, right=0.0)
    return np.asarray(np.sinc(where) * window)


def _shifted(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each column of taps at ``_HOP`` places one after the other: ``[_HOP + _TAPS - 1, columns * _HOP]``."""
    matrix = np.zeros((_HOP + _TAPS - 1, points.shape[1], _HOP))
    for place in range(_HOP):
        matrix[place : place + _TAPS, :, place] = points
    return matrix.reshape(len(matrix), -1)


class Limiter(OutputProcessor):
    """No peak leaves above the ceiling, whatever comes in; all channels share one gain.

    Peaks are true peaks: those of the curve through the samples, at four points per sample (as ITU-R BS.1770-4,
    Annex 2, asks). The signal is cut into sub-blocks at fixed places. Each sub-block ``k`` may have at most the gain
    ``req[k] = min(1, ceiling / peak[k])``; the gain at the edge before it is
    ``e[k] = min(req[k-1], req[k], e[k-1] + release)``, and between two edges it runs along a straight line. Both ends
    of a line are at or below the sub-block's own ``req``, so every point of it is: that is the guarantee. For samples
    it is exact; between them the last hundredths of a dB depend on the interpolation.

    Args:
        channels: A.
        sample_rate: Hz.
        ceiling_db: Highest level in dBFS.
        release_seconds: Time in which the gain climbs from 0 back to 1.
        block: Samples in a sub-block; the attack takes one of them, the delay is two and twelve samples.
    """

    def __init__(
        self,
        channels: int,
        sample_rate: float,
        ceiling_db: float = -1.0,
        release_seconds: float = 0.2,
        block: int = _BLOCK,
    ) -> None:
        self.ceiling = 10.0 ** (ceiling_db / 20.0)
        # the largest float32 that does not exceed the ceiling: rounding must not undo the guarantee
        top = np.float32(self.ceiling)
        self._top = np.nextafter(top, np.float32(0)) if float(top) > self.ceiling else top
        self._channels, self._block = int(channels), int(block)
        self.delay = 2 * self._block + _LAG
        self._release = block / max(1.0, release_seconds * sample_rate)
        self._ramp = np.arange(1, block + 1) / block
        points = _interpolator()
        self._taps = _shifted(points[:, 1:])  # the first of the points are the samples themselves
        # below this no curve through the samples can reach the ceiling
        self._safe = self.ceiling / float(np.abs(points).sum(axis=0).max())
        self.reset()

    @property
    def idle(self) -> bool:
        """Nothing but silence is inside."""
        return not (self._out.any() or self._held.any() or self._partial.any() or self._past.any())

    def reset(self) -> None:
        """Back to rest, with silence inside."""
        # Signals are kept as they came, float32; what is computed from them is float64.
        self._past = self._silence(_TAPS - 1)  # what the next points are computed from, too
        self._partial = self._silence(0)  # delayed by _LAG, shorter than a sub-block
        self._peaks = np.zeros(0, dtype=np.float32)  # of each sample in it
        self._held = self._silence(self._block)  # a whole sub-block that waits for its successor's peak
        self._held_req = 1.0
        self._edge = 1.0  # gain at the left edge of the held sub-block
        # The held sub-block at the start is the first half of the delay; this is the other half.
        self._out = self._silence(self._block)
        self.reduction_db = 0.0

    def _silence(self, count: int) -> FloatArray:
        return np.zeros((self._channels, count), dtype=np.float32)

    def take_reduction_db(self) -> float:
        """Largest reduction in dB (0 or positive) since the last call."""
        reduction, self.reduction_db = self.reduction_db, 0.0
        return reduction

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]``, finite, to audio ``[A, S]`` that lags by ``delay`` samples."""
        count = audio.shape[1]
        delayed, peaks = self._seen(audio)
        pending = np.concatenate([self._partial, delayed], axis=1)
        peaks = np.concatenate([self._peaks, peaks])
        whole = pending.shape[1] // self._block
        self._partial, self._peaks = pending[:, whole * self._block :], peaks[whole * self._block :]
        if whole:
            blocks = pending[:, : whole * self._block].reshape(self._channels, whole, self._block)
            highest = peaks[: whole * self._block].reshape(whole, self._block).max(axis=1).astype(np.float64)
            required = np.minimum(1.0, self.ceiling / np.maximum(highest, self.ceiling))
            done = [self._out]
            untouched = self._edge == 1.0 and self._held_req == 1.0 and bool((required == 1.0).all())
            if untouched:  # nearly always: nothing comes near the ceiling
                line = np.concatenate([self._held, pending[:, : (whole - 1) * self._block]], axis=1)
                done.append(line)
                self._held = blocks[:, -1]
            for k in range(0 if untouched else whole):
                edge = min(self._held_req, float(required[k]), self._edge + self._release)
                done.append(self._shape(self._held, self._edge, edge))
                self._held, self._held_req, self._edge = blocks[:, k], float(required[k]), edge
            self._held = self._held.copy()  # frees the larger array
            self._out = np.concatenate(done, axis=1)
        result, self._out = self._out[:, :count], self._out[:, count:]
        return np.ascontiguousarray(result, dtype=np.float32)

    def _seen(self, audio: FloatArray) -> tuple[FloatArray, NDArray[np.floating]]:
        """The signal ``[A, S]`` late by ``_LAG``, and the true peak ``[S]`` from each sample to the next."""
        count = audio.shape[1]
        line = np.concatenate([self._past, audio], axis=1)
        self._past = line[:, count:].copy()
        delayed = line[:, _TAPS - 1 - _LAG : _TAPS - 1 - _LAG + count]
        levels = np.abs(line)
        peaks: NDArray[np.floating] = levels[:, _TAPS - 1 - _LAG : _TAPS - 1 - _LAG + count].max(axis=0)
        if levels.max(initial=0.0) > self._safe:
            for channel in line:
                peaks = np.maximum(peaks, self._between(channel)[:count])
        return delayed, peaks

    def _between(self, line: FloatArray) -> NDArray[np.float64]:
        """Highest level of the points between each sample and the next, of one channel with its past; some more."""
        count = -(-(len(line) - _TAPS + 1) // _HOP)
        padded = np.zeros(count * _HOP + _TAPS - 1)
        padded[: len(line)] = line
        # One product of large matrices takes half the time of one with a row of taps for each sample.
        rows = np.lib.stride_tricks.as_strided(padded, (count, _HOP + _TAPS - 1), (_HOP * 8, 8), writeable=False)
        points = np.abs(rows @ self._taps).reshape(count, _PHASES - 1, _HOP)
        highest: NDArray[np.float64] = points.max(axis=1).reshape(-1)
        return highest

    def _shape(self, block: FloatArray, left: float, right: float) -> FloatArray:
        if left == 1.0 and right == 1.0:
            limited = block
        else:
            lowest = min(left, right)
            self.reduction_db = max(self.reduction_db, -20.0 * float(np.log10(max(lowest, 1e-15))))
            limited = (block * (left + (right - left) * self._ramp)).astype(np.float32)
        return np.clip(limited, -self._top, self._top)
