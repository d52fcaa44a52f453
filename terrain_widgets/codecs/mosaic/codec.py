"""``MosaicCodec``: sounds to latents, and any latents to the nearest of the sounds that it is made of.

Corpus-based concatenative synthesis (Schwarz, "Concatenative sound synthesis: the early years", J. New Music Research
35(1), 2006) in the spectral domain: the magnitudes of the nearest frames are mixed, their phases go on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError, CodecInfo
from terrain_widgets.codecs.capabilities import Capabilities, LatentInfo
from terrain_widgets.codecs.latent_shapes import latent_table
from terrain_widgets.codecs.loader import Material
from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.corpus import Corpus, build_corpus, hash_of
from terrain_widgets.codecs.mosaic.encoder import MosaicEncoder, MosaicEncoderStream
from terrain_widgets.codecs.mosaic.features import BANDS, QUIETEST
from terrain_widgets.codecs.mosaic.frames import HOP, LOOK_AHEAD, SAMPLE_RATE
from terrain_widgets.codecs.mosaic.grains import Grains
from terrain_widgets.codecs.mosaic.index import FrameIndex
from terrain_widgets.codecs.mosaic.page_corpus import MOST_FRAMES, page_corpus
from terrain_widgets.codecs.mosaic.projection import Projection
from terrain_widgets.codecs.mosaic.store import keep_corpus
from terrain_widgets.codecs.mosaic.stream import MAX_VOICES, PARAMETERS, MosaicStream
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.sound_files import Sound

FloatArray = NDArray[np.float32]

NAME = "mosaic"
LATENT_DIM = 8
_STILL_GOOD = 0.85  # of the colours that latents found for the new sounds would keep


class MosaicCodec:
    """A codec that is made of sounds: frames of them come back as they are, and what lies between them is a mixture.

    Args:
        sounds: What it is made of.
        latent_dim: D, 2 to 32: the level and D - 1 components of the spectrum's colour.
        settings: How frames are put together; an engine follows the patch's ``mosaic.neighbours`` and
            ``mosaic.sharpness`` where these are set.

    Raises:
        CodecError: If there are no sounds, or ``latent_dim`` is out of its range.
    """

    def __init__(
        self, sounds: Iterable[Sound] | Corpus, latent_dim: int = LATENT_DIM, settings: BlendSettings | None = None
    ) -> None:
        if not isinstance(sounds, Corpus):
            sounds = build_corpus(Material(tuple(sounds)), _checked(latent_dim))
        self.corpus, self.settings = sounds, settings or BlendSettings()
        self._index: FrameIndex | None = None
        self._encoder = MosaicEncoder(sounds.projection, sounds.channels)
        self._recipe: CodecRecipe | None = None

    @classmethod
    def of(
        cls, material: Material, latent_dim: int, settings: BlendSettings, projection: Projection | None = None
    ) -> MosaicCodec:
        """A mosaic of this material.

        Args:
            material: What it is made of, with progress and a way to stop.
            latent_dim: D, as for the class.
            settings: How frames are put together.
            projection: An earlier codec's, if its latents shall be played on.

        Raises:
            CodecError: As for the class.
            BuildingCancelled: If that was asked for.
        """
        return cls(build_corpus(material, _checked(latent_dim), projection), settings=settings)

    def rebuilt(self, material: Material) -> MosaicCodec:
        """See ``SoundMadeCodec``: the projection stays as long as it keeps nearly as much as the best would."""
        if sorted(map(hash_of, material.sounds)) == sorted(self.corpus.hashes):
            return self
        dim = self.info.latent_dim
        same = self.of(material, dim, self.settings, self.projection)
        suits = same.corpus.explained >= _STILL_GOOD * same.corpus.attainable
        return same if suits else self.of(material, dim, self.settings)

    def __repr__(self) -> str:
        corpus = self.corpus
        return (
            f"MosaicCodec({len(corpus.hashes)} sounds, {len(corpus) * HOP / SAMPLE_RATE:.1f} s, "
            f"{self.info.latent_dim} latents, {SAMPLE_RATE} Hz, {SAMPLE_RATE / HOP:.2f} frames/s)"
        )

    @property
    def projection(self) -> Projection:
        """What its latents mean; hand it to the codec of other sounds, so that latents keep their meaning."""
        return self.corpus.projection

    @property
    def info(self) -> CodecInfo:
        """See ``Codec``. The delay is 0: the encoder looks ahead, so that decoded sound lies where the original did."""
        corpus = self.corpus
        count, seconds = len(corpus.hashes), len(corpus) * HOP / SAMPLE_RATE
        return CodecInfo(
            NAME,
            SAMPLE_RATE,
            HOP,
            corpus.latents.shape[1],
            corpus.channels,
            "that of its sounds",
            0,
            MAX_VOICES,
            Capabilities(
                look_ahead=LOOK_AHEAD,
                block_encoder=True,
                streaming_encoder=True,
                made_of_sounds=True,
                in_page=len(corpus) <= MOST_FRAMES,
                parameters=PARAMETERS,
                latents=self._latents(),
            ),
            f"made of {count} sound{'s' if count > 1 else ''}, {seconds:.1f} s; {corpus.latents.shape[1]} latents at "
            f"{SAMPLE_RATE / HOP:.1f} frames a second keep {100 * corpus.explained:.0f} % of their colour",
        )

    def _latents(self) -> tuple[LatentInfo, ...]:
        low, high = np.percentile(self.corpus.latents, [1, 99], axis=0)
        colours = zip(low[1:], high[1:], strict=True)
        return (
            LatentInfo("level", QUIETEST, 3.0, "loudness"),
            *(
                LatentInfo(f"colour {k}", float(a), float(max(b, a + 1e-3)), "timbre")
                for k, (a, b) in enumerate(colours, 1)
            ),
        )

    @property
    def recipe(self) -> CodecRecipe | None:
        """How another process has it: by its digest, from the user's cache; ``None`` if that cannot be written."""
        if self._recipe is None and keep_corpus(self.corpus):
            far = {"distant": self.settings.distant, "reach": self.settings.reach}
            settings = {"sounds": list(self.corpus.hashes), "projection": self.projection.to_text(), **far}
            self._recipe = CodecRecipe(NAME, self.corpus.digest, NAME, settings, self.projection.space)
        return self._recipe

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        """Audio ``[A, S]`` or ``[S]`` at any rate to ``ceil(S' / 512)`` frames, S' samples at 44.1 kHz.

        Raises:
            ValueError: If the audio is empty, not finite or not of one or two dimensions, or the rate is not positive.
        """
        latents = np.concatenate(list(self.encode_in_blocks(audio, sample_rate)))
        return LatentTrajectory(latents, frame_rate=SAMPLE_RATE / HOP)

    def encode_in_blocks(self, audio: Any, sample_rate: int) -> Iterator[FloatArray]:
        """As ``encode``, but some frames ``[t, D]`` at a time.

        Raises:
            ValueError: As ``encode``.
        """
        return self._encoder.blocks(audio, sample_rate)

    def encoder_stream(self) -> MosaicEncoderStream:
        """An encoder for live sound, seven frames late."""
        return MosaicEncoderStream(self._encoder, self.corpus.channels)

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[T, D]`` (or a ``LatentTrajectory``) to audio ``[A, T * 512]``, from a fresh state.

        Raises:
            ValueError: If the shape is not ``[T, D]`` with T of at least 1.
        """
        values = latent_table(latents, self.corpus.latents.shape[1])
        audio: FloatArray = self.stream(1).decode(values.T[None])[0]
        return audio

    def stream(self, voices: int = 1) -> MosaicStream:
        """A streaming decoder with ``voices`` independent rows, 1 to 16.

        Raises:
            ValueError: If there are too many voices or none.
        """
        if self._index is None:
            self._index = FrameIndex(self.corpus)
        return MosaicStream(Grains(self.corpus, self._index), voices, self.settings)

    def page_decoder(self, hears: bool = False) -> bytes:
        """Its sounds with their frames as safetensors, for the engine in the page."""
        return page_corpus(self.corpus, self.settings, self.recipe)


def _checked(latent_dim: int) -> int:
    if not 2 <= latent_dim <= 32:
        raise CodecError(f"a mosaic has 2 to 32 latents (of a spectrum of {BANDS} bands), got {latent_dim}")
    return latent_dim
