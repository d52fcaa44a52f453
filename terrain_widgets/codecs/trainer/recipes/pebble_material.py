"""Sounds as ``pebble`` learns them: excerpts with their pitch, and what is held back to judge it by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr
import torch
from numpy.typing import NDArray
from torch import Tensor

from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.pebble.decoder import pitch_to_latent
from terrain_widgets.codecs.pebble.encoder import AUDIBLE_LATENT, PebbleEncoder, loudness_latents, whole_frames
from terrain_widgets.codecs.pebble.lost_pitch import UNSURE, any_pitch
from terrain_widgets.codecs.pebble.synth import RATIO, SAMPLE_RATE
from terrain_widgets.codecs.trainer.dataset import TrainingSound

FloatArray = NDArray[np.float32]
LEAST_PEAK = 0.01  # an excerpt that is quieter teaches nothing
BEFORE, LEAST_FRAMES = 6, 10  # an excerpt begins up to so much before a sound, and holds at least so much of it
JUDGED_SECONDS = 40.0  # of all that is held back: more would take the time away from learning
LONGEST_JUDGED = 8.0
LEVEL_DB = 6.0  # more would part loudness from the timbre that goes with it
_TRIES = 50
_CHUNK = 2048  # frames whose pitch is looked for at once: the path needs a score for each pair of candidates


@dataclass(frozen=True)
class PitchedSound:
    """A sound to learn from.

    Args:
        audio: Mono ``[T * RATIO]``.
        pitch: MIDI note number of each frame ``[T]``; NaN where there is none to be heard.
    """

    audio: FloatArray
    pitch: FloatArray

    @property
    def frames(self) -> int:
        """Latent frames T."""
        return len(self.pitch)


@dataclass(frozen=True)
class JudgedSound:
    """A sound that is held back, with what of its latents is measured, not learnt.

    Args:
        name: Of the sound.
        audio: Mono ``[S]``.
        pitch: Latent 0 ``[T]``.
        loudness: Latent 1 ``[T]``.
    """

    name: str
    audio: FloatArray
    pitch: Tensor
    loudness: Tensor

    def error(self, copy: FloatArray) -> float:
        """Log-mel distance of a copy, dB."""
        return log_mel_distance(self.audio, copy[: len(self.audio)])


@dataclass(frozen=True)
class PebbleMaterial:
    """All sounds of a training.

    Args:
        learnt: Those to learn from.
        judged: Those held back.
    """

    learnt: tuple[PitchedSound, ...]
    judged: tuple[JudgedSound, ...]

    @property
    def frames(self) -> int:
        """Latent frames to learn from."""
        return sum(sound.frames for sound in self.learnt)


@torch.no_grad()
def pitched(sound: TrainingSound, encoder: PebbleEncoder) -> PitchedSound:
    """A sound with the pitch that the encoder hears, NaN where it is unsure or hears nothing."""
    audio = whole_frames(sound.audio)
    curves = []
    for part in audio.split(_CHUNK * RATIO):
        loudness = loudness_latents(part)
        curve = 60 + 12 * encoder.pitch_latents(part, loudness).numpy()
        chances = torch.softmax(encoder.pitch(encoder.pitch_features(part)), 1).amax(1)
        curve[((chances < UNSURE) | (loudness < AUDIBLE_LATENT)).numpy()] = np.nan
        curves.append(curve.astype(np.float32))
    return PitchedSound(audio.numpy(), np.concatenate(curves))


@torch.no_grad()
def judged(sounds: tuple[TrainingSound, ...], encoder: PebbleEncoder) -> tuple[JudgedSound, ...]:
    """Openings of the sounds that are held back, ``JUDGED_SECONDS`` in all at most."""
    each = min(LONGEST_JUDGED, max(1.0, JUDGED_SECONDS / len(sounds)))
    result = []
    for sound in sounds[: round(JUDGED_SECONDS)]:
        first = int(np.argmax(np.abs(sound.audio) > LEAST_PEAK))  # a silent opening tells nothing
        audio = sound.audio[max(0, first - RATIO) :][: round(each * SAMPLE_RATE)]
        whole = whole_frames(audio)
        loudness = loudness_latents(whole)
        result.append(JudgedSound(sound.name, audio, encoder.pitch_latents(whole, loudness), loudness))
    return tuple(result)


def excerpt(
    sounds: tuple[PitchedSound, ...], frames: int, augmentation: float, random: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """A random excerpt, somewhat louder or quieter than it was: audio ``[frames * RATIO]`` and latent 0 ``[frames]``.

    Args:
        sounds: Where it may come from; long ones give more.
        frames: Its length.
        augmentation: By up to twice so many semitones it is transposed, by another speed.
        random: Where it comes from.
    """
    lengths = np.array([sound.frames for sound in sounds], float)
    audio, pitch = np.zeros(0, np.float32), np.zeros(0, np.float32)
    shift = float(random.uniform(-2, 2)) * augmentation
    needed = frames if not shift else int(np.ceil(frames * 2 ** (shift / 12))) + 1
    for _ in range(_TRIES):
        sound = sounds[int(random.choice(len(sounds), p=lengths / lengths.sum()))]
        first = int(random.integers(-BEFORE, max(sound.frames - LEAST_FRAMES, 1 - BEFORE)))
        low, high = max(first, 0), min(first + needed, sound.frames)
        if high <= low:
            continue
        before, after = low - first, first + needed - high
        audio = np.pad(sound.audio[low * RATIO : high * RATIO], (before * RATIO, after * RATIO))
        pitch = np.pad(any_pitch(sound.pitch[low:high], random), (before, after), mode="edge")
        if np.abs(audio).max() >= LEAST_PEAK:
            break
    if shift:
        audio, pitch = _transposed(audio, pitch, frames, shift)
    level = min(10 ** (random.uniform(-LEVEL_DB, LEVEL_DB) / 20), 1 / max(float(np.abs(audio).max()), LEAST_PEAK))
    return torch.from_numpy(np.asarray(audio * level, np.float32)), pitch_to_latent(torch.from_numpy(pitch))


def _transposed(audio: FloatArray, pitch: FloatArray, frames: int, semitones: float) -> tuple[FloatArray, FloatArray]:
    speed = 2 ** (semitones / 12)
    faster = np.asarray(soxr.resample(audio, SAMPLE_RATE * speed, SAMPLE_RATE), np.float32)
    samples = frames * RATIO
    places = np.minimum(np.round(np.arange(frames) * speed).astype(int), len(pitch) - 1)
    return np.pad(faster, (0, max(0, samples - len(faster))))[:samples], np.asarray(
        pitch[places] + semitones, np.float32
    )
