"""A sound as a picture: its spectrogram above its waveform."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.io.picture_files import png_bytes
from terrain_widgets.widgets.base.palette import viridis

_RANGE_DB = 70.0  # below the loudest band
_WAVE_SHARE = 0.3125  # of the picture, for the waveform


def sound_picture(audio: NDArray[np.float32], size: int, top: float | None = None) -> bytes:
    """A spectrogram, low bands at the bottom, above the waveform, as a PNG file.

    Args:
        audio: ``[A, S]`` at 44.1 kHz.
        size: Pixels of width and height.
        top: Level of the brightest colour in dB; left out, that of the sound's loudest band.
    """
    levels = mel_levels(audio)
    top = float(levels.max()) if top is None else top
    picture = np.zeros((size, size, 4), np.uint8)
    wave = round(_WAVE_SHARE * size)
    high = size - wave
    rows, columns = np.arange(high) * len(levels) // high, np.arange(size) * levels.shape[1] // size
    share = np.clip((levels[rows][:, columns] - top) / _RANGE_DB + 1.0, 0.0, 1.0)
    picture[:high, :, :3] = viridis()[(share * 255).astype(int)]
    picture[:high, :, 3] = 255
    edges = np.linspace(0, audio.shape[1], size + 1).astype(int)
    peaks = np.array([np.abs(audio[:, a : max(b, a + 1)]).max(initial=0.0) for a, b in pairwise(edges)])
    away = np.abs(np.arange(wave) - (wave - 1) / 2)[:, None] / (wave / 2)
    picture[high:][away <= np.maximum(peaks, 1 / wave)] = (128, 128, 140, 255)
    return png_bytes(picture)


def mel_levels(audio: NDArray[np.float32]) -> NDArray[np.float64]:
    """Levels of mel bands in dB ``[bands, frames]``, the highest band first, of the channels' mean."""
    from terrain_widgets.codecs.measures.log_mel import log_mel  # imports torch

    return log_mel(np.ascontiguousarray(audio.mean(axis=0))).T[::-1]
