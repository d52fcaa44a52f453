"""``train_codec``: a codec of one's own sounds."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Unpack

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.search_path import TRAINED_SUFFIX as SUFFIX
from terrain_widgets.codecs.trainer.conversation import TrainingOrder, train_beside
from terrain_widgets.codecs.trainer.events import Event
from terrain_widgets.codecs.trainer.recipes.registry import recipe_called
from terrain_widgets.codecs.trainer.settings import SettingOptions, settings_for
from terrain_widgets.codecs.trainer.trainer import Wish
from terrain_widgets.io.sound_sources import SoundLike, as_sound

CHECKPOINT_SUFFIX = ".training"


def training_order(
    sounds: str | os.PathLike[str] | Iterable[SoundLike],
    recipe: str = "pebble",
    out: str | os.PathLike[str] = f"mine{SUFFIX}",
    *,
    preset: str = "balanced",
    licence: str = "unknown",
    resume: bool = True,
    **settings: Unpack[SettingOptions],
) -> TrainingOrder:
    """What ``train_codec`` will do, checked.

    Args:
        sounds: As ``train_codec``.
        recipe: Likewise.
        out: Likewise.
        preset: Likewise.
        licence: Likewise.
        resume: Likewise.
        **settings: Likewise.

    Raises:
        ValueError: If there is no such recipe or preset, a setting is out of range, the file's suffix is another, or
            there is a codec of that name without a checkpoint, and ``resume``.
        TypeError: If there is no such setting.
        SoundError: If a sound cannot be read.
    """
    target = Path(out).expanduser().absolute()
    if target.suffix != SUFFIX:
        raise ValueError(f"a trained codec is a {SUFFIX} file, got {target.name}; name it {target.stem}{SUFFIX}")
    chosen = settings_for(recipe_called(recipe).presets, preset, settings)
    checkpoint = target.with_suffix(CHECKPOINT_SUFFIX)
    if resume and target.exists() and not checkpoint.exists():
        raise ValueError(
            f"{target} is there already, and no checkpoint beside it to go on from ({checkpoint.name}); give another "
            "file name, or write over it with resume=False (--anew)"
        )
    if isinstance(sounds, str | os.PathLike):
        place = str(Path(sounds).expanduser().absolute())
        return TrainingOrder(recipe, place, chosen, target, checkpoint, licence, resume)
    return TrainingOrder(recipe, tuple(map(as_sound, sounds)), chosen, target, checkpoint, licence, resume)


def train_codec(
    sounds: str | os.PathLike[str] | Iterable[SoundLike],
    recipe: str = "pebble",
    out: str | os.PathLike[str] = f"mine{SUFFIX}",
    *,
    preset: str = "balanced",
    licence: str = "unknown",
    resume: bool = True,
    told: Callable[[Event], None] | None = None,
    wish: Callable[[], Wish] | None = None,
    **settings: Unpack[SettingOptions],
) -> Path:
    """Train a codec on sounds of one's own, in a process of its own at low priority, and return when it has ended.

    ``load_codec`` takes the file that it writes, and so do ``Session`` and ``session.sounds.change_codec``. Beside it
    lies a checkpoint, by which a training goes on that was stopped or killed; an ended one goes on if ``minutes`` or
    ``epochs`` are more than before. After an interrupt it goes on from its last checkpoint, at most 20 s before.

    Args:
        sounds: A folder, a file, or several sounds: each a ``Sound``, a path, a file's content, or
            ``(array, sample rate)``.
        recipe: ``"pebble"``: the bundled codec, tuned to one to ten minutes of one instrument, voice or kit;
            ``"stream"``: textures, voices, chords, anything; ``"one-shot"``: a vector is a whole hit of up to 2 s.
        out: Where the codec goes, ``.safetensors``.
        preset: ``"test"``, ``"fast"``, ``"balanced"`` (15 minutes) or ``"quality"`` (90 minutes).
        licence: Of the codec, as its card will say it.
        resume: Whether to go on from a checkpoint that lies there; otherwise it and the codec are written over.
        told: Called with each event: ``Started``, ``Progress``, ``Validated``, ``Examples``, ``Finished``.
        wish: Asked ten times a second: ``"go"``, ``"pause"`` or ``"stop"``.
        **settings: Fields of ``Settings``, over those of the preset: ``minutes``, ``epochs``, ``batch``, ``lr``, …

    Returns:
        Path of the codec.

    Raises:
        ValueError: If there is no such recipe or preset, a setting is out of range, or ``out`` is there without a
            checkpoint, and ``resume``.
        TypeError: If there is no such setting.
        SoundError: If a sound cannot be read.
        CodecError: If training is refused, or its process ends before it does.
    """
    order = training_order(sounds, recipe, out, preset=preset, licence=licence, resume=resume, **settings)
    finished = train_beside(order, told or (lambda event: None), wish or (lambda: "go"))
    if not finished.path:
        raise CodecError(f"there is no codec: {finished.why}")
    return Path(finished.path)
