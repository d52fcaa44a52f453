"""A golden take on disk: its gestures as any take's, and beside them what the reference engine made of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import read_take, write_take

FOLDER = Path(__file__).with_name("takes")
#: Every so many samples one is kept; a prime, so that it comes by every place in a frame.
EVERY = 13


@dataclass(frozen=True, eq=False)
class Samples:
    """What is kept of a sound.

    Args:
        every: Samples ``0, EVERY, 2 * EVERY, …`` of each channel, ``[A, S]``.
        powers: Mean square of each frame, float64 ``[T]``: of all samples.
    """

    every: NDArray[np.float32]
    powers: NDArray[np.float64]

    @classmethod
    def of(cls, audio: NDArray[np.float32], ratio: int) -> Samples:
        """Of a sound ``[A, T * ratio]``."""
        frames = audio.reshape(len(audio), -1, ratio).astype(np.float64)
        return cls(audio[:, ::EVERY].copy(), np.square(frames).mean(axis=(0, 2)))


def write_golden(name: str, take: Take, audio: NDArray[np.float32], folder: Path = FOLDER) -> None:
    """Write a take with its samples."""
    samples = Samples.of(audio, take.ratio)
    folder.mkdir(parents=True, exist_ok=True)
    write_take(folder / f"{name}.wav", take)
    content = save({"every": samples.every, "powers": samples.powers})
    (folder / f"{name}.samples").write_bytes(content)


def read_golden(name: str, folder: Path = FOLDER) -> tuple[Take, Samples]:
    """Read both."""
    arrays = load((folder / f"{name}.samples").read_bytes())
    return read_take(folder / f"{name}.json"), Samples(arrays["every"], arrays["powers"])


def names(folder: Path = FOLDER) -> list[str]:
    """All golden takes."""
    return sorted(path.stem for path in folder.glob("*.samples"))
