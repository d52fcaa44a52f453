"""One row of a mosaic stream: what it played last, and what it plays next."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.blend import BlendSettings, gain_of, shares
from terrain_widgets.codecs.mosaic.features import QUIETEST
from terrain_widgets.codecs.mosaic.frames import BOTH_WINDOWS, RUN_UP, Spectra
from terrain_widgets.codecs.mosaic.grains import Grains
from terrain_widgets.codecs.mosaic.phases import UNTURNED, Turn, turn_to_meet

FloatArray = NDArray[np.float32]

_MOST_NEPERS = np.float32(5.0)  # that a bin is amplified: of one that holds nothing the phase is chance


class MosaicVoice:
    """Chooses frames of the corpus, mixes them with their neighbours and turns them so that the sound goes on.

    Args:
        grains: The corpus.
    """

    def __init__(self, grains: Grains) -> None:
        self._grains = grains
        self._frame = -1  # played last
        self._going_on: Spectra | None = None  # what other sounds would have gone on to that were played last
        self._turn: Turn = UNTURNED

    def adopt(self, grains: Grains) -> None:
        """Frames of other sounds from the next one on, which meets what the present ones would have gone on to."""
        if self._frame >= 0:
            self._going_on = self._grains.after(self._frame)
        self._grains, self._frame = grains, -1

    def choose(
        self,
        place: NDArray[np.float64],
        frames: list[int],
        distances: list[float],
        settings: BlendSettings,
        *,
        silent: bool,
    ) -> None:
        """Decide what the next hop adds.

        Args:
            place: Where, ``[D]``.
            frames: What is nearest to it.
            distances: How far these are away.
            settings: How frames are put together.
            silent: Go on without a sound.
        """
        choice = self._choice = self._grains.index.choose(place, self._frame, frames, distances)
        self._begins = self._grains.onset(choice.frame)
        if self._begins:  # a mixture would blur what begins
            self._mixture = [(choice.frame, 1.0)]
        else:
            weights = shares(choice.distances, settings.sharpness)
            self._mixture = [(k, w) for k, w in zip(choice.frames, weights, strict=True) if w > 0.0]
        own = len(self._mixture) == 1 and self._mixture[0][0] == choice.frame
        self._jumps = not choice.continued and (self._frame >= 0 or self._going_on is not None)
        self._as_it_is = own and (self._begins if self._jumps else self._turn is UNTURNED)
        level = sum(weight * self._grains.level(frame) for frame, weight in self._mixture)
        wanted = QUIETEST if silent else float(place[0])
        self._gain = np.float32(gain_of(wanted, level, choice.distances[0], settings))

    def needed(self) -> Iterator[int]:
        """Frames whose spectra ``play`` will ask for."""
        if self._as_it_is:
            return
        yield self._choice.frame
        yield from (frame for frame, _ in self._mixture)
        if self._jumps and not self._begins and self._frame >= 0 and self._grains.goes_on(self._frame):
            yield self._frame + 1

    def play(self, tail: FloatArray) -> Spectra | None:
        """What was chosen.

        Args:
            tail: What still sounds of the frames before, ``[A, WINDOW]``. A frame that is played as it is in its sound
                is added, and so is, where a sound begins in its middle, what that frame's predecessors would have left.

        Returns:
            The frame's spectrum ``[A, BINS]``, to be transformed back and added; ``None`` if it was added already.
        """
        choice, spectrum = self._choice, None
        if self._jumps:
            self._meet(choice.frame)
        if self._frame < 0 and self._going_on is None:
            tail += self._grains.samples(choice.frame) * (RUN_UP * self._gain)
        if self._as_it_is:
            tail += self._grains.samples(choice.frame) * (BOTH_WINDOWS * self._gain)
        else:
            spectrum = self._mixed(choice.frame) * self._gain
            if self._turn is not UNTURNED:
                spectrum *= self._turn
        self._frame, self._going_on = choice.frame, None
        return spectrum

    def _meet(self, frame: int) -> None:
        """Turn the phases of the frame so that the sound goes on."""
        if self._begins:
            self._turn = UNTURNED  # what begins has no past, and its bins belong together
            return
        going_on = self._grains.after(self._frame) if self._going_on is None else self._going_on
        self._turn = turn_to_meet(going_on, self._turn, self._grains.spectrum(frame))

    def _mixed(self, frame: int) -> Spectra:
        """The frame's spectrum with the geometric mean of its neighbours' magnitudes ``[A, BINS]``."""
        spectrum = self._grains.spectrum(frame)
        if len(self._mixture) == 1 and self._mixture[0][0] == frame:
            return spectrum
        mean = -self._grains.log_magnitudes(frame)
        for k, weight in self._mixture:
            mean += np.float32(weight) * self._grains.log_magnitudes(k)
        np.minimum(mean, _MOST_NEPERS, out=mean)
        return np.asarray(spectrum * np.exp(mean, out=mean), dtype=np.complex64)
