"""A corpus as the engine in the page takes it: one safetensors file."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.corpus import Corpus
from terrain_widgets.codecs.mosaic.frames import HOP, SAMPLE_RATE
from terrain_widgets.codecs.mosaic.index import FrameIndex

FORMAT = "mosaic-1"
#: Frames of the largest mosaic that goes into a page, ten minutes: 53 MB for each channel.
MOST_FRAMES = 600 * SAMPLE_RATE // HOP
_FEW_FRAMES = MOST_FRAMES // 10
_FOLLOWS, _ONSET = 1, 2
_FULL_SCALE = 32768.0


def page_corpus(corpus: Corpus, settings: BlendSettings, *, compact: bool = False) -> bytes:
    """Sounds, frames and what the page would round otherwise: which frames are distinct, and how a sound goes on.

    Args:
        corpus: What to write.
        settings: How frames are put together.
        compact: Samples of 16 bits, as on a CD, instead of floats, which halves the size; from a minute of sound on in
            any case.
    """
    compact = compact or len(corpus) > _FEW_FRAMES
    index = FrameIndex(corpus)
    arrays: dict[str, NDArray[Any]] = {
        "audio": _sixteen_bits(corpus) if compact else np.ascontiguousarray(corpus.audio, dtype=np.float32),
        "starts": corpus.starts.astype(np.int32),
        "flags": (_FOLLOWS * corpus.follows + _ONSET * corpus.onsets).astype(np.uint8),
        "latents": np.ascontiguousarray(corpus.latents, dtype=np.float32),
        "distinct": index.distinct.astype(np.int32),
        "margin": np.array([index.margin]),
    }
    return save(arrays, metadata={"format": FORMAT, "blend": json.dumps(vars(settings))})


def _sixteen_bits(corpus: Corpus) -> NDArray[np.int16]:
    scaled = np.rint(np.asarray(corpus.audio) * _FULL_SCALE)
    return np.asarray(np.clip(scaled, -_FULL_SCALE, _FULL_SCALE - 1), dtype=np.int16)
