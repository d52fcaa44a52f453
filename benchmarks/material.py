"""Pairs like those that people make, in any number and of any latent dimension, from free sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import terrain_widgets as tw
from terrain_widgets.codecs.measures.log_mel import log_mel

FloatArray = NDArray[np.float32]
HELD_OUT = Path(__file__).resolve().parents[1] / "tests" / "data" / "held_out"
#: Read as if recorded at these shares of their rate, the same sounds are others: in pitch, length and spectrum.
SPEEDS = (1.0, 0.84, 1.19, 0.71, 1.41)


def latents(dimension: int, frames: int) -> list[FloatArray]:
    """Latent trajectories ``[T, D]``, together at least ``frames`` rows.

    8 are those of the bundled codec, of the wheel's clips and the tests' held-out sounds. More are the principal
    components of log-mel spectra of the same sounds, 64 bands at the codec's frame rate, all divided by the spread of
    the first eight: smooth, correlated in time, and of falling power, as learnt ones are.
    """
    sounds = [*tw.sounds(), *(tw.read_sound(path) for path in sorted(HELD_OUT.glob("*.flac")))]
    codec = tw.load_codec(None)
    made: list[FloatArray] = []
    for speed in SPEEDS:
        for sound in sounds:
            rate = round(sound.sample_rate * speed)
            if dimension == 8:
                made.append(codec.encode(sound.audio, rate).values)
            else:
                mono = np.asarray(sound.audio, dtype=np.float32).reshape(-1, np.shape(sound.audio)[-1]).mean(axis=0)
                places = np.arange(0, len(mono) - 1, speed)
                levels = log_mel(np.interp(places, np.arange(len(mono)), mono).astype(np.float32))
                rows = len(levels) // 2 * 2  # of 512 samples; two make a frame of the bundled codec's rate
                made.append(np.maximum(levels[:rows].reshape(-1, 2, levels.shape[1]).mean(axis=1), -70.0))
        if sum(len(table) for table in made) >= frames:
            break
    return made if dimension == 8 else _components(made, dimension)


def _components(spectra: list[NDArray[np.float64]], dimension: int) -> list[FloatArray]:
    whole = np.concatenate(spectra)
    centre = whole.mean(axis=0)
    _, _, directions = np.linalg.svd(whole - centre, full_matrices=False)
    projected = [(table - centre) @ directions[:dimension].T for table in spectra]
    size = np.concatenate(projected)[:, :8].std()
    return [(table / size).astype(np.float32) for table in projected]


def drawn_path(random: np.random.Generator, points: int = 96) -> NDArray[np.float64]:
    """A path as a hand draws it, ``[points, 2]`` on a plane of ±1: it turns smoothly at random and may cross others."""
    turns = np.convolve(random.normal(0, 0.35, points + 7), np.full(8, 1 / 8), "valid")
    heading = random.uniform(0, 2 * np.pi) + np.cumsum(turns)
    path = np.cumsum(np.stack([np.cos(heading), np.sin(heading)], axis=1), axis=0)
    path -= (path.max(axis=0) + path.min(axis=0)) / 2
    path *= random.uniform(0.25, 0.65) / np.abs(path).max()
    room = 1 - np.abs(path).max(axis=0)
    return path + random.uniform(-room, room)


def dataset(frames: int, dimension: int, seed: int) -> tw.TerrainDataset:
    """Exactly ``frames`` pairs of place and latent vector: sounds in random order, each on a drawn path."""
    random = np.random.default_rng(seed)
    tables = latents(dimension, frames)
    made, left = tw.TerrainDataset(), frames
    for index in random.permutation(len(tables)):
        table = tables[index][:left]
        if left > 0:
            made.add(drawn_path(random), table)
            left -= len(table)
    return made
