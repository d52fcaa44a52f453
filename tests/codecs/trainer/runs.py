"""A training small enough for a test: three seconds of plucked tones, and pebble that learns them.

Run as ``python -m tests.codecs.trainer.runs FOLDER BATCHES LAST`` it kills itself once it has told of batch LAST.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import numpy as np

from terrain_widgets.codecs.trainer.dataset import Dataset, dataset_of
from terrain_widgets.codecs.trainer.events import Event, Progress
from terrain_widgets.codecs.trainer.recipes.pebble import RECIPE
from terrain_widgets.codecs.trainer.recipes.registry import recipe_called
from terrain_widgets.codecs.trainer.settings import Settings, settings_for
from terrain_widgets.codecs.trainer.trainer import Rhythm, Trainer, Wish
from terrain_widgets.io.sound_files import Sound

RATE = 44100
BATCHES_PER_EPOCH = 4
SMALL = {"batch": 2, "seconds": 0.25, "validate_steps": 3, "patience": 1, "augmentation": 0.5, "lr": 1e-3}


def plucked(note: int) -> Sound:
    """One second of a decaying tone with partials."""
    time = np.arange(RATE) / RATE
    partials = sum(np.sin(2 * np.pi * 220.0 * 2 ** (note / 12) * k * time) / k**2 for k in range(1, 9))
    return Sound(f"note {note}", (0.3 * np.exp(-3 * time) * partials)[None].astype(np.float32), RATE, licence="CC0-1.0")


def tones() -> list[Sound]:
    """What is learnt, and what is held back."""
    return [plucked(note) for note in (0, 4, 7)]


def small_dataset() -> Dataset:
    """The tones, read."""
    return dataset_of(tones(), RECIPE.sample_rate, 0.3, 0)


def trained(folder: Path, batches: int, last: int | None = None) -> tuple[dict[int, dict[str, float]], Path]:
    """Train so many batches, from where the checkpoint in the folder stands: losses by step, and the codec's file."""
    losses: dict[int, dict[str, float]] = {}

    def told(event: Event) -> None:
        if isinstance(event, Progress):
            losses[event.step] = dict(event.losses)
            if event.step == last:
                os.kill(os.getpid(), signal.SIGKILL)

    settings = Settings(minutes=None, epochs=batches // BATCHES_PER_EPOCH, **SMALL)
    out = folder / "plucked.safetensors"
    often = Rhythm(report=0.0, examples=1e9, save=0.0)
    Trainer(RECIPE, small_dataset(), settings, out, folder / "plucked.training", told=told, rhythm=often).run()
    return losses, out


def until(folder: Path, recipe: str, step: int) -> dict[int, dict[str, float]]:
    """Train the smallest codec of a recipe, and stop after so many steps: losses by step."""
    losses: dict[int, dict[str, float]] = {}

    def told(event: Event) -> None:
        if isinstance(event, Progress):
            losses[event.step] = dict(event.losses)

    def wish() -> Wish:
        return "stop" if step in losses else "go"

    kind = recipe_called(recipe)
    settings = settings_for(kind.presets, "test", {"minutes": 60.0, "batch": 2, "capacity": 0.1, "seconds": 0.3})
    dataset = dataset_of(tones(), kind.sample_rate, 0.3, 0)
    rhythm = Rhythm(report=0.0, examples=1e9)
    out = folder / "small.safetensors"
    Trainer(kind, dataset, settings, out, folder / "small.training", told=told, wish=wish, rhythm=rhythm).run()
    return losses


if __name__ == "__main__":
    trained(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
