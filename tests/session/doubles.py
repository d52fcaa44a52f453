"""A codec that needs no network: for tests of the session, not of sound."""

from __future__ import annotations

from typing import Any

import numpy as np

from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.sound_files import Sound


class LevelCodec:
    """A double: three latents, all the level of each frame; decodes to silence."""

    recipe = None

    def __init__(self, fails_on: str = "") -> None:
        self.info = CodecInfo("level", 8000, 100, 3)
        self.fails_on = fails_on
        self.encoded = 0

    def encode(self, audio: Any, sample_rate: int) -> LatentTrajectory:
        self.encoded += 1
        frames = -(-audio.shape[1] // 100)
        padded = np.pad(audio[0], (0, frames * 100 - audio.shape[1])).reshape(frames, 100)
        level = np.sqrt((padded**2).mean(axis=1))
        return LatentTrajectory(np.stack([level, level + 1, -level], axis=1), self.info.frame_rate)

    def decode(self, latents: Any) -> np.ndarray:
        return np.zeros((1, len(latents) * 100), np.float32)

    def stream(self, voices: int = 1) -> SilentStream:
        return SilentStream()


class SilentStream:
    """A decoder whose every sound is silence."""

    def decode(self, latents: np.ndarray) -> np.ndarray:
        return np.zeros((latents.shape[0], 1, latents.shape[2] * 100), np.float32)

    def reset(self) -> None:
        """It has no memory."""

    def resize(self, voices: int) -> None:
        """Nor rows."""


def tones(count: int = 3) -> list[Sound]:
    """Decaying tones of different lengths."""
    made = []
    for k in range(count):
        t = np.arange(2000 + 1000 * k) / 8000
        made.append(Sound(f"tone {k}", (np.sin(2 * np.pi * 200 * (k + 1) * t) * np.exp(-3 * t))[None], 8000))
    return made
