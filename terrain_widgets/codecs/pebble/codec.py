"""``pebble``, the codec in the wheel: plays and encodes with nothing to download."""

from __future__ import annotations

import copy
import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.codecs.base import CodecError, CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities, LatentInfo
from terrain_widgets.codecs.latent_shapes import latent_batch, latent_table
from terrain_widgets.codecs.pebble.decoder import LATENT_DIM, OUTPUTS, QUIETEST, DecoderState, PebbleDecoder
from terrain_widgets.codecs.pebble.encoder import PebbleEncoder, whole_frames
from terrain_widgets.codecs.pebble.layers import ABOUT
from terrain_widgets.codecs.pebble.live_encoder import PebbleEncoderStream
from terrain_widgets.codecs.pebble.synth import RATIO, SAMPLE_RATE, SynthState
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.encoder_layers import ENCODER
from terrain_widgets.core.bending.outputs import LayerOutput
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.reading import reading, tensors_of

FloatArray = NDArray[np.float32]
FORMAT = "pebble-2"
MAX_VOICES = 16
_LATENTS = (
    LatentInfo("pitch", -3.0, 3.0, "pitch"),
    LatentInfo("loudness", QUIETEST, 2.5, "loudness"),
    *(LatentInfo(f"timbre {k + 1}", -3.0, 3.0, "timbre") for k in range(LATENT_DIM - 2)),
)
# The pitch of a frame is found from the whole sound.
_CAPABILITIES = Capabilities(
    look_ahead=None,
    streaming_encoder=True,
    tensors=True,
    outputs=True,
    bends_encoder=True,
    exportable=True,
    in_page=True,
    hears_in_page=True,
    latents=_LATENTS,
)
_BLOCK = 64  # frames decoded at once offline: bounds memory, changes no sample


def save_weights(path: Path, encoder: PebbleEncoder, decoder: PebbleDecoder, metadata: dict[str, str]) -> None:
    """Write the weights as float16 safetensors, atomically.

    Args:
        path: Where to.
        encoder: The encoder.
        decoder: The decoder.
        metadata: Added to the file's header.
    """
    tensors = {f"encoder.{name}": value for name, value in encoder.state_dict().items()}
    tensors |= {f"decoder.{name}": value for name, value in decoder.state_dict().items()}
    small = {k: v.detach().half().contiguous() if v.is_floating_point() else v.contiguous() for k, v in tensors.items()}
    content = safetensors.torch.save(small, metadata={"format": FORMAT, **metadata})
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.chmod(temporary, 0o644)  # mkstemp's own mode would hide the file from everyone else
    os.replace(temporary, path)


def bundled_weights() -> bytes:
    """The weights in the wheel."""
    return resources.files("terrain_widgets.codecs.pebble").joinpath("weights", "pebble.safetensors").read_bytes()


def _arrays_of(content: bytes) -> Mapping[str, NDArray[Any]]:
    arrays, metadata = tensors_of(content)
    if metadata.get("format") != FORMAT:
        raise ValueError(f"their format is {metadata.get('format')}")
    return arrays


def _check_voices(voices: int) -> None:
    if not 1 <= voices <= MAX_VOICES:
        raise ValueError(f"pebble streams 1 to {MAX_VOICES} voices, got {voices}")


