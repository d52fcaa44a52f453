"""Sounds from wherever they are: files, their bytes, arrays, a folder."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.io.other_sounds import OTHER_SUFFIXES, conversion
from terrain_widgets.io.sound_files import Sound, SoundError, read_sound

SoundLike: TypeAlias = Sound | str | os.PathLike[str] | bytes | tuple[ArrayLike, int]
#: Of files that libsndfile reads.
SUFFIXES = tuple(".wav .flac .ogg .oga .opus .mp3 .aif .aiff .aifc .caf .au .w64 .rf64 .amb".split())


def as_sound(given: SoundLike, name: str | None = None) -> Sound:
    """A sound from a ``Sound``, a path, a file's content, or an array ``[A, S]`` or ``[S]`` with its rate in Hz.

    Args:
        given: As above; array and rate as a tuple.
        name: Name of a sound that is read or made of an array.

    Raises:
        SoundError: If it is none of these, or cannot be read.
    """
    if isinstance(given, Sound):
        return given
    if not isinstance(given, tuple):
        return read_sound(given, name=name)
    try:
        audio, sample_rate = given
        rate = int(sample_rate)
    except (TypeError, ValueError):
        raise SoundError("an array is added together with its sample rate in Hz: (audio, 44100)") from None
    samples = np.asarray(audio, dtype=np.float32)
    return Sound(name or "array", samples[None] if samples.ndim == 1 else samples, rate)


def sound_files_in(place: str | os.PathLike[str]) -> list[Path]:
    """All sound files of a folder, by name, without those of its folders; a file is itself.

    Raises:
        SoundError: If there is no such place, or no sound file in it.
    """
    path = Path(place).expanduser()
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise SoundError(f"there is no folder or sound file at {path}; check the path")
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in SUFFIXES and file.is_file())
    if not files:
        others = sorted(file.name for file in path.iterdir() if file.suffix.lower() in OTHER_SUFFIXES)
        cure = f"convert what it holds, for example with {conversion(others[0])}" if others else "choose another"
        raise SoundError(f"the folder {path} holds no sound file that is read here ({', '.join(SUFFIXES)}); {cure}")
    return files
