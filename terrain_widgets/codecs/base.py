"""The codec protocol: what an autoencoder must do to be played here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.paths.trajectory import LatentTrajectory

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class CodecInfo:
    """What a host must know of a codec.

    Args:
        name: Short name, shown to the user.
        sample_rate: Hz.
        ratio: Audio samples per latent frame (nn.terrain's ``in_ratio``).
        latent_dim: D.
        channels: A, audio channels of the decoder's output.
        licence: SPDX identifier or a short sentence; ``"unknown"`` where nobody says.
        delay: Samples by which decoded audio lags behind what was encoded.
        max_voices: Largest number of independent rows that one stream can decode.
    """

    name: str
    sample_rate: int
    ratio: int
    latent_dim: int
    channels: int = 1
    licence: str = "unknown"
    delay: int = 0
    max_voices: int = 16

    @property
    def frame_rate(self) -> float:
        """Latent frames per second."""
        return self.sample_rate / self.ratio


@dataclass(frozen=True)
class CodecRecipe:
    """How another process gets the same codec: by name or path, never by pickling weights.

    Args:
        source: Registry name or absolute path, as ``load_codec`` takes it.
        digest: SHA-256 of the weights, hexadecimal, so that the two processes cannot disagree.
    """

    source: str
    digest: str


@runtime_checkable
class CodecStream(Protocol):
    """A decoder in motion: keeps its state from block to block."""

    def decode(self, latents: FloatArray) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``; blocks of any size give the same samples."""

    def reset(self) -> None:
        """Back to the state of a fresh stream."""

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones begin from silence."""


@runtime_checkable
class Codec(Protocol):
    """Audio ``[A, S]`` to latents ``[T, D]`` and back."""

    @property
    def info(self) -> CodecInfo:
        """What a host must know."""

    @property
    def recipe(self) -> CodecRecipe | None:
        """How another process loads the same codec; ``None`` if only this process can have it."""

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """Audio ``[A, S]`` or ``[S]`` at any rate to ``ceil(S' / ratio)`` frames, S' at the codec's own rate."""

    def decode(self, latents: Any) -> FloatArray:
        """A whole latent trajectory ``[T, D]`` to audio ``[A, T * ratio]``, from a fresh state."""

    def stream(self, voices: int = 1) -> CodecStream:
        """A streaming decoder with that many independent rows."""


@runtime_checkable
class BlockEncoder(Protocol):
    """A codec that can also encode a long sound step by step, so that it can tell how far it is, and stop."""

    def encode_in_blocks(self, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        """As ``Codec.encode``, but the frames ``[t, D]`` of one part after the other, ``ceil(S' / ratio)`` together."""


class CodecError(ValueError):
    """A codec that cannot be found, loaded or trusted; the message says what was given and what to do."""
