"""A sound for the live encoders of both languages: a gliding tone, noise, a hit, silence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from terrain_widgets.codecs.pebble.codec import PebbleCodec

FILE = Path(__file__).parent / "heard.safetensors"
FRAMES, RATIO, RATE = 32, 1024, 44100


def heard_sound() -> NDArray[np.float32]:
    """Mono ``[FRAMES * RATIO]`` in steps of 16 bits, so that a file holds it exactly."""
    time = np.arange(FRAMES * RATIO) / RATE
    phase = 2 * np.pi * np.cumsum(180.0 * 2 ** (time * 1.2)) / RATE
    tone = sum(np.sin(n * phase) / n for n in range(1, 9)) * 0.2
    noise = np.random.default_rng(5).normal(0, 0.08, len(time)) * (np.sin(2 * np.pi * 2.1 * time) > 0.3)
    hit = np.exp(-60 * np.maximum(0, time - 0.5)) * (time > 0.5) * np.sin(2 * np.pi * 900 * time) * 0.5
    sound = (tone + noise + hit) * ((time < 0.2) | (time > 0.3))
    return (np.round(np.clip(sound, -0.99, 0.99) * 32767) / 32768).astype(np.float32)


def heard_file() -> bytes:
    """The sound, and the latents that the Python encoder hears in it, as safetensors."""
    sound = heard_sound()
    latents = PebbleCodec().encoder_stream().encode(sound[None])
    return save({"audio": np.round(sound * 32768).astype(np.int16), "latents": latents})
