"""``StreamCodec``: a trained stream model as a codec."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from terrain_widgets.codecs.base import CodecError, CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities, LatentInfo
from terrain_widgets.codecs.frame_accounting import at_rate, checked_audio, frames_needed, whole_frames, with_channels
from terrain_widgets.codecs.latent_shapes import latent_batch, latent_table
from terrain_widgets.codecs.other_weights import bent_decoder, bent_encoder, layers_of
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.codecs.stream.decoder import LOUDEST, QUIETEST, StreamDecoder, StreamState
from terrain_widgets.codecs.stream.encoder import StreamEncoder
from terrain_widgets.codecs.stream.grid import SAMPLE_RATE
from terrain_widgets.codecs.stream.layers import ABOUT
from terrain_widgets.codecs.stream.model import StreamConfig, StreamModel
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.tensor_file import tensor_file

FloatArray = NDArray[np.float32]

MAX_VOICES = 16
PAGE_FORMAT = "stream-1"
OWN_SOUNDS = "a codec trained on your own sounds"
_BLOCK = 64  # frames at once offline: bounds memory, changes no sample


class StreamCodec:
    """A causal codec for any sound, whose first latent is the level.

    Args:
        config: The model's size.
        tensors: Its weights by name.
        name: Shown to the user.
        licence: Of what it has learned from.
        recipe: How another process loads it; ``None`` if only this one has it.
        about: What to say of it.

    Raises:
        CodecError: If the weights do not fit.
    """

    def __init__(
        self,
        config: StreamConfig,
        tensors: Mapping[str, NDArray[Any]],
        name: str = "stream",
        licence: str = "unknown",
        recipe: CodecRecipe | None = None,
        about: str = OWN_SOUNDS,
    ) -> None:
        self._config, self._name, self._licence, self._recipe = config, name, licence, recipe
        self._about = about
        model = StreamModel(config)
        try:
            model.load_state_dict({k: torch.from_numpy(np.array(v, np.float32)) for k, v in tensors.items()})
        except (RuntimeError, TypeError, ValueError) as error:
            raise CodecError(f"{name}: these are no weights of a stream model of this size ({error})") from error
        model.eval().requires_grad_(False)
        self._encoder, self._decoder = model.encoder, model.decoder

    def __repr__(self) -> str:
        info = self.info
        return f"StreamCodec({self._name!r}, {info.latent_dim} latents, {info.frame_rate:.2f} frames/s)"

    @property
    def info(self) -> CodecInfo:
        """See ``Codec``. The delay is 0: the encoder looks ahead, so that decoded sound lies where the original did."""
        count = self._config.latents
        latents = (
            LatentInfo("level", QUIETEST, LOUDEST, "loudness"),
            *(LatentInfo(f"colour {k}", -3.0, 3.0, "timbre") for k in range(1, count)),
        )
        capabilities = Capabilities(
            look_ahead=self._encoder.after,
            block_encoder=True,
            streaming_encoder=True,
            tensors=True,
            bends_encoder=True,
            exportable=True,
            in_page=True,
            latents=latents,
        )
        return CodecInfo(
            self._name,
            SAMPLE_RATE,
            self._config.ratio,
            count,
            1,
            self._licence,
            0,
            MAX_VOICES,
            capabilities,
            self._about,
        )

    @property
    def recipe(self) -> CodecRecipe | None:
        """See ``Codec``."""
        return self._recipe

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """Audio ``[A, S]`` or ``[S]`` at any rate to ``ceil(S' / ratio)`` frames, S' samples at 44.1 kHz.

        Raises:
            ValueError: If the audio is empty, not finite or not of one or two dimensions, or the rate is not positive.
        """
        return self.encode_with({}, audio, sample_rate)

    def encode_with(self, weights: Mapping[str, FloatArray], audio: Any, sample_rate: int) -> LatentTrajectory:
        """As ``encode``, with some of the encoder's weights other than its own: see ``BendableEncoder``.

        Raises:
            ValueError: As ``encode``, or if there is no such weight, or one is of another shape.
        """
        blocks = self._in_blocks(bent_encoder(self._encoder, weights), audio, sample_rate)
        return LatentTrajectory(np.concatenate(list(blocks)), frame_rate=SAMPLE_RATE / self._config.ratio)

    def encode_in_blocks(self, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        """As ``encode``, but some frames ``[t, D]`` at a time.

        Raises:
            ValueError: As ``encode``.
        """
        return self._in_blocks(self._encoder, audio, sample_rate)

    def _in_blocks(self, encoder: StreamEncoder, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        samples, ratio = checked_audio(audio, sample_rate), self._config.ratio
        mono = whole_frames(at_rate(with_channels(samples, 1), sample_rate, SAMPLE_RATE), ratio)
        stream = StreamEncoding(encoder)
        late, step = stream.delay_frames, _BLOCK * ratio
        padded = np.pad(mono, ((0, 0), (0, late * ratio)))
        for start in range(0, padded.shape[1], step):
            found = stream.encode(padded[:, start : start + step])
            skipped = max(0, late - start // ratio)
            if len(found) > skipped:
                yield found[skipped:]

    def encoder_stream(self) -> StreamEncoding:
        """A fresh encoder for live sound."""
        return StreamEncoding(self._encoder)

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[T, D]`` (or a ``LatentTrajectory``) to audio ``[1, T * ratio]``, from a fresh state.

        Raises:
            ValueError: If the shape is not ``[T, D]`` with T of at least 1.
        """
        values = latent_table(latents, self._config.latents)
        stream = self.stream(1)
        blocks = [stream.decode(values[k : k + _BLOCK].T[None])[0] for k in range(0, len(values), _BLOCK)]
        return np.concatenate(blocks, axis=1)

    def stream(self, voices: int = 1) -> StreamDecoding:
        """A streaming decoder with ``voices`` independent rows, 1 to 16.

        Raises:
            ValueError: If there are too many voices or none.
        """
        return StreamDecoding(self._decoder, voices)

    def page_decoder(self, hears: bool = False) -> bytes:
        """The decoder's weights as safetensors of float16, for the page, which hears by none of it."""
        weights = {name: value.half().numpy() for name, value in self._decoder.state_dict().items()}
        metadata = {"format": PAGE_FORMAT, "ratio": str(self._config.ratio), "name": self._name}
        return tensor_file(weights, metadata)

    def tensors(self) -> Mapping[str, FloatArray]:
        """The decoder's weights by name, and the encoder's, whose names begin with ``encoder.``; copies."""
        return layers_of(self._encoder, self._decoder, "log_variance")

    def about_layers(self) -> Mapping[str, str]:
        """What each layer does."""
        return ABOUT

    def scripted_decoder(self) -> nn.Module:
        """The decoder with its state in buffers, 64 rows of it, as ``torch.jit.script`` can compile it: for exports."""
        from terrain_widgets.codecs.stream.scripted import StreamRows

        return StreamRows(self._decoder)


class StreamDecoding:
    """A decoder in motion: see ``CodecStream``. Rows are independent.

    Args:
        decoder: Shared, not changed.
        voices: Number of rows B.
    """

    def __init__(self, decoder: StreamDecoder, voices: int) -> None:
        self._own = self._decoder = decoder
        self._voices = _checked(voices)
        self.reset()

    def __repr__(self) -> str:
        return f"StreamDecoding({self._voices} voices)"

    def reset(self) -> None:
        """Back to the state of a fresh stream."""
        self._state = self._decoder.fresh(self._voices)

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones start from silence.

        Raises:
            ValueError: If there are too many voices or none.
        """
        kept, old = min(_checked(voices), self._voices), self._state
        new = self._decoder.fresh(voices, old.hops)

        def rows(before: torch.Tensor, fresh: torch.Tensor) -> torch.Tensor:
            return torch.cat([before[:kept], fresh[kept:]])

        latents, hidden = rows(old.latents, new.latents), rows(old.hidden, new.hidden)
        self._state, self._voices = StreamState(latents, hidden, rows(old.tail, new.tail), old.hops), voices

    def bent(self, weights: Mapping[str, FloatArray]) -> StreamDecoding:
        """A second stream that goes on from here with some weights other than the codec's own: ``BendableStream``.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """
        stream = copy.copy(self)  # the state is replaced at every block, never changed
        stream._decoder = bent_decoder(self._own, weights)
        return stream

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, 1, T * ratio]``; blocks of any size give the same samples.

        A frame with NaN in it is silent.

        Raises:
            ValueError: If the shape is not ``[voices, D, T]`` with T of at least 1.
        """
        values = latent_batch(latents, self._voices, self._decoder.latent_dim)
        with torch.inference_mode():
            audio, self._state = self._decoder(torch.from_numpy(values), self._state)
        result: FloatArray = audio.numpy()[:, None]
        return result


class StreamEncoding:
    """An encoder in motion: see ``EncoderStream``.

    Args:
        encoder: Shared, not changed.
    """

    def __init__(self, encoder: StreamEncoder) -> None:
        self._own = self._encoder = encoder
        self.reset()

    @property
    def delay_frames(self) -> int:
        """Frames by which its output is late: what it looks ahead."""
        return frames_needed(self._encoder.after, self._encoder.ratio)

    def reset(self) -> None:
        """Back to the state of a fresh stream, which has heard silence."""
        encoder = self._encoder
        self._heard = torch.zeros(1, encoder.before + self.delay_frames * encoder.ratio)
        self._state = encoder.fresh(1)

    def bend(self, weights: Mapping[str, FloatArray]) -> None:
        """Encode from the next frame on with some weights other than the codec's own: see ``BendableEncoderStream``.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """
        self._encoder = bent_encoder(self._own, weights)

    def encode(self, audio: FloatArray) -> FloatArray:
        """Whole frames of audio ``[A, t * ratio]`` to as many latent frames ``[t, D]``, ``delay_frames`` late."""
        encoder = self._encoder
        mono = torch.from_numpy(np.ascontiguousarray(with_channels(np.asarray(audio, np.float32), 1)))
        heard = torch.cat([self._heard, mono], 1)
        frames = mono.shape[1] // encoder.ratio
        with torch.inference_mode():
            shown = heard[:, : encoder.before + frames * encoder.ratio + encoder.after]
            level, mean, _, self._state = encoder(shown, self._state)
            latents = torch.cat([level, mean.clamp(-5.0, 5.0)], 1)[0].T
        self._heard = heard[:, frames * encoder.ratio :].clone()
        result: FloatArray = latents.contiguous().numpy()
        return result


def _checked(voices: int) -> int:
    if not 1 <= voices <= MAX_VOICES:
        raise ValueError(f"a stream codec streams 1 to {MAX_VOICES} voices, got {voices}")
    return voices
