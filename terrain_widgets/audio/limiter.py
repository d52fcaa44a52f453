"""A look-ahead limiter that cannot be passed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]


class Limiter:
    """No sample leaves above the ceiling, whatever comes in; all channels share one gain.

    The signal is cut into sub-blocks at fixed places. Each sub-block ``k`` may have at most the gain
    ``req[k] = min(1, ceiling / peak[k])``; the gain at the edge before it is
    ``e[k] = min(req[k-1], req[k], e[k-1] + release)``, and between two edges it runs along a straight line. Both ends
    of a line are at or below the sub-block's own ``req``, so every point of it is: that is the guarantee. It holds
    for samples; the analogue curve between two samples may still rise a little above.

    Args:
        channels: A.
        sample_rate: Hz.
        ceiling_db: Highest level in dBFS.
        release_seconds: Time in which the gain climbs from 0 back to 1.
        block: Samples in a sub-block; the attack takes one of them, the delay is two.
    """

    def __init__(
        self,
        channels: int,
        sample_rate: float,
        ceiling_db: float = -1.0,
        release_seconds: float = 0.2,
        block: int = 128,
    ) -> None:
        self.ceiling = 10.0 ** (ceiling_db / 20.0)
        # the largest float32 that does not exceed the ceiling: rounding must not undo the guarantee
        top = np.float32(self.ceiling)
        self._top = np.nextafter(top, np.float32(0)) if float(top) > self.ceiling else top
        self._channels, self._block = int(channels), int(block)
        self._release = block / max(1.0, release_seconds * sample_rate)
        self._ramp = np.arange(1, block + 1) / block
        self.reset()

    @property
    def delay(self) -> int:
        """Samples by which the output lags, always."""
        return 2 * self._block

    @property
    def idle(self) -> bool:
        """Nothing but silence is inside."""
        return not self._out.any() and not self._held.any() and not self._partial.any()

    def reset(self) -> None:
        """Back to rest, with silence inside."""
        self._partial = np.zeros((self._channels, 0))  # received, shorter than a sub-block
        self._held = np.zeros((self._channels, self._block))  # a whole sub-block that waits for its successor's peak
        self._held_req = 1.0
        self._edge = 1.0  # gain at the left edge of the held sub-block
        # The held sub-block at the start is the first half of the delay; this is the other half.
        self._out = np.zeros((self._channels, self._block), dtype=np.float32)
        self.reduction_db = 0.0

    def take_reduction_db(self) -> float:
        """Largest reduction in dB (0 or positive) since the last call."""
        reduction, self.reduction_db = self.reduction_db, 0.0
        return reduction

    def process(self, audio: FloatArray) -> FloatArray:
        """Audio ``[A, S]``, finite, to audio ``[A, S]`` that lags by ``delay`` samples."""
        count = audio.shape[1]
        pending = np.concatenate([self._partial, audio.astype(np.float64)], axis=1)
        whole = pending.shape[1] // self._block
        self._partial = pending[:, whole * self._block :]
        if whole:
            blocks = pending[:, : whole * self._block].reshape(self._channels, whole, self._block)
            peaks = np.abs(blocks).max(axis=(0, 2))
            required = np.minimum(1.0, self.ceiling / np.maximum(peaks, self.ceiling))
            done = [self._out]
            for k in range(whole):
                edge = min(self._held_req, float(required[k]), self._edge + self._release)
                done.append(self._shape(self._held, self._edge, edge))
                self._held, self._held_req, self._edge = blocks[:, k], float(required[k]), edge
            self._held = self._held.copy()  # let go of the larger array
            self._out = np.concatenate(done, axis=1)
        result, self._out = self._out[:, :count], self._out[:, count:]
        return np.ascontiguousarray(result, dtype=np.float32)

    def _shape(self, block: NDArray[np.float64], left: float, right: float) -> FloatArray:
        if left == 1.0 and right == 1.0:
            limited = block.astype(np.float32)
        else:
            lowest = min(left, right)
            self.reduction_db = max(self.reduction_db, -20.0 * float(np.log10(max(lowest, 1e-15))))
            limited = (block * (left + (right - left) * self._ramp)).astype(np.float32)
        return np.clip(limited, -self._top, self._top)