class PebbleStream:
    """A decoder in motion: see ``CodecStream``. Rows are independent; row k sounds the same alone or among others.

    Args:
        decoder: Shared, not changed.
        voices: Number of rows B.
    """

    def __init__(self, decoder: PebbleDecoder, voices: int) -> None:
        self._own = self._decoder = decoder
        self._voices = voices
        self.reset()

    def __repr__(self) -> str:
        return f"PebbleStream({self._voices} voices, at frame {self.frame})"

    @property
    def frame(self) -> int:
        """Absolute index of the next frame; it chooses the noise."""
        return self._state.synth.frame

    def reset(self, frame: int = 0) -> None:
        """Back to the state of a fresh stream.

        Args:
            frame: Absolute index of the next frame: a stream that begins in the middle has the noise of that moment.
        """
        self._state = self._decoder.fresh_state(self._voices, frame)
        if self._decoder.bent_outputs is not None:
            self._decoder.bent_outputs.reset()

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones start from silence.

        Raises:
            ValueError: If there are too many voices or none.
        """
        _check_voices(voices)
        kept, old = min(voices, self._voices), self._state
        new = self._decoder.fresh_state(voices, self.frame)

        def rows(before: Tensor, fresh: Tensor) -> Tensor:
            return torch.cat([before[:kept], fresh[kept:]])

        synth = SynthState(
            rows(old.synth.phase, new.synth.phase),
            rows(old.synth.amplitudes, new.synth.amplitudes),
            rows(old.synth.tail, new.synth.tail),
            old.synth.frame,
        )
        started = old.started and kept == voices
        self._state = DecoderState(synth, rows(old.latents, new.latents), started)
        self._voices = voices
        if self._decoder.bent_outputs is not None:
            self._decoder.bent_outputs.resize(voices)

    def bent(self, weights: Mapping[str, FloatArray]) -> PebbleStream:
        """A second stream that goes on from here with some weights other than the codec's own: ``BendableStream``.

        Raises:
            ValueError: If there is no such weight, or one is of another shape.
        """
        stream = copy.copy(self)  # the state is replaced at every block, never changed
        stream._decoder = self._own.with_weights(weights) if weights else self._own
        if stream._decoder.bent_outputs is not None:
            stream._decoder.bent_outputs.take(self._decoder.bent_outputs)
        return stream

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[B, 8, T]`` to audio ``[B, 1, T * 1024]``; blocks of any size give the same samples.

        Latents beyond +-5 are limited, a frame with NaN in it is silent; neither disturbs what follows.

        Raises:
            ValueError: If the shape is not ``[voices, 8, T]`` with T of at least 1.
        """
        values = latent_batch(latents, self._voices, LATENT_DIM)
        with torch.inference_mode():
            audio, self._state = self._decoder(torch.from_numpy(values), self._state)
        result: FloatArray = audio.numpy()[:, None]
        return result


@dataclass(frozen=True)
class PebbleIdentity:
    """Whose weights a pebble plays.

    Args:
        name: Shown to the user.
        licence: SPDX identifier or a short sentence.
        recipe: How another process loads the same; ``None`` for weights that only this process has.
        about: One sentence on what it is.
    """

    name: str = "pebble"
    licence: str = "MIT"
    recipe: CodecRecipe | None = None
    about: str = ""


