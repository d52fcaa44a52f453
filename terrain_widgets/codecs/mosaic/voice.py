"""One row of a mosaic stream: what it played last, and the tail that still sounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.blend import BlendSettings, gain_of, shares
from terrain_widgets.codecs.mosaic.features import QUIETEST
from terrain_widgets.codecs.mosaic.frames import HOP, RUN_UP, WINDOW, Spectra, samples_of
from terrain_widgets.codecs.mosaic.grains import Grains
from terrain_widgets.codecs.mosaic.index import Choice
from terrain_widgets.codecs.mosaic.phases import UNTURNED, Turn, turn_to_meet

FloatArray = NDArray[np.float32]

_MOST_NEPERS = np.float32(5.0)  # that a bin is amplified: of one that holds nothing the phase is chance
_FARTHEST = 8.0  # latents beyond are limited


class MosaicVoice:
    """Frames of the corpus, overlapped and added.

    Args:
        grains: The corpus.
    """

    def __init__(self, grains: Grains) -> None:
        self._grains = grains
        self._frame = -1  # played last
        self._going_on: Spectra | None = None  # what other sounds would have gone on to that were played last
        self._turn: Turn = UNTURNED
        self._place = np.zeros(grains.latent_dim)
        self._tail = np.zeros((grains.channels, WINDOW), np.float32)

    def adopt(self, grains: Grains) -> None:
        """Frames of other sounds from the next one on, which meets what the present ones would have gone on to."""
        if self._frame >= 0:
            self._going_on = self._grains.after(self._frame)
        self._grains, self._frame = grains, -1

    def next_hop(self, latents: NDArray[np.float64], settings: BlendSettings) -> FloatArray:
        """The next samples.

        Args:
            latents: Where, ``[D]``.
            settings: How frames are put together.

        Returns:
            Audio ``[A, HOP]``.
        """
        silent = not np.isfinite(latents).all()
        if not silent:
            self._place = np.clip(latents, -_FARTHEST, _FARTHEST)
        choice = self._grains.index.choose(self._place, self._frame, settings.neighbours)
        single = self._grains.onset(choice.frame)
        if single:  # a mixture would blur what begins
            weights, frames = np.ones(1), np.array([choice.frame])
        else:
            weights, frames = shares(choice.distances, settings.sharpness), choice.frames
        level = float(weights @ self._grains.levels(frames))
        wanted = QUIETEST if silent else float(self._place[0])
        gain = gain_of(wanted, level, float(choice.distances[0]), settings)
        self._meet(choice, single)
        spectrum = self._mixed(choice.frame, frames, weights)
        if self._frame < 0 and self._going_on is None:
            self._tail += self._grains.samples(choice.frame) * RUN_UP * np.float32(gain)
        self._frame, self._going_on = choice.frame, None
        self._tail += samples_of(spectrum * self._turn) * np.float32(gain)
        hop = self._tail[:, :HOP].copy()
        self._tail[:, :-HOP] = self._tail[:, HOP:]
        self._tail[:, -HOP:] = 0.0
        return hop

    def _meet(self, choice: Choice, begins: bool) -> None:
        """Turn the phases of the frame so that the sound goes on."""
        going_on = self._going_on
        if choice.continued or (self._frame < 0 and going_on is None):
            return
        if begins:
            self._turn = UNTURNED  # what begins has no past, and its bins belong together
            return
        if going_on is None:
            going_on = self._grains.after(self._frame)
        self._turn = turn_to_meet(going_on, self._turn, self._grains.spectrum(choice.frame))

    def _mixed(self, frame: int, frames: NDArray[np.int64], weights: NDArray[np.float64]) -> Spectra:
        """The frame's spectrum with the geometric mean of its neighbours' magnitudes ``[A, BINS]``."""
        spectrum = self._grains.spectrum(frame)
        counted = [(int(k), w) for k, w in zip(frames, weights, strict=True) if w > 0.0]
        if len(counted) == 1 and counted[0][0] == frame:
            return spectrum
        mean = -self._grains.log_magnitudes(frame)
        for k, weight in counted:
            mean = mean + np.float32(weight) * self._grains.log_magnitudes(k)
        return spectrum * np.exp(np.minimum(mean, _MOST_NEPERS))
