"""What is heard now, block by block: its latents, and its own sound, which waits for the decoder's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.modulation.envelope import levels
from terrain_widgets.core.modulation.hashing import Floats

FloatArray = NDArray[np.float32]

_LOUDEST = (
    4.0  # of what is heard: 12 dB above full scale; more is a fault, and the limiter would hold its breath for it
)


@dataclass(frozen=True, eq=False)
class LiveBlock:
    """Heard in the frames of one block.

    Args:
        latents: ``[T, D]``.
        audio: What they were encoded from, ``[A, T * ratio]``: an encoder that is late is waited for.
    """

    latents: FloatArray
    audio: FloatArray

    def levels(self, frames: int) -> Floats:
        """How loud each of the next frames is, ``[frames]`` from 0 to 1; after the block there is silence."""
        known = levels(np.clip(self.audio, -_LOUDEST, _LOUDEST), self.audio.shape[1] // max(1, len(self.latents)))
        return np.concatenate([known, np.zeros(max(0, frames - len(known)))])[:frames]


class LiveFeed:
    """Gives a block away part by part.

    Args:
        info: The codec; its own sound is held back by its delay, so that both meet.
    """

    def __init__(self, info: CodecInfo) -> None:
        self._info = info
        self.restart()

    def restart(self) -> None:
        """Nothing is heard."""
        self._block: LiveBlock | None = None
        self._at = 0  # frames of it that are gone
        self._held = np.zeros((self._info.channels, self._info.delay), dtype=np.float32)

    @property
    def frames_left(self) -> int:
        """Frames of the block that are still to come."""
        return 0 if self._block is None else max(0, len(self._block.latents) - self._at)

    @property
    def hears(self) -> bool:
        """Whether something is heard in the next frame."""
        return self.frames_left > 0

    def take(self, block: LiveBlock | None) -> None:
        """What is heard in the next block, or nothing.

        Raises:
            ValueError: If it does not have the codec's latents, or not as many samples as they sound.
        """
        info = self._info
        if block is None:
            if self._block is not None:
                self.restart()
            return
        frames = len(block.latents)
        channels, samples = block.audio.shape
        if (
            block.latents.shape[1] != info.latent_dim
            or samples != frames * info.ratio
            or channels not in (1, info.channels)
        ):
            raise ValueError(
                f"what is heard is latents [frames, {info.latent_dim}] and audio [channels, frames * {info.ratio}], "
                f"got {block.latents.shape} and {block.audio.shape}"
            )
        # Nobody has looked at it: one NaN would stay in the filters behind it for good.
        audio = np.broadcast_to(_finite(block.audio, _LOUDEST), (info.channels, samples))
        known = np.concatenate([self._held, audio], axis=1)
        self._held = known[:, known.shape[1] - info.delay :]
        self._block, self._at = LiveBlock(_finite(block.latents, np.inf), known[:, :samples]), 0

    def latents(self, frames: int) -> FloatArray:
        """Those of the next frames; the last one stays where there are no more."""
        if self._block is None:
            return np.zeros((frames, self._info.latent_dim), dtype=np.float32)
        known = self._block.latents
        return known[np.minimum(self._at + np.arange(frames), len(known) - 1)]

    def dry(self, count: int) -> FloatArray:
        """Its own sound in the next ``count`` samples ``[A, count]``."""
        out = np.zeros((self._info.channels, count), dtype=np.float32)
        if self._block is not None:
            start = self._at * self._info.ratio
            part = self._block.audio[:, start : start + count]
            out[:, : part.shape[1]] = part
        return out

    def advance(self, frames: int) -> None:
        """These frames are over."""
        self._at += frames


def _finite(values: FloatArray, most: float) -> FloatArray:
    """The same with 0 for what is no finite number, and no further from 0 than ``most``."""
    return np.clip(np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0), -most, most).astype(np.float32)