class PebbleCodec:
    """DDSP codec of 8 latents at 44.1 kHz, 1024 samples per frame; pitch, loudness and six of timbre.

    Args:
        weights: Content of a safetensors file that ``save_weights`` wrote, or its arrays by name; the bundled one if
            left out.
        identity: Whose weights these are, if they are others.

    Raises:
        CodecError: If the weights are of another format or do not fit.
    """

    def __init__(
        self, weights: bytes | Mapping[str, NDArray[Any]] | None = None, identity: PebbleIdentity | None = None
    ):
        if weights is None:
            weights = bundled_weights()
            identity = PebbleIdentity(recipe=CodecRecipe("pebble", hashlib.sha256(weights).hexdigest(), "pebble"))
        self._identity = PebbleIdentity() if identity is None else identity
        self._encoder, self._decoder = PebbleEncoder(), PebbleDecoder()
        with reading(CodecError, f"these are not weights of pebble in the format {FORMAT}"):
            arrays = _arrays_of(weights) if isinstance(weights, bytes) else weights
            tensors = {
                k: torch.from_numpy(v.astype(np.float32 if v.dtype.kind == "f" else v.dtype)) for k, v in arrays.items()
            }
            for prefix, module in (("encoder.", self._encoder), ("decoder.", self._decoder)):
                module.load_state_dict({k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)})
        for module in (self._encoder, self._decoder):
            module.eval().requires_grad_(False)

    def __repr__(self) -> str:
        return f"PebbleCodec({LATENT_DIM} latents, {SAMPLE_RATE} Hz, {SAMPLE_RATE / RATIO:.2f} frames/s)"

    @property
    def info(self) -> CodecInfo:
        """See ``Codec``. The delay is 0: the encoder looks ahead, so that decoded sound lies where the original did."""
        name, licence, about = self._identity.name, self._identity.licence, self._identity.about
        return CodecInfo(name, SAMPLE_RATE, RATIO, LATENT_DIM, 1, licence, 0, MAX_VOICES, _CAPABILITIES, about)

    @property
    def recipe(self) -> CodecRecipe | None:
        """Name and digest; ``None`` for weights that only this process has."""
        return self._identity.recipe

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """Audio ``[A, S]`` or ``[S]`` at any rate to ``ceil(S' / 1024)`` frames, S' samples at 44.1 kHz.

        Channels are averaged; the last frame is filled up with silence.

        Raises:
            ValueError: If the audio is empty, not finite or not of one or two dimensions, or the rate is not positive.
        """
        return self.encode_with({}, audio, sample_rate)

    def encode_with(self, weights: Mapping[str, FloatArray], audio: Any, sample_rate: int) -> LatentTrajectory:
        """As ``encode``, with some of the encoder's weights other than its own: see ``BendableEncoder``.

        Raises:
            ValueError: As ``encode``, or if there is no such weight, or one is of another shape.
        """
        samples = np.asarray(audio, dtype=np.float32)
        if samples.ndim not in (1, 2) or samples.size == 0:
            raise ValueError(
                f"encode takes audio [channels, samples] or [samples], not empty; got shape {samples.shape}"
            )
        if not np.isfinite(samples).all():
            raise ValueError(
                "encode takes finite audio, but this holds NaN or infinity; repair or remove those samples"
            )
        if not sample_rate > 0:
            raise ValueError(f"the sample rate must be above 0 Hz, got {sample_rate}")
        mono = samples if samples.ndim == 1 else samples.mean(axis=0)
        if sample_rate != SAMPLE_RATE:
            mono = soxr.resample(mono, sample_rate, SAMPLE_RATE, quality="HQ").astype(np.float32)
        with torch.inference_mode():
            latents = self._encoder.with_weights(weights)(whole_frames(mono))
        return LatentTrajectory(latents.numpy(), frame_rate=SAMPLE_RATE / RATIO)

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[T, 8]`` (or a ``LatentTrajectory``) to audio ``[1, T * 1024]``, from a fresh state.

        Raises:
            ValueError: If the shape is not ``[T, 8]`` with T of at least 1.
        """
        values = latent_table(latents, LATENT_DIM)
        stream = self.stream(1)
        blocks = [stream.decode(values[i : i + _BLOCK].T[None])[0] for i in range(0, len(values), _BLOCK)]
        return np.concatenate(blocks, axis=1)

    def stream(self, voices: int = 1) -> PebbleStream:
        """A streaming decoder with ``voices`` independent rows, 1 to 16.

        Raises:
            ValueError: If there are too many voices or none.
        """
        _check_voices(voices)
        return PebbleStream(self._decoder, voices)

    def tensors(self) -> Mapping[str, FloatArray]:
        """The decoder's weights by name, and the encoder's, whose names begin with ``encoder.``; copies."""
        heard = {f"{ENCODER}{name}": value for name, value in self._encoder.named_parameters()}
        every = {**dict(self._decoder.named_parameters()), **heard}
        return {name: value.detach().numpy().copy() for name, value in every.items()}

    def about_layers(self) -> Mapping[str, str]:
        """What each layer of the decoder does."""
        return ABOUT

    def encoder_stream(self) -> PebbleEncoderStream:
        """A fresh encoder for live sound."""
        return PebbleEncoderStream(self._encoder)

    def outputs(self) -> Mapping[str, LayerOutput]:
        """The layers whose output can be changed."""
        return OUTPUTS

    def page_decoder(self, hears: bool = False) -> bytes:
        """The decoder's weights, and the live encoder's where it hears, as safetensors of float16, for the page."""
        parts = {"decoder": self._decoder, **({"encoder": self._encoder} if hears else {})}
        tensors = {
            f"{part}.{name}": value.half().contiguous()
            for part, module in parts.items()
            for name, value in module.state_dict().items()
            if value.is_floating_point()
        }
        return safetensors.torch.save(tensors, metadata={"format": FORMAT})

    def scripted_decoder(self) -> nn.Module:
        """The decoder with its state in buffers, 64 rows of it, as ``torch.jit.script`` can compile it: for exports."""
        from terrain_widgets.codecs.pebble.scripted import PebbleRows

        return PebbleRows(self._decoder)
