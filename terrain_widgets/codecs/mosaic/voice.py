"""One row of a mosaic stream: what it played last, and what it plays next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.blend import BlendSettings, gain_of, shares
from terrain_widgets.codecs.mosaic.features import QUIETEST
from terrain_widgets.codecs.mosaic.frames import BOTH_WINDOWS, RUN_UP, Spectra
from terrain_widgets.codecs.mosaic.grains import Grains
from terrain_widgets.codecs.mosaic.phases import UNTURNED, Turn, turn_to_meet

FloatArray = NDArray[np.float32]

_MOST_NEPERS = np.float32(5.0)  # that a bin is amplified: of one that holds nothing the phase is chance


@dataclass(frozen=True, slots=True)
class Step:
    """What a row adds with one hop.

    Args:
        frame: The frame whose phases are played.
        before: The frame that was played last; -1 before the first, and where other sounds were played last.
        mixture: Frames with their shares; only ``frame`` itself where it is not mixed.
        gain: Linear.
        begins: Whether a sound begins within the frame.
        jumps: Whether the frame must meet what was played before.
        as_it_is: Whether the frame is played as it is in its sound, without a transform.
        first: Whether nothing was played before.
    """

    frame: int
    before: int
    mixture: list[tuple[int, float]]
    gain: np.float32
    begins: bool
    jumps: bool
    as_it_is: bool
    first: bool

    @property
    def alone(self) -> bool:
        """Whether the frame is not mixed with others."""
        return len(self.mixture) == 1 and self.mixture[0][0] == self.frame

    def needed(self, grains: Grains) -> Iterator[int]:
        """Frames whose spectra ``MosaicVoice.play`` will ask for."""
        if self.as_it_is:
            return
        yield self.frame
        yield from (frame for frame, _ in self.mixture)
        if self.jumps and not self.begins and self.before >= 0 and grains.goes_on(self.before):
            yield self.before + 1


class MosaicVoice:
    """Chooses frames of the corpus, mixes them with their neighbours and turns them so that the sound goes on.

    What is chosen depends on no spectrum, so that the frames of a whole block can be chosen before any is transformed.

    Args:
        grains: The corpus.
    """

    def __init__(self, grains: Grains) -> None:
        self._grains = grains
        self._frame = -1  # chosen last
        self._turned = False  # whether that is turned
        self._going_on: Spectra | None = None  # what other sounds would have gone on to that were played last
        self._turn: Turn = UNTURNED  # of the frame that was played last

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
    ) -> Step:
        """Decide what the next hop adds.

        Args:
            place: Where, ``[D]``.
            frames: What is nearest to it.
            distances: How far these are away.
            settings: How frames are put together.
            silent: Go on without a sound.
        """
        grains, before = self._grains, self._frame
        frame, frames, distances, continued = grains.index.choose(place, before, frames, distances)
        first = before < 0 and self._going_on is None
        jumps = not continued and not first
        begins = grains.onset(frame)
        if begins:  # a mixture would blur what begins
            mixture = [(frame, 1.0)]
        else:
            weights = shares(distances, settings.sharpness)
            mixture = [(k, w) for k, w in zip(frames, weights, strict=True) if w > 0.0]
        level = sum(weight * grains.level(k) for k, weight in mixture)
        wanted = QUIETEST if silent else float(place[0])
        gain = np.float32(gain_of(wanted, level, distances[0], settings))
        alone = len(mixture) == 1 and mixture[0][0] == frame
        if jumps:
            self._turned = not begins
        self._frame = frame
        return Step(frame, before, mixture, gain, begins, jumps, alone and not self._turned, first)

    def play(self, step: Step, tail: FloatArray) -> Spectra | None:
        """What was chosen.

        Args:
            step: The next of those that ``choose`` gave.
            tail: What sounds from the frame's first sample on, ``[A, WINDOW]``. A frame that is played as it is in its
                sound is added, and so is, where a sound begins in its middle, what that frame's predecessors would
                have left.

        Returns:
            The frame's spectrum ``[A, BINS]``, to be transformed back and added; ``None`` if it was added already.
        """
        if step.jumps:
            self._meet(step)
        if step.first:
            tail += self._grains.samples(step.frame) * (RUN_UP * step.gain)
        self._going_on = None
        if step.as_it_is:
            tail += self._grains.samples(step.frame) * (BOTH_WINDOWS * step.gain)
            return None
        spectrum = self._grains.spectrum(step.frame)
        factor = step.gain if step.alone else self._mixed(step)
        turned = spectrum if self._turn is UNTURNED else spectrum * self._turn
        return np.asarray(turned * factor, dtype=np.complex64)

    def _meet(self, step: Step) -> None:
        """Turn the phases of the frame so that the sound goes on."""
        if step.begins:
            self._turn = UNTURNED  # what begins has no past, and its bins belong together
            return
        going_on = self._grains.after(step.before) if self._going_on is None else self._going_on
        arriving = self._grains.spectrum(step.frame)
        self._turn = turn_to_meet(going_on, self._turn, arriving, self._grains.regions(step.frame))

    def _mixed(self, step: Step) -> FloatArray:
        """What each bin is multiplied by to have the geometric mean of the mixture's magnitudes, ``[A, BINS]``."""
        mean = -self._grains.log_magnitudes(step.frame)
        for k, weight in step.mixture:
            mean += np.float32(weight) * self._grains.log_magnitudes(k)
        np.minimum(mean, _MOST_NEPERS, out=mean)
        np.exp(mean, out=mean)
        mean *= step.gain
        return mean
