"""What latents sound like when they are held, and what sounds do, by their levels in mel bands."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.measures.log_mel import BANDS, FFT, STEP, log_mel

FloatArray = NDArray[np.float32]
Levels = NDArray[np.float64]

_LEAST_FRAMES = 6  # for which a place is held: the first half is left out, in which its neighbour still sounds
_PIECE = 64  # frames of a long sound that are decoded together
_BEGINNING = 4  # levels of a piece that are left out, in which its decoder knows nothing of what was before
_SILENCE = 1e-10


def held_places(codec: Codec, latents: FloatArray) -> tuple[FloatArray, Levels]:
    """Loudness ``[N]`` in dB of full scale and levels ``[N, bands]`` in dB of latents that are held for a moment.

    They are decoded one after the other, as one sound.

    Args:
        codec: Decodes.
        latents: ``[N, D]``.
    """
    info = codec.info
    frames = max(_LEAST_FRAMES, -(-2 * FFT // info.ratio))
    late = -(-info.delay // info.ratio)
    table = np.concatenate([np.repeat(latents, frames, axis=0), np.repeat(latents[-1:], late, axis=0)])
    samples = len(latents) * frames * info.ratio
    audio = np.asarray(codec.decode(table), dtype=np.float32)[:, info.delay : info.delay + samples]
    places = audio.reshape(len(audio), len(latents), -1)
    settled = places[..., places.shape[-1] // 2 :]
    power = np.square(settled.astype(np.float64)).mean(axis=(0, 2))
    first, last = FFT // 2 // STEP, (settled.shape[-1] - FFT // 2) // STEP + 1  # windows that lie within one place
    levels = log_mel(np.ascontiguousarray(settled.mean(axis=0)))[:, first:last].mean(axis=1)
    return (10 * np.log10(np.maximum(power, _SILENCE))).astype(np.float32), levels


def sound_levels(codec: Codec, latents: FloatArray, most: int) -> Levels:
    """Levels ``[K, bands]`` in dB of a sound as its codec makes it, in order.

    Args:
        codec: Decodes.
        latents: Of the sound, ``[T, D]``.
        most: Of a sound with more frames than these, evenly spread pieces are decoded.
    """
    begins = [0]
    length = len(latents)
    if length > max(most, _PIECE):
        length = _PIECE
        begins = np.linspace(0, len(latents) - length, max(1, most // length)).astype(int).tolist()
    parts = []
    for begin in begins:
        audio = np.asarray(codec.decode(latents[begin : begin + length]), dtype=np.float32)[:, codec.info.delay :]
        levels = np.atleast_2d(log_mel(np.ascontiguousarray(audio.mean(axis=0))))
        parts.append(levels[_BEGINNING:] if begin else levels)
    return np.concatenate(parts)


def most_alike(levels: Levels, sounds: Mapping[int, Levels]) -> NDArray[np.intp]:
    """Which sound has a frame most like each of some levels ``[N, bands]``, by mean square difference, ``[N]``.

    Args:
        levels: Of places.
        sounds: Levels ``[K, bands]`` by the sounds' numbers, one at least.
    """
    numbers = sorted(sounds)
    apart = np.stack([_squares(levels, sounds[number]).min(axis=1) for number in numbers], axis=1)
    alike: NDArray[np.intp] = np.array(numbers, dtype=np.intp)[apart.argmin(axis=1)]
    return alike


def _squares(some: Levels, others: Levels) -> Levels:
    """Mean square difference of each two rows, ``[N, K]``."""
    products = some @ others.T
    squares: Levels = np.square(some).sum(axis=1)[:, None] + np.square(others).sum(axis=1) - 2 * products
    return squares / BANDS
