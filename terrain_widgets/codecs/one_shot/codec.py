"""``OneShotCodec``: hits to vectors, and vectors to whole sounds that are struck by place."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from terrain_widgets.codecs.base import CodecError, CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities, LatentInfo
from terrain_widgets.codecs.frame_accounting import at_rate, checked_audio, frames_needed, with_channels
from terrain_widgets.codecs.latent_shapes import latent_table
from terrain_widgets.codecs.one_shot.layers import about
from terrain_widgets.codecs.one_shot.model import PEAK, SAMPLE_RATE, OneShotConfig, OneShotDecoder, OneShotModel
from terrain_widgets.codecs.one_shot.pieces import hits
from terrain_widgets.codecs.one_shot.struck import (
    LOUDEST,
    MAX_VOICES,
    PARAMETERS,
    QUIETEST,
    RATIO,
    Render,
    StruckStream,
    level_of,
)
from terrain_widgets.codecs.other_weights import bent_decoder, bent_encoder, layers_of
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.paths.trajectory import LatentTrajectory

FloatArray = NDArray[np.float32]

_FARTHEST = 5.0  # latents beyond are limited
_BEGIN = 16  # samples that lead from silence into a sound
_AT_ONCE = 32  # hits encoded at once: bounds memory


class OneShotCodec:
    """One latent vector, with a level before it, is one whole sound.

    A frame's vector strikes its sound when it is far enough from the one struck last (``StrikeSettings``), and when a
    hand, pad or playhead begins. A sound that is encoded is cut into hits, and each of its frames has the vector of
    the hit that it belongs to.

    Args:
        config: The model's size.
        tensors: Its weights by name.
        name: Shown to the user.
        licence: Of what it has learned from.
        recipe: How another process loads it; ``None`` if only this one has it.

    Raises:
        CodecError: If the weights do not fit.
    """

    def __init__(
        self,
        config: OneShotConfig,
        tensors: Mapping[str, NDArray[Any]],
        name: str = "one-shot",
        licence: str = "unknown",
        recipe: CodecRecipe | None = None,
    ) -> None:
        self._config, self._name, self._licence, self._recipe = config, name, licence, recipe
        self._model = OneShotModel(config)
        try:
            weights = {k: torch.from_numpy(np.asarray(v, np.float32)) for k, v in tensors.items()}
            self._model.load_state_dict(weights)
        except (RuntimeError, TypeError, ValueError) as error:
            raise CodecError(f"{name}: these are no weights of a one-shot model of this size ({error})") from error
        self._model.eval().requires_grad_(False)

    def __repr__(self) -> str:
        seconds = self._config.samples / SAMPLE_RATE
        return f"OneShotCodec({self._name!r}, {self.info.latent_dim} latents, sounds of {seconds:.2f} s)"

    @property
    def info(self) -> CodecInfo:
        """See ``Codec``."""
        count = self._config.latents
        latents = (
            LatentInfo("level", QUIETEST + 2, LOUDEST, "loudness"),
            *(LatentInfo(f"shape {k + 1}", -3.0, 3.0, "timbre") for k in range(count)),
        )
        capabilities = Capabilities(
            look_ahead=None, tensors=True, bends_encoder=True, struck=True, parameters=PARAMETERS, latents=latents
        )
        return CodecInfo(
            self._name,
            SAMPLE_RATE,
            RATIO,
            count + 1,
            1,
            self._licence,
            0,
            MAX_VOICES,
            capabilities,
            f"each place is a whole sound of {self._config.samples / SAMPLE_RATE:.2f} s, struck as you come to it",
        )

    @property
    def recipe(self) -> CodecRecipe | None:
        """See ``Codec``."""
        return self._recipe

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """Audio ``[A, S]`` or ``[S]`` at any rate to ``ceil(S' / 512)`` frames: level and vector of its hits.

        Raises:
            ValueError: If the audio is empty, not finite or not of one or two dimensions, or the rate is not positive.
        """
        return self.encode_with({}, audio, sample_rate)

    def encode_with(self, weights: Mapping[str, FloatArray], audio: Any, sample_rate: int) -> LatentTrajectory:
        """As ``encode``, with some of the encoder's weights other than its own: see ``BendableEncoder``.

        Raises:
            ValueError: As ``encode``, or if there is no such weight, or one is of another shape.
        """
        encoder = bent_encoder(self._model.encoder, weights)
        samples = checked_audio(audio, sample_rate)
        mono = at_rate(with_channels(samples, 1), sample_rate, SAMPLE_RATE)[0]
        parts = hits(mono, SAMPLE_RATE, RATIO, self._config.samples)
        vectors = self._vectors(encoder, np.stack([sound for _, sound, _ in parts]))
        latents = np.zeros((frames_needed(len(mono), RATIO), self._config.latents + 1), np.float32)
        for (place, _, peak), vector in zip(parts, vectors, strict=True):
            latents[place:, 0] = level_of(peak) if peak else QUIETEST
            latents[place:, 1:] = vector if peak else 0.0
        return LatentTrajectory(latents, frame_rate=SAMPLE_RATE / RATIO)

    def _vectors(self, encoder: nn.Module, sounds: FloatArray) -> FloatArray:
        with torch.inference_mode():
            found = [
                self._model.spread_out(encoder(torch.from_numpy(PEAK * sounds[k : k + _AT_ONCE]))[0])
                for k in range(0, len(sounds), _AT_ONCE)
            ]
        vectors: FloatArray = torch.cat(found).clamp(-_FARTHEST, _FARTHEST).numpy()
        return vectors

    def sound(self, vector: Any) -> FloatArray:
        """The whole sound ``[S]`` of a vector ``[D - 1]``, at a peak of about 1."""
        return self._sound(self._model.decoder, vector)

    def _sound(self, decoder: OneShotDecoder, vector: Any) -> FloatArray:
        place = np.clip(np.asarray(vector, np.float32), -_FARTHEST, _FARTHEST)
        with torch.inference_mode():
            sound: FloatArray = decoder(self._model.gathered(torch.from_numpy(place)[None]))[0].numpy() / PEAK
        sound[:_BEGIN] *= np.linspace(0.0, 1.0, _BEGIN, dtype=np.float32)
        return sound

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[T, D]`` (or a ``LatentTrajectory``) to audio ``[1, T * 512]``, from a fresh state.

        Raises:
            ValueError: If the shape is not ``[T, D]`` with T of at least 1.
        """
        values = latent_table(latents, self._config.latents + 1)
        audio: FloatArray = self.stream(1).decode(values.T[None])[0]
        return audio

    def stream(self, voices: int = 1) -> StruckStream:
        """A streaming decoder with ``voices`` independent rows, 1 to 16.

        Raises:
            ValueError: If there are too many voices or none.
        """
        return StruckStream(self._render_with, self._config.latents + 1, SAMPLE_RATE / RATIO, voices)

    def _render_with(self, weights: Mapping[str, FloatArray]) -> Render:
        return partial(self._sound, bent_decoder(self._model.decoder, weights))

    def tensors(self) -> Mapping[str, FloatArray]:
        """The decoder's weights by name, and the encoder's, whose names begin with ``encoder.``; copies."""
        return layers_of(self._model.encoder, self._model.decoder, "log_variance")

    def about_layers(self) -> Mapping[str, str]:
        """What each layer does."""
        return about(self.tensors())
