"""Encoding: a whole sound, a long one block by block, a live one as it comes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.frame_accounting import at_rate, checked_audio, frames_needed, with_channels
from terrain_widgets.codecs.mosaic.features import levels_and_colours
from terrain_widgets.codecs.mosaic.frames import HOP, LOOK_AHEAD, SAMPLE_RATE, frames_of, padded, spectra_of
from terrain_widgets.codecs.mosaic.projection import Projection

FloatArray = NDArray[np.float32]

_AT_ONCE = 512  # frames: bounds memory


class MosaicEncoder:
    """Sounds to latents; what they mean depends on the projection alone.

    Args:
        projection: What latents mean.
        channels: A, of the sounds.
    """

    def __init__(self, projection: Projection, channels: int) -> None:
        self._projection, self._channels = projection, channels

    def blocks(self, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        """The latents of a sound ``[A, S]`` or ``[S]``, some frames ``[t, D]`` at a time.

        Raises:
            ValueError: If the audio is empty, not finite or not of one or two dimensions, or the rate is not positive.
        """
        samples = with_channels(checked_audio(audio, sample_rate), self._channels)
        samples = at_rate(samples, sample_rate, SAMPLE_RATE)
        frames = frames_needed(samples.shape[1], HOP)
        samples = padded(samples, frames)
        for first in range(0, frames, _AT_ONCE):
            end = min(frames, first + _AT_ONCE) * HOP + LOOK_AHEAD
            yield self.latents(samples[:, first * HOP : end])

    def latents(self, samples: FloatArray) -> FloatArray:
        """Samples ``[A, T * HOP + LOOK_AHEAD]`` at the codec's rate to latents ``[T, D]``."""
        return self._projection.latents(*levels_and_colours(spectra_of(frames_of(samples))))


class MosaicEncoderStream:
    """An encoder in motion; see ``EncoderStream``.

    Args:
        encoder: Shared.
        channels: A.
    """

    delay_frames = LOOK_AHEAD // HOP

    def __init__(self, encoder: MosaicEncoder, channels: int) -> None:
        self._encoder, self._channels = encoder, channels
        self.reset()

    def reset(self) -> None:
        """Back to the state of a fresh stream, which has heard silence."""
        self._heard = np.zeros((self._channels, LOOK_AHEAD), np.float32)

    def encode(self, audio: FloatArray) -> FloatArray:
        """Whole frames of audio ``[A, t * 512]`` at 44.1 kHz to as many latent frames ``[t, D]``, seven frames late.

        Raises:
            ValueError: If the shape is another.
        """
        samples = np.asarray(audio, dtype=np.float32)
        if samples.ndim != 2 or len(samples) != self._channels or not samples.shape[1] or samples.shape[1] % HOP:
            raise ValueError(
                f"a live encoder takes audio [{self._channels}, frames * {HOP}], got {samples.shape}; cut it to whole "
                "frames"
            )
        known = np.concatenate([self._heard, samples], axis=1)
        self._heard = known[:, -LOOK_AHEAD:].copy()
        return self._encoder.latents(known)
