"""The sounds of a training: read, in mono at the recipe's rate, and split into learnt and held back."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.frame_accounting import at_rate, with_channels
from terrain_widgets.io.sound_files import SoundError
from terrain_widgets.io.sound_sources import SoundLike, as_sound, sound_files_in

FloatArray = NDArray[np.float32]
SHORTEST = 0.05  # seconds; what is shorter teaches nothing


@dataclass(frozen=True)
class TrainingSound:
    """One sound.

    Args:
        name: Shown to the user.
        audio: Mono ``[S]`` at the recipe's rate.
    """

    name: str
    audio: FloatArray


@dataclass(frozen=True)
class Dataset:
    """The sounds of a training.

    Args:
        train: Those that are learnt.
        validation: Those that are held back.
        licences: What the sounds say of theirs, each once.
        report: What there is to say of the sounds, a sentence each.
    """

    train: tuple[TrainingSound, ...]
    validation: tuple[TrainingSound, ...]
    licences: tuple[str, ...] = ()
    report: tuple[str, ...] = ()


def dataset_of(
    sounds: str | os.PathLike[str] | Iterable[SoundLike], sample_rate: int, share: float, seed: int
) -> Dataset:
    """Read sounds and split them by file; of a single one the end is held back.

    Args:
        sounds: A folder, a file, or several sounds.
        sample_rate: Hz, which they are brought to.
        share: Of the sounds that are held back.
        seed: Which these are.

    Raises:
        SoundError: If there is none, one cannot be read, or all are too short.
    """
    given: list[SoundLike] = [*sound_files_in(sounds)] if isinstance(sounds, str | os.PathLike) else [*sounds]
    read = [as_sound(sound) for sound in given]
    kept = [
        TrainingSound(s.name, at_rate(with_channels(s.audio, 1), s.sample_rate, sample_rate)[0])
        for s in read
        if s.duration >= SHORTEST
    ]
    if not kept:
        raise SoundError(f"a codec is trained on sounds of {SHORTEST} s or longer; give one to ten minutes of them")
    licences = tuple(dict.fromkeys(s.licence for s in read if s.licence))
    if len(kept) == 1:
        only = kept[0]
        cut = max(1, round(len(only.audio) * (1 - share)))
        return Dataset(
            (TrainingSound(only.name, only.audio[:cut]),), (TrainingSound(only.name, only.audio[cut:]),), licences
        )
    order = np.random.default_rng([seed, len(kept)]).permutation(len(kept))
    held = {int(i) for i in order[: max(1, round(share * len(kept)))]}
    train = tuple(sound for i, sound in enumerate(kept) if i not in held)
    return Dataset(train, tuple(kept[i] for i in sorted(held)), licences)
