"""The frames of a corpus as they are needed: cut, transformed and kept for a while."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.corpus import Corpus
from terrain_widgets.codecs.mosaic.frames import HANN, HOP, WINDOW, Spectra, exact_spectra_of
from terrain_widgets.codecs.mosaic.index import FrameIndex
from terrain_widgets.codecs.mosaic.phases import Regions, regions_of

FloatArray = NDArray[np.float32]

T = TypeVar("T")

_KEPT = 256  # spectra, 4 MB: neighbours of a frame are mostly those of the frame before, in every voice
_TINY = 1e-6  # power: a sine of about -120 dBFS; what is below is rounding, of which phases say nothing


class Grains:
    """A corpus with its index. Not for two threads at once.

    Args:
        corpus: Whose frames.
        index: Its index.
    """

    def __init__(self, corpus: Corpus, index: FrameIndex) -> None:
        self._corpus, self.index = corpus, index
        self.latent_dim, self.channels = corpus.latents.shape[1], corpus.channels
        self._levels = corpus.latents[:, 0]
        self._spectra: OrderedDict[int, Spectra] = OrderedDict()
        self._logs: OrderedDict[int, FloatArray] = OrderedDict()
        self._regions: OrderedDict[int, Regions] = OrderedDict()

    def samples(self, frame: int) -> FloatArray:
        """A frame's samples ``[A, WINDOW]``, not windowed."""
        start = self._corpus.starts[frame]
        return self._corpus.audio[:, start : start + WINDOW]

    def prepare(self, frames: Iterable[int]) -> None:
        """Transform what is missing of these frames, all at once, which is faster than one by one."""
        missing = [frame for frame in dict.fromkeys(frames) if frame not in self._spectra]
        if len(missing) > 1:
            windowed = np.empty((len(missing), self.channels, WINDOW))
            for frame, out in zip(missing, windowed, strict=True):
                np.multiply(self.samples(frame), HANN, out=out)
            for frame, spectrum in zip(missing, exact_spectra_of(windowed), strict=True):
                _kept(self._spectra, frame, spectrum)

    def spectrum(self, frame: int) -> Spectra:
        """A frame's spectrum ``[A, BINS]``."""
        found = self._spectra.get(frame)
        return found if found is not None else _kept(self._spectra, frame, exact_spectra_of(self.samples(frame) * HANN))

    def goes_on(self, frame: int) -> bool:
        """Whether the next frame follows this one in its sound."""
        return frame + 1 < len(self._corpus) and bool(self._corpus.follows[frame + 1])

    def after(self, frame: int) -> Spectra:
        """The spectrum one hop later in the same sound, also behind its last frame."""
        if self.goes_on(frame):
            return self.spectrum(frame + 1)
        start = self._corpus.starts[frame] + HOP
        return exact_spectra_of(self._corpus.audio[:, start : start + WINDOW] * HANN)

    def log_magnitudes(self, frame: int) -> FloatArray:
        """Natural logarithms of the absolute spectrum ``[A, BINS]``."""
        found = self._logs.get(frame)
        if found is None:
            found = _kept(self._logs, frame, _log_magnitudes(self.spectrum(frame)))
        return found

    def regions(self, frame: int) -> Regions:
        """The bins around each peak of a frame."""
        found = self._regions.get(frame)
        if found is None:
            found = _kept(self._regions, frame, regions_of(self.spectrum(frame)))
        return found

    def level(self, frame: int) -> float:
        """Latent 0 of a frame."""
        return float(self._levels[frame])

    def onset(self, frame: int) -> bool:
        """Whether something begins within the frame."""
        return bool(self._corpus.onsets[frame])


def _log_magnitudes(spectrum: Spectra) -> FloatArray:
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(np.float32(0.5) * np.log(power + np.float32(_TINY)), dtype=np.float32)


def _kept(cache: OrderedDict[int, T], frame: int, value: T) -> T:
    cache[frame] = value
    if len(cache) > _KEPT:
        cache.popitem(last=False)
    return value
