"""How far what a codec makes of sounds is from them, so that a user can choose a codec for these sounds."""

from __future__ import annotations

from collections.abc import Callable, Collection

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.frame_accounting import at_rate
from terrain_widgets.codecs.loading import DEFAULT_CODEC, load_codec
from terrain_widgets.io.sound_files import Sound

CANDIDATES = (DEFAULT_CODEC, "brook", "mosaic")
NOTICED_DB = 2.0  # what a codec must do worse than another one to be spoken of
_EXCERPT_SECONDS = 4.0
_MOST_SECONDS = 16.0
_RATE = 44100  # Hz, of the comparison


def excerpts_of(sounds: Collection[Sound]) -> list[Sound]:
    """Beginnings of sounds, some seconds of each, as many as can be compared in a moment."""
    kept: list[Sound] = []
    seconds = 0.0
    for sound in sounds:
        if seconds >= _MOST_SECONDS:
            break
        audio = sound.audio[:, : max(1, round(_EXCERPT_SECONDS * sound.sample_rate))]
        kept.append(Sound(sound.name, audio, sound.sample_rate))
        seconds += audio.shape[1] / sound.sample_rate
    return kept


def codec_errors(
    sounds: Collection[Sound],
    codec: Codec | None = None,
    candidates: Collection[str] = CANDIDATES,
    cancelled: Callable[[], bool] = lambda: False,
) -> dict[str, float]:
    """Mean log-mel distance in dB of sounds from what each codec makes of them, by the codec's name.

    A codec that is made of sounds is made of these.

    Args:
        sounds: What to compare; ``excerpts_of`` shortens them.
        codec: The codec in use, which is compared, too.
        candidates: Names of others, as ``load_codec`` takes them.
        cancelled: Asked between two sounds; once it says yes, nothing is returned.

    Raises:
        CodecError: If there is no such codec.
        ValueError: If a sound cannot be encoded.
    """
    codecs = {} if codec is None else {codec.info.name: codec}
    for name in candidates:
        if name not in codecs:
            codecs[name] = load_codec(name, sounds)
    errors: dict[str, list[float]] = {name: [] for name in codecs}
    for sound in sounds:
        for name, each in codecs.items():
            if cancelled():
                return {}
            errors[name].append(_distance(sound, each))
    return {name: float(np.mean(found)) for name, found in errors.items() if found}


def better_codec(errors: dict[str, float], using: str) -> str:
    """The codec that errs least, if it is clearly better than the one in use; or nothing."""
    if using not in errors:
        return ""
    best = min(errors, key=lambda name: errors[name])
    return best if errors[using] - errors[best] >= NOTICED_DB else ""


def codec_sentence(errors: dict[str, float], using: str) -> str:
    """What was measured, in one line."""
    if not errors:
        return ""
    measured = ", ".join(f"{name} by {decibels:.1f} dB" for name, decibels in errors.items())
    better = better_codec(errors, using)
    proposal = f" {better} suits them better." if better else ""
    return f"Encoded and decoded, these sounds differ: {measured}.{proposal}"


def _distance(sound: Sound, codec: Codec) -> float:
    copy = codec.decode(codec.encode(sound.audio, sound.sample_rate))[:, codec.info.delay :]
    return copy_error(sound, np.asarray(copy, dtype=np.float32), codec.info.sample_rate)


def copy_error(sound: Sound, copy: NDArray[np.float32], sample_rate: int) -> float:
    """Mean log-mel distance in dB of a copy ``[A, S]`` from a sound, whose first samples are at the same moment."""
    from terrain_widgets.codecs.measures.log_mel import log_mel_distance  # imports torch

    original, heard = _mono(sound.audio, sound.sample_rate), _mono(copy, sample_rate)
    return log_mel_distance(original, np.pad(heard, (0, max(0, len(original) - len(heard)))))


def _mono(audio: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    return np.asarray(at_rate(audio.mean(axis=0, keepdims=True), rate, _RATE)[0], dtype=np.float32)
