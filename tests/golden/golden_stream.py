"""A small stream model for golden takes, with weights by chance."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch

from terrain_widgets.codecs.stream.codec import StreamCodec
from terrain_widgets.codecs.stream.model import StreamConfig, StreamModel

FILE = Path(__file__).with_name("stream.safetensors")
_LATENTS, _WIDTH = 8, 16


@cache
def golden_stream() -> StreamCodec:
    """As many latents as pebble has, and as long a frame, so that the same takes can be made up for it."""
    rng = np.random.default_rng(11)
    config = StreamConfig(_LATENTS, _WIDTH)
    shapes = {name: value.shape for name, value in StreamModel(config).state_dict().items()}
    tensors = {name: _weights(rng, shape) for name, shape in shapes.items()}
    return StreamCodec(config, tensors, "stream")


def _weights(rng: np.random.Generator, shape: torch.Size) -> np.ndarray:
    """Of float16, as a trained model's file has them; wide enough that every latent is heard."""
    spread = 0.5 if len(shape) == 1 else 1.5 / np.sqrt(np.prod(shape[1:]))
    return (spread * rng.standard_normal(shape)).astype(np.float16)
