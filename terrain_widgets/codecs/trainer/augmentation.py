"""Variations of a sound, so that a model that hears few of them still learns what lies between."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_SEMITONES = 4.0  # either way, at full strength
_TILT_DB = 6.0  # between low and high
_FAST = 2048  # multiples of it are transformed quickly
_DECAY = 30.0  # nepers a second that a sound may be shortened by
_COURSE_DB, _COURSE_SECONDS = 12.0, 0.06  # by which loudness may go up and down, and in what time


def at_speed(audio: FloatArray, speed: float) -> FloatArray:
    """Mono ``[S]`` played at another speed, lengths and pitches alike, by straight lines between samples."""
    count = max(1, int(len(audio) / speed))
    played: FloatArray = np.interp(np.arange(count) * speed, np.arange(len(audio)), audio).astype(np.float32)
    return played


def tilted(audio: FloatArray, decibels: float) -> FloatArray:
    """Mono ``[S]`` with its highs raised by so much against its lows, evenly in octaves from 100 Hz at 44.1 kHz on."""
    size = -(-len(audio) // _FAST) * _FAST  # others may take long to transform
    spectrum = np.fft.rfft(audio, size)
    place = np.linspace(0.0, 22050.0, len(spectrum))
    octaves = np.log2(np.clip(place, 100.0, None) / 100.0) / 7.8
    return np.fft.irfft(spectrum * 10 ** (decibels * (octaves - 0.5) / 20), size)[: len(audio)].astype(np.float32)


def shortened(audio: FloatArray, sample_rate: float, nepers: float) -> FloatArray:
    """Mono ``[S]`` that dies away faster, by so many nepers a second."""
    return np.asarray(audio * np.exp(-nepers * np.arange(len(audio)) / sample_rate), np.float32)


def swaying(audio: FloatArray, sample_rate: float, decibels: float, random: np.random.Generator) -> FloatArray:
    """Mono ``[S]`` that goes up and down in loudness by up to so many decibels, by another course each time."""
    places = np.cumsum(random.uniform(0.1, 2.0, 64) * _COURSE_SECONDS * sample_rate)
    course = np.interp(np.arange(len(audio)), places, random.uniform(-decibels, decibels, 64))
    return np.asarray(audio * 10 ** (course / 20), np.float32)


def varied(audio: FloatArray, sample_rate: float, strength: float, random: np.random.Generator) -> FloatArray:
    """A variation of a sound: speed, colour, decay and course of loudness, each drawn by chance.

    Args:
        audio: Mono ``[S]``.
        sample_rate: Hz.
        strength: 0 is the sound itself, 1 up to a major third, 6 dB of colour, 30 nepers a second (most of them few)
            and 12 dB of loudness up and down.
        random: Draws them.
    """
    speed, tilt, decay = random.uniform(-1, 1), random.uniform(-1, 1), max(0.0, random.uniform(-1, 1)) ** 2
    swaying_db = _COURSE_DB * strength * random.random()
    if strength <= 0.0:
        return audio
    changed = at_speed(audio, 2 ** (_SEMITONES * strength * speed / 12))
    coloured = tilted(changed, _TILT_DB * strength * tilt)
    return swaying(shortened(coloured, sample_rate, _DECAY * strength * decay), sample_rate, swaying_db, random)
