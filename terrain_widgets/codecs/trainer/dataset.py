"""Sounds to learn from: read one by one, looked at, repaired, cut to what memory holds, and split by file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.frame_accounting import at_rate, with_channels
from terrain_widgets.codecs.trainer.health import Health, HealthCheck
from terrain_widgets.codecs.trainer.repairs import at_peak, without_offset, without_silence
from terrain_widgets.io.sound_files import Sound, SoundError, read_sound
from terrain_widgets.io.sound_sources import SoundLike, as_sound, sound_files_in

FloatArray = NDArray[np.float32]
Sounds: TypeAlias = "Iterable[SoundLike] | Sound | str | os.PathLike[str]"

STRETCH_SECONDS = 20.0  # of a sound that is too long as a whole, stretches of it are taken


@dataclass(frozen=True, eq=False)
class TrainingSound:
    """One sound to learn from.

    Args:
        name: Of the file, and of the part of it.
        audio: Mono ``[S]``.
    """

    name: str
    audio: FloatArray


@dataclass(frozen=True, eq=False)
class Dataset:
    """What is learned from, and what only tells how well.

    Args:
        train: Sounds to learn from.
        validation: Sounds of other files; of one file alone, its last part.
        licences: Of all sounds, where they say so.
        report: What was found, in sentences.
        health: The same as data.
    """

    train: tuple[TrainingSound, ...]
    validation: tuple[TrainingSound, ...]
    licences: tuple[str, ...] = ()
    report: tuple[str, ...] = ()
    health: Health = Health()

    @property
    def seconds(self) -> float:
        """How much there is to learn from, at the sample rate that the set was made for."""
        return self.health.kept_seconds


@dataclass(frozen=True)
class Repairs:
    """What is done to every sound that can be used.

    Args:
        trim: Take away what lies below -60 dB of its peak at either end.
        offset: Take away a constant offset that was found.
        peak: Bring its peak to -0.1 dBFS.
    """

    trim: bool = True
    offset: bool = True
    peak: bool = True


def dataset_of(
    sounds: Sounds,
    sample_rate: int,
    share: float = 0.15,
    seed: int = 0,
    *,
    repairs: Repairs | None = None,
    most_seconds: float = 1200.0,
) -> Dataset:
    """A data set of sounds, files or a folder; only one file at a time is held besides what is kept.

    Args:
        sounds: Sounds, paths of files or folders, files' contents, arrays with their rates; or one sound or path.
        sample_rate: Hz that all are resampled to.
        share: Of the files, for validation; at least one file, or the last part of a single one.
        seed: Chooses those.
        repairs: What is done to them; left out, all of it.
        most_seconds: Most that is kept of all together. Beyond it, long sounds give way: stretches of them are taken,
            evenly spread.

    Raises:
        CodecError: If nothing is left to learn from; the sentence says why.
        SoundError: If what is given in memory is no sound.
    """
    if not 0.0 <= share < 1.0:
        raise ValueError(f"the share for validation is from 0 to below 1, got {share}")
    given = list(_given(sounds))
    check = HealthCheck(sample_rate)
    kept: list[list[TrainingSound]] = []
    licences: dict[str, None] = {}
    most = _most_each([_seconds_of(one) for one in given], most_seconds)
    for one in given:
        name, parts = _name_of(one), []
        try:
            for title, sound in _parts(one, most):
                mono = at_rate(with_channels(sound.audio, 1), sound.sample_rate, sample_rate)[0]
                if not check.look(title, mono, sound.audio, sound.sample_rate):
                    continue
                parts.append(TrainingSound(title, _repaired(title, mono, sample_rate, check, repairs or Repairs())))
                if sound.licence:
                    licences[sound.licence] = None
        except SoundError as error:
            check.note(name, "unreadable", f"{name} cannot be read: {error}")
        if (seconds := _seconds_of(one)) > most and parts:
            used = sum(len(part.audio) for part in parts) / sample_rate
            check.note(name, "cut", f"{name} lasts {seconds:.0f} s: {used:.0f} s of it are used, evenly spread")
        kept += [parts] if parts else []
    samples = sum(len(part.audio) for parts in kept for part in parts)
    health = check.done(samples / sample_rate)
    if not kept:
        why = "; ".join(finding.said for finding in health.findings[:3]) or "no sound was given"
        raise CodecError(f"there is nothing to learn from: {why}; give it sounds that can be heard")
    train, validation = _split(kept, share, seed, sample_rate)
    return Dataset(train, validation, tuple(licences), health.sentences(sample_rate), health)


def _given(sounds: Sounds) -> Iterator[Sound | Path]:
    for entry in (sounds,) if isinstance(sounds, Sound | str | os.PathLike) else sounds:
        if not isinstance(entry, str | os.PathLike):
            yield as_sound(entry)
            continue
        try:
            yield from sound_files_in(entry)
        except SoundError as error:
            raise CodecError(f"there is nothing to learn from: {error}") from error


def _name_of(given: Sound | Path) -> str:
    return given.name


def _seconds_of(given: Sound | Path) -> float:
    if isinstance(given, Sound):
        return given.duration
    try:
        return float(soundfile.info(str(given)).duration)
    except (OSError, RuntimeError, ValueError):  # reading it will say what is wrong
        return 0.0


def _most_each(seconds: list[float], most: float) -> float:
    """The length that no sound may exceed so that all together keep the limit; infinity if they do anyway."""
    if sum(seconds) <= most:
        return float("inf")
    left, count = most, len(seconds)
    for length in sorted(seconds):  # short ones stay whole, and long ones share what is left
        if length * count > left:
            break
        left, count = left - length, count - 1
    return left / max(1, count)


def _parts(given: Sound | Path, most: float) -> Iterator[tuple[str, Sound]]:
    """The whole sound, or stretches of it, one after the other."""
    seconds, name = _seconds_of(given), _name_of(given)
    if seconds <= most:
        yield name, given if isinstance(given, Sound) else read_sound(given, max_seconds=max(1.0, seconds + 1.0))
        return
    count = max(1, int(most // STRETCH_SECONDS))
    length = min(most, STRETCH_SECONDS)
    for k in range(count):
        start = (seconds - length) * (k / max(1, count - 1))
        title = f"{name} at {int(start // 60)}:{start % 60:04.1f}"
        if isinstance(given, Sound):
            first = round(start * given.sample_rate)
            audio = given.audio[:, first : first + round(length * given.sample_rate)]
            yield title, Sound(title, audio, given.sample_rate, given.source, given.licence)
        else:
            yield title, read_sound(given, title, start=start, seconds=length)


def _repaired(name: str, audio: FloatArray, rate: int, check: HealthCheck, repairs: Repairs) -> FloatArray:
    if repairs.offset and any(f.sound == name and f.fault == "offset" for f in check.findings):
        audio = without_offset(audio, rate)
    if repairs.trim:
        audio = without_silence(audio)
    if repairs.peak:
        audio = at_peak(audio)
    return np.ascontiguousarray(audio, np.float32)


def _split(
    files: list[list[TrainingSound]], share: float, seed: int, rate: int
) -> tuple[tuple[TrainingSound, ...], tuple[TrainingSound, ...]]:
    """By file, so that nothing of a file that is learned from tells how well that went."""
    if share == 0.0:
        everything = tuple(part for parts in files for part in parts)
        return everything, everything[:8]
    if len(files) > 1:
        count = min(len(files) - 1, max(1, round(share * len(files))))
        held = set(np.random.default_rng(seed).permutation(len(files))[:count].tolist())
        return (
            tuple(part for k, parts in enumerate(files) if k not in held for part in parts),
            tuple(part for k, parts in enumerate(files) if k in held for part in parts),
        )
    parts = files[0]
    if len(parts) > 1:
        last = min(len(parts) - 1, max(1, round(share * len(parts))))
        return tuple(parts[:-last]), tuple(parts[-last:])
    sound = parts[0]
    at = len(sound.audio) - max(1, round(share * len(sound.audio)))
    if at < 0.1 * rate:  # too short to be parted: it is judged by what it has learned
        return (sound,), (sound,)
    return (
        (TrainingSound(sound.name, sound.audio[:at]),),
        (TrainingSound(f"{sound.name}, its end", sound.audio[at:]),),
    )
