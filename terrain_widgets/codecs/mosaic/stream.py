"""Decoding frame by frame: see ``CodecStream``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecStream
from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.frames import HOP, LOOK_AHEAD, WINDOW, samples_of
from terrain_widgets.codecs.mosaic.grains import Grains
from terrain_widgets.codecs.mosaic.voice import MosaicVoice, Step

FloatArray = NDArray[np.float32]

MAX_VOICES = 16
_AT_ONCE = 16  # frames of all rows together that are transformed at once: bounds memory
_FARTHEST = 8.0  # latents beyond are limited
_GROUP = "mosaic"
#: Addresses of what can be changed while it plays.
PARAMETERS = (f"{_GROUP}.neighbours", f"{_GROUP}.sharpness")


class MosaicStream:
    """A decoder in motion. Rows are independent; row k sounds the same alone or among others.

    Args:
        grains: The corpus, shared with other streams.
        voices: Number of rows B.
        settings: How frames are put together.
    """

    def __init__(self, grains: Grains, voices: int, settings: BlendSettings) -> None:
        self._grains, self._settings = grains, settings
        self._voices = [MosaicVoice(grains) for _ in range(_checked(voices))]
        self._begin(voices)

    def _begin(self, voices: int) -> None:
        self._tails = np.zeros((voices, self._grains.channels, LOOK_AHEAD), np.float32)
        self._places = np.zeros((voices, self._grains.latent_dim))  # asked for last

    def __repr__(self) -> str:
        return f"MosaicStream({len(self._voices)} voices)"

    def reset(self) -> None:
        """Back to the state of a fresh stream."""
        self._voices = [MosaicVoice(self._grains) for _ in self._voices]
        self._begin(len(self._voices))

    def resize(self, voices: int) -> None:
        """Another number of rows from the next block on: the first ones go on, new ones start from silence.

        Raises:
            ValueError: If there are too many voices or none.
        """
        more = _checked(voices) - len(self._voices)
        self._voices = self._voices[:voices] + [MosaicVoice(self._grains) for _ in range(more)]
        kept, tails, places = min(voices, len(self._tails)), self._tails, self._places
        self._begin(voices)
        self._tails[:kept], self._places[:kept] = tails[:kept], places[:kept]

    def adopt(self, other: CodecStream) -> None:
        """See ``SoundMadeStream``.

        Raises:
            ValueError: If the other one is no mosaic, or has other channels or another number of latents.
        """
        if not isinstance(other, MosaicStream):
            raise ValueError(f"a mosaic goes on with the sounds of another mosaic, not with {other!r}")
        mine, theirs = self._grains, other._grains
        if (mine.channels, mine.latent_dim) != (theirs.channels, theirs.latent_dim):
            raise ValueError(
                f"a mosaic of {mine.channels} channels and {mine.latent_dim} latents cannot go on with one of "
                f"{theirs.channels} and {theirs.latent_dim}"
            )
        self._grains = theirs
        for voice in self._voices:
            voice.adopt(theirs)

    def configure(self, values: Mapping[str, Any]) -> None:
        """See ``ParametricStream``: neighbours and sharpness from the next frame on.

        Raises:
            ValueError: If one is out of its range.
        """
        changed = {address.partition(".")[2]: value for address, value in values.items()}
        self._settings = replace(self._settings, **changed)

    def decode(self, latents: Any) -> FloatArray:
        """Latents ``[B, D, T]`` to audio ``[B, A, T * 512]``; blocks of any size give the same samples.

        A frame with NaN in it is silent.

        Raises:
            ValueError: If the shape is not ``[voices, D, T]`` with T of at least 1.
        """
        values = np.asarray(latents, dtype=np.float64)
        rows, wanted = len(self._voices), self._grains.latent_dim
        if values.ndim != 3 or values.shape[:2] != (rows, wanted) or values.shape[2] < 1:
            raise ValueError(
                f"this stream decodes latents [{rows} voices, {wanted} latents, frames], got {values.shape}; ask "
                "codec.stream(voices) for another number of voices"
            )
        known: NDArray[np.bool_] = np.all(np.isfinite(values), axis=1).T  # [T, B]
        places = np.clip(values.transpose(2, 0, 1), -_FARTHEST, _FARTHEST)  # [T, B, D]
        for frame, row in np.argwhere(~known):  # it stays where it was
            places[frame, row] = places[frame - 1, row] if frame else self._places[row]
        self._places = places[-1].copy()
        # one search, and few transforms, for all frames and rows: a call of numpy costs as much as its work here
        near, away = self._grains.index.nearest(places.reshape(-1, wanted), self._settings.neighbours)
        blocks = []
        for first in range(0, len(places), at_once := max(1, _AT_ONCE // rows)):
            steps = [
                [
                    voice.choose(
                        places[frame, row],
                        near[frame * rows + row],
                        away[frame * rows + row],
                        self._settings,
                        silent=not known[frame, row],
                    )
                    for frame in range(first, min(first + at_once, len(places)))
                ]
                for row, voice in enumerate(self._voices)
            ]
            blocks.append(self._played(steps))
        return blocks[0] if len(blocks) == 1 else np.concatenate(blocks, axis=2)

    def _played(self, steps: list[list[Step]]) -> FloatArray:
        """What the rows have chosen, one after the other: ``[B, A, frames * HOP]``."""
        grains, length = self._grains, len(steps[0]) * HOP
        grains.prepare(chain.from_iterable(step.needed(grains) for row in steps for step in row))
        audio = np.zeros((len(steps), grains.channels, length + LOOK_AHEAD), np.float32)
        audio[:, :, :LOOK_AHEAD] = self._tails
        targets, spectra = [], []
        for voice, row, out in zip(self._voices, steps, audio, strict=True):
            for frame, step in enumerate(row):
                target = out[:, frame * HOP : frame * HOP + WINDOW]
                spectrum = voice.play(step, target)
                if spectrum is not None:
                    targets.append(target)
                    spectra.append(spectrum)
        if spectra:
            for target, samples in zip(targets, samples_of(np.stack(spectra)), strict=True):
                target += samples
        self._tails = audio[:, :, length:].copy()
        return audio[:, :, :length]


def _checked(voices: int) -> int:
    if not 1 <= voices <= MAX_VOICES:
        raise ValueError(f"a mosaic streams 1 to {MAX_VOICES} voices, got {voices}")
    return voices
