"""A corpus as the engine in the page takes it: one safetensors file."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.mosaic.blend import BlendSettings
from terrain_widgets.codecs.mosaic.corpus import Corpus
from terrain_widgets.codecs.mosaic.frames import HOP, SAMPLE_RATE
from terrain_widgets.codecs.mosaic.index import margin_of
from terrain_widgets.codecs.mosaic.sixteen_bits import in_steps
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.io.tensor_file import tensor_file

FORMAT = "mosaic-2"
#: Frames of the largest mosaic that goes into a page, ten minutes: 53 MB for each channel.
MOST_FRAMES = 600 * SAMPLE_RATE // HOP
_FOLLOWS, _ONSET = 1, 2


def page_corpus(corpus: Corpus, settings: BlendSettings, recipe: CodecRecipe | None) -> bytes:
    """Sounds, frames and what the page would round otherwise: which frames are distinct, and how a sound goes on.

    Args:
        corpus: What to write.
        settings: How frames are put together.
        recipe: How the kernel has the same mosaic, for the takes of a page that goes over to this one.
    """
    arrays: dict[str, NDArray[Any]] = {
        **_sounds(corpus),
        "starts": corpus.starts.astype(np.int32),
        "flags": (_FOLLOWS * corpus.follows + _ONSET * corpus.onsets).astype(np.uint8),
        "latents": np.ascontiguousarray(corpus.latents, dtype=np.float32),
        "distinct": corpus.distinct.astype(np.int32),
        "margin": np.array([margin_of(corpus)]),
    }
    metadata = {"format": FORMAT, "blend": json.dumps(vars(settings)), "space": corpus.projection.space}
    if recipe is not None:
        metadata["recipe"] = json.dumps(recipe.to_json())
    return tensor_file(arrays, metadata)


def _sounds(corpus: Corpus) -> dict[str, NDArray[Any]]:
    """All sounds with 16 bits ``[A, S]``, the sample at which each begins, and its step."""
    begins = corpus.starts[~corpus.follows]
    ends = [*begins, corpus.audio.shape[1]]
    parts = [in_steps(np.asarray(corpus.audio[:, first:end])) for first, end in pairwise(ends)]
    return {
        "audio": np.concatenate([numbers for numbers, _ in parts], axis=1),
        "sounds": begins.astype(np.int32),
        "steps": np.array([step for _, step in parts], np.float32),
    }
