"""The decoder in an engine: latents of all voices to their sounds, or a fault in words."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.fault_guard import FaultGuard
from terrain_widgets.codecs.base import Codec, SeededStream

FloatArray = NDArray[np.float32]


class DecoderFault(RuntimeError):
    """What was decoded cannot be a sound."""


class Decoder:
    """One stream of a codec with a row for each voice.

    Args:
        codec: What decodes.
        seed: Handed to the stream if that draws noise (declares ``seeded``).

    """

    def __init__(self, codec: Codec, seed: int) -> None:
        self._info, self._seed = codec.info, seed
        self._stream, self._rows = codec.stream(1), 1
        self._begin()

    def _begin(self) -> None:
        if self._info.capabilities.seeded:
            cast(SeededStream, self._stream).seed(self._seed)
        self._faults = FaultGuard()

    @property
    def bad_samples(self) -> int:
        """Samples that were no sound, since the start."""
        return self._faults.count

    def restart(self) -> None:
        """As fresh, with one row."""
        self._stream.reset()
        if self._rows > 1:
            self._stream.resize(1)
            self._rows = 1
        self._begin()

    def decode(self, latents: FloatArray) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``.

        Raises:
            DecoderFault: If there is NaN in it, or more than any sound; the decoder's memory is cleared.
            Exception: Whatever a codec raises.
        """
        rows, _, frames = latents.shape
        wanted = (rows, self._info.channels, frames * self._info.ratio)
        if rows != self._rows:
            self._stream.resize(rows)
            self._rows = rows
        decoded = np.asarray(self._stream.decode(latents), dtype=np.float32)
        if decoded.shape != wanted:
            raise ValueError(f"the codec gave {decoded.shape} where {wanted} audio samples were expected")
        if self._faults.faulty(decoded):
            self._stream.reset()  # a NaN in a decoder's memory would stay there for good
            raise DecoderFault("the decoder gave NaN or more than 24 dB above full scale: muted, its memory cleared")
        return decoded
