"""A take: the gestures of a performance by latent frame, enough to play it again sample for sample."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.sources.live_feed import LiveBlock
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.recipe import CodecRecipe

FloatArray = NDArray[np.float32]


@dataclass(frozen=True)
class Stroke:
    """From this frame on a hand and the gain are so.

    Args:
        frame: Latent frame since the take's start.
        gate: 0 is up, above it the level.
        gain: Linear.
        onset: The hand has been up and down again since the last block.
        panic: Panic was called.
        hand: Which hand, from 0.
    """

    frame: int
    gate: float
    gain: float
    onset: bool = False
    panic: bool = False
    hand: int = 0


@dataclass(frozen=True, eq=False)
class Take:
    """A recorded performance.

    Args:
        codec: Name of the codec.
        sample_rate: Hz.
        ratio: Samples per frame.
        seed: The engine's.
        coordinates: The first hand's place at every frame, ``[T, C]`` in control units.
        strokes: Changes of gate and gain, in order; the first at frame 0.
        settings: How all else stood at the start.
        updates: What else changed after that, in order, with its frame.
        complete: Whether nothing is missing; a take that outgrew its memory limit can be heard, but not replayed.
        recipe: How the codec is built; ``None`` where only one process had it, and in takes that do not say.
        fingers: Places ``[T, C]`` of the other hands that were ever down, by number from 1.
        live: What was heard live, in order: from which frame on, and that; parts do not overlap.
    """

    codec: str
    sample_rate: int
    ratio: int
    seed: int
    coordinates: FloatArray
    strokes: tuple[Stroke, ...]
    settings: Update
    updates: tuple[tuple[int, Update], ...]
    complete: bool = True
    recipe: CodecRecipe | None = None
    fingers: Mapping[int, FloatArray] = field(default_factory=dict)
    live: tuple[tuple[int, LiveBlock], ...] = ()

    def __len__(self) -> int:
        return len(self.coordinates)

    def __repr__(self) -> str:
        return f"Take({self.seconds:.1f} s, {len(self.strokes)} strokes, {len(self.updates)} changes, {self.codec!r})"

    @property
    def seconds(self) -> float:
        """Length."""
        return len(self) * self.ratio / self.sample_rate
