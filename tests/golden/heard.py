"""A sound for the live encoders of both languages: a gliding tone, noise, a hit, silence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from terrain_widgets.audio.engine.latents.modulators import Modulators
from terrain_widgets.audio.engine.resolution import modulator_settings
from terrain_widgets.audio.patch import Patch
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.modulation.envelope import levels

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


#: How three latents follow it: at once, slowly, and one that does not hear it beside them.
FOLLOWING: dict[str, Any] = {
    "modulators.basis": ("envelope", "envelope", "simplex"),
    "modulators.energy": (2.0, -1.5, 1.0),
    "modulators.deviation": (0.0, 1.0, 0.0),
    "modulators.mode": ("none", "clip", "none"),
    "modulators.limit": 0.8,
    "modulators.smooth": (0.0, 60.0, 30.0),
}


def moved_by(sound: NDArray[np.float32], block: int = 1) -> NDArray[np.float32]:
    """How modulators move with it, ``[T, 3]``, computed so many frames at once."""
    bank = Modulators(modulator_settings(Patch(FOLLOWING), 3), RATE / RATIO)
    heard, parts = levels(sound[None], RATIO), []
    for at in range(0, len(heard), block):
        moved = bank.process(len(heard[at : at + block]), heard[at : at + block])
        assert moved is not None
        parts.append(moved)
    return np.concatenate(parts)


def heard_file() -> bytes:
    """The sound, the latents that the Python encoder hears in it, and how modulators follow it, as safetensors."""
    sound = heard_sound()
    latents = PebbleCodec().encoder_stream().encode(sound[None])
    return save({"audio": np.round(sound * 32768).astype(np.int16), "latents": latents, "moved": moved_by(sound)})
