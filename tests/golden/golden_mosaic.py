"""A small mosaic for golden takes, and whether a take can tell two implementations of one apart."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.codecs.mosaic.stream import MosaicStream
from terrain_widgets.io.sound_files import Sound

FloatArray = NDArray[np.float32]

FILE = Path(__file__).with_name("mosaic.safetensors")
RATE = 44100
_SLIGHTLY = 2e-6  # latents: what a terrain in float32 differs by from one in float64
_MUCH = 1e-3  # samples
_AUDIBLE = 0.02


@cache
def golden_mosaic() -> MosaicCodec:
    """Of a tone that moves from left to right, a quiet chord, and two hits."""
    rng = np.random.default_rng(5)
    t = np.arange(RATE // 5) / RATE
    pan = t / t[-1]
    tone = np.sin(2 * np.pi * 330 * t) + 0.3 * np.sin(2 * np.pi * 990 * t)
    moving = 0.3 * np.stack([tone * (1 - pan), tone * pan])
    chord = 0.05 * sum(np.sin(2 * np.pi * hertz * t) for hertz in (220.0, 277.2, 329.6))
    hits = 0.3 * rng.standard_normal(len(t)) * (np.exp(-40 * t) + np.exp(-40 * np.maximum(0, t - 0.1)) * (t > 0.1))
    every = {"moving": moving, "chord": chord[None], "hits": hits[None]}
    return MosaicCodec([Sound(name, audio.astype(np.float32), RATE) for name, audio in every.items()])


class _Offset(MosaicCodec):
    """The same mosaic, but every latent comes a trifle larger: a double for this test."""

    def __init__(self, codec: MosaicCodec, offset: float) -> None:
        super().__init__(codec.corpus, settings=codec.settings)
        self._offset = offset

    def stream(self, voices: int = 1) -> MosaicStream:
        stream, decode = super().stream(voices), MosaicStream.decode
        stream.decode = lambda latents: decode(stream, np.asarray(latents) + self._offset)
        return stream


def tells(take: Take) -> bool:
    """Whether it can be heard, and no choice of a frame in it hangs on the rounding of a latent.

    Which frame is nearest jumps somewhere: where two are as near to within rounding, engines may choose differently,
    and both are right. Such a take is left out.
    """
    anonymous = replace(take, recipe=None)
    sounds: list[Any] = [replay(anonymous, _Offset(golden_mosaic(), offset)) for offset in (-_SLIGHTLY, 0.0, _SLIGHTLY)]
    if float(np.abs(sounds[1]).max(initial=0.0)) < _AUDIBLE:
        return False
    return all(float(np.abs(sound - sounds[1]).max(initial=0.0)) < _MUCH for sound in sounds)
