"""The codec protocol: what an autoencoder must do to be played here, and what it may do besides.

What it may do is a protocol of its own each; ``CodecInfo.capabilities`` says which of them a codec keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.capabilities import Capabilities
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.outputs import LayerOutput, neutral_tables
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
        capabilities: What else it can do.
        about: One sentence on what it is, shown to the user.
    """

    name: str
    sample_rate: int
    ratio: int
    latent_dim: int
    channels: int = 1
    licence: str = "unknown"
    delay: int = 0
    max_voices: int = 16
    capabilities: Capabilities = field(default_factory=Capabilities)
    about: str = ""

    @property
    def frame_rate(self) -> float:
        """Latent frames per second."""
        return self.sample_rate / self.ratio


@runtime_checkable
class CodecStream(Protocol):
    """A decoder in motion: keeps its state from block to block."""

    def decode(self, latents: FloatArray) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * ratio]``; blocks of any size give the same samples."""

    def reset(self) -> None:
        """Back to the state of a fresh stream."""

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones start from silence."""


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


class BlockEncoder(Protocol):
    """``block_encoder``: also encodes a long sound step by step, so that it can tell how far it is, and stop."""

    def encode_in_blocks(self, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        """As ``Codec.encode``, but the frames ``[t, D]`` of one part after the other, ``ceil(S' / ratio)`` together."""


class EncoderStream(Protocol):
    """An encoder in motion, for live sound."""

    @property
    def delay_frames(self) -> int:
        """Latent frames by which its output is late: what it looks ahead."""

    def encode(self, audio: FloatArray) -> FloatArray:
        """Whole frames of audio ``[A, t * ratio]`` at the codec's rate to as many latent frames ``[t, D]``.

        The frames of a sound come ``delay_frames`` late, and are the same in blocks of any size. They equal those of
        ``Codec.encode``, unless that hears the whole sound for each of them (``Capabilities.look_ahead`` is ``None``).
        """

    def reset(self) -> None:
        """Back to the state of a fresh stream, which has heard silence."""


class StreamingCodec(Protocol):
    """``streaming_encoder``: also encodes live."""

    def encoder_stream(self) -> EncoderStream:
        """A fresh encoder for live sound."""


class SeededStream(Protocol):
    """``seeded``: a stream whose noise is chosen by a number."""

    def seed(self, seed: int) -> None:
        """Choose the noise; equal seeds give equal samples."""


class StrikingStream(Protocol):
    """``struck``: a stream whose sounds have a beginning, which whoever plays can ask for."""

    def strike(self, rows: Sequence[int]) -> None:
        """Begin, in these rows, the sound of the next frame's latents, even where these stay as they were."""


class ParametricStream(Protocol):
    """``parameters``: a stream with numbers that may change while it plays."""

    def configure(self, values: Mapping[str, Any]) -> None:
        """Take values of the codec's ``parameters`` by address, from the next frame on; others stay.

        Raises:
            ValueError: If one is out of its range.
        """


class TensorCodec(Protocol):
    """``tensors``: shows its weights, and its streams, which are ``BendableStream``, play with others."""

    def tensors(self) -> Mapping[str, FloatArray]:
        """The decoder's weights by name, to be read only."""

    def about_layers(self) -> Mapping[str, str]:
        """What a layer does, in a sentence, by its name; layers of which nothing is known are left out."""


class OutputCodec(TensorCodec, Protocol):
    """``outputs``: layers whose output can be changed channel by channel, by a table among the bent weights."""

    def outputs(self) -> Mapping[str, LayerOutput]:
        """What is known of those outputs, by name: the layer's own and ``.output``."""


def about_layers_of(codec: Codec) -> Mapping[str, str]:
    """What is known of the codec's layers and outputs, by name; nothing where it has none to show."""
    return cast(TensorCodec, codec).about_layers() if codec.info.capabilities.tensors else {}


def outputs_of(codec: Codec) -> Mapping[str, LayerOutput]:
    """The outputs that can be changed, by name; none where the codec has none."""
    return cast(OutputCodec, codec).outputs() if codec.info.capabilities.outputs else {}


def weights_of(codec: Codec) -> Mapping[str, FloatArray]:
    """The decoder's weights by name, to be read only.

    Raises:
        ValueError: If the codec has none to show.
    """
    if not codec.info.capabilities.tensors:
        raise ValueError(
            f"the codec {codec.info.name!r} has no weights that could be bent; pebble and models have some"
        )
    return cast(TensorCodec, codec).tensors()


def bendable_of(codec: Codec) -> Mapping[str, FloatArray]:
    """All that a bend can change, by name: the decoder's weights, to be read only, and neutral tables of its outputs.

    Raises:
        ValueError: If the codec has no weights to show.
    """
    return {**weights_of(codec), **neutral_tables(outputs_of(codec))}


class BendableStream(CodecStream, Protocol):
    """A stream that can be continued with other weights."""

    def bent(self, weights: Mapping[str, FloatArray]) -> BendableStream:
        """A second stream that goes on from here with some weights other than the codec's own; this one stays.

        Args:
            weights: Those that are others, by name, and tables of outputs; none is the codec's own sound again.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """


class BendableEncoder(TensorCodec, Protocol):
    """``bends_encoder``: also encodes with other weights; an ``encoder_stream`` is a ``BendableEncoderStream``."""

    def encode_with(self, weights: Mapping[str, FloatArray], audio: Any, sample_rate: int) -> LatentTrajectory:
        """As ``Codec.encode``, with some of the encoder's weights other than the codec's own.

        Args:
            weights: By name; those that are not the encoder's count for nothing.
            audio: ``[A, S]`` or ``[S]``.
            sample_rate: Hz.

        Raises:
            ValueError: As ``Codec.encode``, or if there is no such weight, or one is of another shape.
        """


class BendableEncoderStream(EncoderStream, Protocol):
    """An encoder in motion that can go on with other weights."""

    def bend(self, weights: Mapping[str, FloatArray]) -> None:
        """Encode from the next frame on with some weights other than the codec's own.

        Args:
            weights: As ``BendableEncoder.encode_with``; none is its own hearing again.
        """


class ScriptableCodec(Protocol):
    """``exportable``: its decoder can be put into a TorchScript file."""

    def scripted_decoder(self) -> Any:
        """A fresh ``torch.nn.Module`` for ``torch.jit.script``, with ``decode(latents [B, D, T])`` and ``reset()``.

        ``decode`` gives audio ``[B, A, T * ratio]`` and goes on where the call before ended; its state is in buffers.
        """


class PageCodec(Protocol):
    """``in_page``: the engine in the page can decode with it, too."""

    def page_decoder(self, hears: bool = False) -> bytes:
        """What the page needs of it, as a safetensors file; with what encodes live sound, where it hears."""


class CodecError(ValueError):
    """A codec that cannot be found, loaded or trusted; the message says what was given and what to do."""
