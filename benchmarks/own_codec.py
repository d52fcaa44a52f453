"""What a quarter of an hour of training makes of a codec: on sounds that were learnt, judged by sounds that were not.

Run ``python -m benchmarks.own_codec --recipe pebble``. It renders its material (FluidSynth with Debian's FluidR3
soundfont), trains beside nothing else, and prints the figures with their limits; the curve of the validations lies
beside the codec as JSON, and in the codec's card. Killed and started again, it goes on where it was.

``--cpu-minutes`` is the budget in processor time of all threads together: what a quarter of an hour on two quiet cores
gives is 30; a busy machine changes wall time, but not that. One thread is used unless ``--threads`` says more.

The exit code is 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import own_one_shot, own_pebble, own_stream
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.own.file import read_own
from terrain_widgets.codecs.trainer.dataset import dataset_of
from terrain_widgets.codecs.trainer.recipes.registry import recipe_called
from terrain_widgets.codecs.trainer.settings import settings_for
from terrain_widgets.codecs.trainer.told import tell_in_terminal
from terrain_widgets.codecs.trainer.trainer import Trainer
from terrain_widgets.io.sound_files import Sound

BUILD = Path(__file__).parent.parent / "build" / "own_codec"


@dataclass(frozen=True)
class Figure:
    """One line of the result.

    Args:
        text: What was measured.
        value: What came out.
        limit: What is asked for, as words; empty: nothing.
        held: Whether it holds.
    """

    text: str
    value: str
    limit: str = ""
    held: bool = True


@dataclass(frozen=True)
class Case:
    """What one recipe is tried with.

    Args:
        sounds: Renders what is learnt.
        judge: Measures a codec by sounds that were not learnt: lines of ``(text, value, limit, held)``.
        settings: Others than the preset's.
    """

    sounds: Callable[[str], list[Sound]]
    judge: Callable[[Codec, str], list[tuple[str, str, str, bool]]]
    settings: dict[str, object]


CASES = {
    "pebble": Case(own_pebble.learnt, own_pebble.judged, {}),
    "stream": Case(own_stream.learnt, own_stream.judged, {}),
    "one-shot": Case(own_one_shot.learnt, own_one_shot.judged, {}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Train, measure, print; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", choices=[*CASES], default="pebble")
    parser.add_argument("--material", default="", help="what to learn, where a recipe has several: an instrument")
    parser.add_argument("--cpu-minutes", type=float, default=30.0, help="processor time (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=Path, help="the codec (default: build/own_codec/RECIPE.safetensors)")
    parser.add_argument("--start-over", action="store_true", help="do not go on from what an earlier run has reached")
    chosen = parser.parse_args(arguments)
    os.nice(15)  # a benchmark of a quarter of an hour steps back
    case, recipe = CASES[chosen.recipe], recipe_called(chosen.recipe)
    name = f"{chosen.recipe}-{chosen.material}" if chosen.material else chosen.recipe
    out: Path = chosen.out or BUILD / f"{name}.safetensors"
    checkpoint = out.with_suffix(".training")
    if chosen.start_over:
        checkpoint.unlink(missing_ok=True)
    changes = {
        **case.settings,
        "minutes": chosen.cpu_minutes,
        "processor_time": True,
        "threads": chosen.threads,
        "stop_after": 0,
    }
    settings = settings_for(recipe.presets, "balanced", changes)
    dataset = dataset_of(case.sounds(chosen.material), recipe.sample_rate, settings.validation_share, settings.seed)
    seconds = sum(len(sound.audio) for sound in dataset.train) / recipe.sample_rate
    print(f"{chosen.recipe}: {len(dataset.train)} sounds to learn, {seconds / 60:.1f} minutes, {settings}", flush=True)
    Trainer(recipe, dataset, settings, out, checkpoint, told=tell_in_terminal).run()
    card = read_own(out).card
    out.with_suffix(".json").write_text(json.dumps({"curve": card.curve, "minutes": card.minutes}), encoding="utf-8")
    print(f"{card.steps} steps in {card.minutes:.1f} minutes of processor time; best of validation {card.error:.3f} dB")
    figures = [Figure(*line) for line in case.judge(load_codec(out), chosen.material)]
    for figure in figures:
        limit = f"   limit {figure.limit}: {'holds' if figure.held else 'MISSED'}" if figure.limit else ""
        print(f"{figure.text:<58}{figure.value:>14}{limit}")
    return int(not all(figure.held for figure in figures))


if __name__ == "__main__":
    sys.exit(main())
