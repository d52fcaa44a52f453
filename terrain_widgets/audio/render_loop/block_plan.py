"""How many latent frames are decoded at once: one by one for a quick codec, several for one that is slow that way.

A large convolutional decoder reads all its weights for every call, so that four frames in one call cost little more
than one. Every frame more makes the hand's way to the sound longer, so there are no more than are needed.
"""

from __future__ import annotations

import math
import time

import numpy as np

from terrain_widgets.codecs.base import Codec

_COUNTS = (1, 2, 3, 4, 6, 8)
_EASY = 0.4  # of one core's time: what is left is for the kernel's work on a small machine, and for stalls
_LONGEST_SECONDS = 0.1
_SHARE = 2 / 3  # of what is ready may be spent on waiting for a block and rendering it
_TRIALS = 4


class BlockPlan:
    """Chooses between block sizes by what each was measured to cost.

    Args:
        loads: Decoding time over sound time for blocks of so many frames, by number of frames.
        frame_seconds: Length of a latent frame.
    """

    def __init__(self, loads: dict[int, float], frame_seconds: float) -> None:
        if not loads:
            raise ValueError("a plan needs the load of at least one block size")
        self.loads, self.frame_seconds = dict(sorted(loads.items())), frame_seconds

    @classmethod
    def measured(cls, codec: Codec) -> BlockPlan:
        """Decode one voice in blocks of growing size, until one is easy or a tenth of a second long."""
        frame_seconds = 1.0 / codec.info.frame_rate
        stream = codec.stream(1)
        loads: dict[int, float] = {}
        for count in _COUNTS:
            if loads and count * frame_seconds > _LONGEST_SECONDS:
                break
            silence = np.zeros((1, codec.info.latent_dim, count), dtype=np.float32)
            stream.decode(silence)  # the first call of a size allocates
            took = []
            for _ in range(_TRIALS):
                began = time.perf_counter()
                stream.decode(silence)
                took.append(time.perf_counter() - began)
            loads[count] = float(np.median(took)) / (count * frame_seconds)
            if loads[count] <= _EASY / 4:  # even with some voices more
                break
        return cls(loads, frame_seconds)

    def frames(self, ready_seconds: float, slowdown: float = 1.0) -> int:
        """The smallest easy block that so much ready sound allows for, or else the least loaded of those.

        Args:
            ready_seconds: Sound that is kept ready in front of the listener.
            slowdown: What a block takes now, over what it took when it was measured: more voices, or a busy machine.
        """
        allowed = {n: load for n, load in self.loads.items() if self._wait(n, slowdown) <= _SHARE * ready_seconds}
        if not allowed:
            return min(self.loads)
        easy = [n for n, load in allowed.items() if slowdown * load <= _EASY]
        return min(easy) if easy else min(allowed, key=allowed.__getitem__)

    def ready_frames(self, least: float, slowdown: float = 1.0) -> float:
        """How many frames have to be ready, ``least`` or more, for blocks that are as easy as any."""
        count = self.frames(math.inf, slowdown)
        if count == min(self.loads):
            return max(least, self._wait(count, slowdown) / (_SHARE * self.frame_seconds))
        return max(least, math.ceil(self._wait(count, slowdown) / (_SHARE * self.frame_seconds)))

    def _wait(self, count: int, slowdown: float) -> float:
        """Seconds from the moment that a frame is missing until a whole block is missing, and is rendered."""
        return (count - 1 + count * slowdown * self.loads[count]) * self.frame_seconds
