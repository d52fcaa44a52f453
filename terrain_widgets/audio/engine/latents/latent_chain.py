"""What happens to a voice's latents between the mapping and the decoder: a list of processors."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings

FloatArray = NDArray[np.float32]


class LatentProcessor(ABC):
    """A processor of latents: stateful, frame by frame, and the same latents whatever the block size.

    Attributes:
        latency: Frames by which it holds the latents back.
        count: Rows that were no numbers, so far.
    """

    latency: int = 0
    count: int = 0

    @abstractmethod
    def process(self, latents: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` to as many latents ``[T, D]``."""

    def undo(self, processed: FloatArray, raw: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` that would become ``processed`` if they came for long; ``raw`` where nothing tells."""
        return processed

    def configure(self, settings: LatentSettings) -> None:
        """Shape by these settings from now on."""

    def lead_over(self) -> None:
        """What comes next comes from elsewhere, while the voice sounds."""

    def forget(self) -> None:
        """What comes next is a beginning."""


class LatentChain:
    """Latent processors one after the other.

    Args:
        processors: In the order in which latents go through them.
    """

    def __init__(self, processors: Sequence[LatentProcessor]) -> None:
        self.processors = tuple(processors)

    @property
    def latency(self) -> int:
        """Frames by which latents are held back."""
        return sum(processor.latency for processor in self.processors)

    @property
    def bad_rows(self) -> int:
        """Rows that were no numbers, so far."""
        return sum(processor.count for processor in self.processors)

    def process(self, latents: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` as the source gives them to latents ``[T, D]`` that may be decoded."""
        for processor in self.processors:
            latents = processor.process(latents)
        return latents

    def undo(self, processed: FloatArray, raw: FloatArray) -> FloatArray:
        """Latents ``[T, D]`` that would become ``processed`` if they came for long; ``raw`` where nothing tells."""
        for processor in reversed(self.processors):
            processed = processor.undo(processed, raw)
        return processed

    def configure(self, settings: LatentSettings) -> None:
        """Shape by these settings, and lead over to what they give."""
        for processor in self.processors:
            processor.configure(settings)

    def lead_over(self) -> None:
        """What comes next comes from elsewhere."""
        for processor in self.processors:
            processor.lead_over()

    def forget(self) -> None:
        """What comes next is a beginning."""
        for processor in self.processors:
            processor.forget()
