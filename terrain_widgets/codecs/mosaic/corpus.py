"""The sounds that a mosaic is made of, cut into frames, with the latents of each frame."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.frame_accounting import at_rate, frames_needed, with_channels
from terrain_widgets.codecs.loader import BuildingCancelled, Material
from terrain_widgets.codecs.mosaic.features import DB_CENTRE, DB_PER_UNIT, levels_and_colours
from terrain_widgets.codecs.mosaic.frames import HOP, LOOK_AHEAD, OVERLAP, SAMPLE_RATE, frames_of, padded, spectra_of
from terrain_widgets.codecs.mosaic.projection import Projection, ProjectionFit
from terrain_widgets.codecs.mosaic.sixteen_bits import rounded
from terrain_widgets.io.sound_files import Sound

FloatArray = NDArray[np.float32]

_AT_ONCE = 512  # frames: bounds memory
_ONSET_DB = 9.0  # rise within a hop over the four before it
_ONSET_LEAST_DB = -50.0


@dataclass(frozen=True, eq=False)
class Corpus:
    """Sounds as frames.

    Args:
        audio: All sounds one behind the other, each with the silence that its last frames reach into, ``[A, S]``, with
            16 bits.
        starts: Sample in ``audio`` at which each frame begins, ``[N]``.
        follows: Whether a frame goes on from the one before it in the table, ``[N]``.
        onsets: Whether something begins within a frame, ``[N]``.
        latents: ``[N, D]``.
        distinct: Frames whose latents no earlier frame has, in order.
        projection: What the latents mean.
        hashes: SHA-256 of each sound.
        explained: Share of the colours' variance that the latents keep.
        attainable: The largest share that as many latents could keep.
    """

    audio: FloatArray
    starts: NDArray[np.int64]
    follows: NDArray[np.bool_]
    onsets: NDArray[np.bool_]
    latents: FloatArray
    distinct: NDArray[np.int64]
    projection: Projection
    hashes: tuple[str, ...]
    explained: float
    attainable: float

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def channels(self) -> int:
        """A: 2 as soon as one sound has several channels."""
        return len(self.audio)

    @property
    def digest(self) -> str:
        """SHA-256 of the sounds and of what the latents mean, hexadecimal."""
        return digest_of(self.projection, self.hashes)


def digest_of(projection: Projection, hashes: Sequence[str]) -> str:
    """SHA-256 of a corpus by what its latents mean and the hashes of its sounds, hexadecimal."""
    return hashlib.sha256("\n".join([projection.space, *hashes]).encode()).hexdigest()


def hash_of(sound: Sound) -> str:
    """SHA-256 of a sound's samples and rate, hexadecimal."""
    digest = hashlib.sha256(f"{sound.sample_rate} {sound.audio.shape}".encode())
    digest.update(np.ascontiguousarray(sound.audio, dtype="<f4").data)
    return digest.hexdigest()


def build_corpus(material: Material, latent_dim: int, projection: Projection | None = None) -> Corpus:
    """Cut sounds into frames and find their latents.

    Args:
        material: At least one sound.
        latent_dim: D, at least 2.
        projection: What the latents shall mean, instead of what suits these sounds best.

    Raises:
        CodecError: If there is no sound.
        BuildingCancelled: If it was asked to stop.
    """
    kept, progress, cancelled = material.sounds, material.progress, material.cancelled
    if not kept:
        raise CodecError("a mosaic codec is made of sounds, and there are none; add a sound first")
    audio, starts, follows = _laid_out(kept)
    levels, colours, fit = [], [], ProjectionFit()
    for first in range(0, len(starts), _AT_ONCE):
        if cancelled is not None and cancelled():
            raise BuildingCancelled
        level, colour = _described(audio, starts[first : first + _AT_ONCE])
        fit.add(colour)
        levels.append(level)
        colours.append(colour.astype(np.float16))  # the latents are what counts; an hour of frames fits in 50 MB
        if progress is not None:
            progress(min(1.0, (first + _AT_ONCE) / len(starts)))
    best = fit.found(latent_dim)
    projection = best if projection is None else projection
    described = zip(levels, colours, strict=True)
    latents = np.concatenate([projection.latents(a, b.astype(np.float32)) for a, b in described])
    onsets = _onsets(audio, starts, follows)
    # the latents are those of the sounds as they came, and so equal what the encoder says of them
    for first, end in pairwise([*starts[~follows], audio.shape[1]]):
        audio[:, first:end] = rounded(audio[:, first:end])
    return Corpus(
        audio,
        starts,
        follows,
        onsets,
        latents,
        distinct_frames(latents),
        projection,
        tuple(hash_of(sound) for sound in kept),
        fit.explained(projection),
        fit.explained(best),
    )


def _laid_out(sounds: Sequence[Sound]) -> tuple[FloatArray, NDArray[np.int64], NDArray[np.bool_]]:
    channels = 2 if any(len(sound.audio) > 1 for sound in sounds) else 1
    parts, starts, follows, at = [], [], [], 0
    for sound in sounds:
        audio = at_rate(with_channels(sound.audio, channels), sound.sample_rate, SAMPLE_RATE)
        frames = frames_needed(audio.shape[1], HOP)
        part = padded(audio, frames + 1)  # the last frame can be gone on from, too
        starts.append(at + HOP * np.arange(frames))
        follows.append(np.arange(frames) > 0)
        parts.append(part)
        at += part.shape[1]
    return np.concatenate(parts, axis=1), np.concatenate(starts), np.concatenate(follows)


def _described(audio: FloatArray, starts: NDArray[np.int64]) -> tuple[FloatArray, FloatArray]:
    """Level and colour of frames that begin there, run by run."""
    breaks = np.flatnonzero(np.diff(starts) != HOP) + 1
    runs = np.split(starts, breaks)
    found = [levels_and_colours(spectra_of(frames_of(audio[:, run[0] : run[-1] + HOP + LOOK_AHEAD]))) for run in runs]
    return np.concatenate([level for level, _ in found]), np.concatenate([colour for _, colour in found])


def _onsets(audio: FloatArray, starts: NDArray[np.int64], follows: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether something begins in the loud part of a frame's window: its phases must then stay as they are."""
    last = int(starts[-1]) + HOP * OVERLAP
    hops = np.square(audio[:, : last // HOP * HOP], dtype=np.float32).mean(axis=0).reshape(-1, HOP).mean(axis=1)
    level = 10 * np.log10(hops + 1e-12)
    before = np.full_like(level, -120.0)
    for back in range(1, 5):
        before[back:] = np.maximum(before[back:], level[:-back])
    begins = (level > before + _ONSET_DB) & (level > _ONSET_LEAST_DB)
    found = np.zeros(len(starts), bool)
    first = starts // HOP  # every sound is a whole number of hops
    for ahead in range(2, OVERLAP - 1):
        found |= begins[np.minimum(first + ahead, len(begins) - 1)]
    return found


def distinct_frames(latents: FloatArray) -> NDArray[np.int64]:
    """Rows of a table ``[N, D]`` that no earlier row equals, in order; silent frames are all alike."""
    _, first = np.unique(latents, axis=0, return_index=True)
    return np.sort(first).astype(np.int64)


def level_decibels(latent: FloatArray | float) -> FloatArray:
    """Latent 0 in dBFS RMS."""
    return np.asarray(latent, dtype=np.float32) * np.float32(DB_PER_UNIT) + np.float32(DB_CENTRE)
