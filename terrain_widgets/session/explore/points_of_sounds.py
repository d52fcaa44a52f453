"""What becomes a point of a map of sounds: a sound, a frame, a grain between two onsets, or a random latent vector."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.frame_accounting import at_rate
from terrain_widgets.core.exploration.measures import MEASURES, measure
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.sounds.latent_store import LatentStore

Of = Literal["sounds", "frames", "grains", "random"]
KINDS: tuple[str, ...] = get_args(Of)

MOST_POINTS = 10_000
_ONSET_RATE = 44100  # what the search for onsets expects
_HELD = 6  # frames for which a random latent is decoded, to be measured when it has come to rest

Rows = dict[str, NDArray[np.float64]]


def points_of_sounds(
    sounds: LatentStore, of: Of, told: Callable[[float, str], bool]
) -> tuple[
    NDArray[np.float32], NDArray[np.int32], NDArray[np.int32], NDArray[np.int32], dict[str, NDArray[np.float32]]
]:
    """Points of all encoded sounds: latents ``[N, D]``, their sounds' numbers, first frames, lengths, and measures.

    More than ``MOST_POINTS`` are thinned out evenly.

    Args:
        sounds: What is encoded.
        of: What becomes a point; not ``"random"``.
        told: Called with how far it is; returns whether to go on.

    Raises:
        ValueError: If no sound is encoded.
    """
    clips, info = sounds.encoded, sounds.codec.info
    if not clips:
        raise ValueError("no sound is encoded yet: call session.encode() first")
    latents, group, begin, length = [], [], [], []
    measured: dict[str, list[float]] = {name: [] for name in MEASURES}
    total = sum(len(sounds.latents_of(clip.id)) for clip in clips)
    stride = max(1, -(-total // MOST_POINTS)) if of == "frames" else 1
    for number, clip in enumerate(clips):
        if not told(number / len(clips), f"measuring “{clip.name}”"):
            break
        values = sounds.latents_of(clip.id).values
        audio = at_rate(clip.sound.audio, clip.sound.sample_rate, info.sample_rate)
        rows = measure(audio, info.sample_rate, info.ratio, len(values))
        starts = _starts(clip, len(values), of, stride, info.frame_rate)
        for first, last in zip(starts, [*starts[1:], len(values)], strict=True):
            last = first + 1 if of == "frames" else last
            latents.append(values[first:last].mean(axis=0))
            begin.append(first)
            length.append(last - first)
            group.append(number)
            for name, row in rows.items():
                known = row[first:last][np.isfinite(row[first:last])]
                measured[name].append(float(known.mean()) if len(known) else float("nan"))
    columns = {name: np.array(column, np.float32) for name, column in measured.items()}
    groups, firsts, lengths = (np.array(column, np.int32) for column in (group, begin, length))
    return np.stack(latents).astype(np.float32), groups, firsts, lengths, columns


def random_points(codec: Codec, count: int, seed: int) -> tuple[NDArray[np.float32], dict[str, NDArray[np.float32]]]:
    """Latents ``[N, D]`` from a standard normal distribution, and what is measured of each when it is held."""
    info = codec.info
    latents = np.random.default_rng(seed).standard_normal((count, info.latent_dim)).astype(np.float32)
    rows: dict[str, list[NDArray[np.float64]]] = {name: [] for name in MEASURES}
    for part in np.array_split(latents, max(1, count // 64)):
        held = np.repeat(part, _HELD, axis=0)
        audio = np.asarray(codec.decode(held), dtype=np.float32)[:, info.delay :]
        for name, row in measure(audio, info.sample_rate, info.ratio, len(held)).items():
            rows[name].append(row[_HELD // 2 :: _HELD])
    return latents, {name: np.concatenate(column).astype(np.float32) for name, column in rows.items()}


def _starts(clip: Clip, frames: int, of: Of, stride: int, frame_rate: float) -> list[int]:
    if of == "sounds":
        return [0]
    if of == "frames":
        return list(range(0, frames, stride))
    from terrain_widgets.codecs.measures.onsets import onsets

    mono = at_rate(clip.sound.audio, clip.sound.sample_rate, _ONSET_RATE).mean(axis=0)
    found = {int(round(max(0.0, time) * frame_rate)) for time in onsets(mono)}
    return sorted({0, *(frame for frame in found if frame < frames)})
