"""Sounds that a mosaic is made of in these tests."""

from __future__ import annotations

import numpy as np

from terrain_widgets.io.sound_files import Sound, sounds

RATE = 44100


def bundled(*names: str) -> list[Sound]:
    """Some of the bundled sounds."""
    return [sound for sound in sounds() if sound.name in names]


def stereo() -> Sound:
    """A tone that moves from left to right over noise, half a second."""
    t = np.arange(RATE // 2) / RATE
    tone, noise = np.sin(2 * np.pi * 330 * t), np.random.default_rng(0).normal(0, 0.05, len(t))
    pan = t / t[-1]
    audio = 0.4 * np.stack([tone * (1 - pan) + noise, tone * pan + noise])
    return Sound("moving", audio.astype(np.float32), RATE)


def silence(seconds: float = 0.5) -> Sound:
    """Nothing."""
    return Sound("silence", np.zeros((1, round(seconds * RATE)), np.float32), RATE)
