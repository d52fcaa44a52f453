"""What the bundled codecs make of sounds that none of them learnt: instruments, percussion, chords, bells, sentences.

Run ``python -m benchmarks.bundled_codecs``. Each sound of ``tests/data/held_out`` and of
``tests/data/polyphonic_and_spoken`` is encoded, decoded and compared by its log-mel distance in dB (see
``codec_quality``), beside one mean spectrum that is moved by the loudness; ``mosaic``, which plays the sounds, is left
out. Bands do not tell which notes sound. So the levels of semitones from E2 to B6 are compared, too: their correlation,
the mean over moments that are not quiet. The exit code is 1 if ``brook`` is not nearer than ``pebble`` by a fifth at
chords, at voices and at bells, each by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.notes import notes_kept
from terrain_widgets.codecs.measures.quality import baseline_distance
from terrain_widgets.io.sound_files import read_sound

DATA = Path(__file__).parents[1] / "tests" / "data"
NAMES = ("pebble", "brook")
SHARE = 0.8
#: By what a sound's name begins with; all else is one note at a time.
GROUPS = {
    "chords": ("guitar", "organ", "sitar", "strings"),
    "voices": ("speech", "choir"),
    "bells": ("tubular_bells", "vibraphone"),
    "drums and hits": ("drum_kit", "sonic-pi"),
}
OTHER = "single notes"
JUDGED = ("chords", "voices", "bells")


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    codecs = [load_codec(name) for name in NAMES]
    print(f"{'':34} log-mel distance, dB  semitones")
    print(f"{'':34} {'mean':>6} " + " ".join(f"{name:>6}" for name in 2 * NAMES))
    rows: dict[str, list[list[float]]] = {name: [] for name in (*GROUPS, OTHER)}
    for file in sorted(DATA.glob("held_out/*.flac")) + sorted(DATA.glob("polyphonic_and_spoken/*.flac")):
        sound = read_sound(file)
        original = np.ascontiguousarray(sound.audio.mean(axis=0))
        copies = [codec.decode(codec.encode(original, sound.sample_rate))[0] for codec in codecs]
        near = [log_mel_distance(original, copy) for copy in copies]
        row = [baseline_distance(original), *near, *(notes_kept(original, copy) for copy in copies)]
        print(_line(file.stem, row))
        rows[next((name for name, begin in GROUPS.items() if file.stem.startswith(begin)), OTHER)].append(row)
    print()
    good = True
    for name, found in rows.items():
        means = np.mean(found, axis=0)
        told = ""
        if name in JUDGED:
            held = bool(means[2] <= SHARE * means[1])
            good &= held
            told = f"  brook {100 * means[2] / means[1]:.0f} % of pebble: {'PASS' if held else 'MISSED'}"
        print(_line(f"{name}, {len(found)}", means) + told)
    print(f"limit {100 * SHARE:.0f} % of pebble's distance: {'PASS' if good else 'MISSED'}")
    return 0 if good else 1


def _line(name: str, row: Sequence[float]) -> str:
    return f"{name:34} " + " ".join(f"{value:6.2f}" for value in row)


if __name__ == "__main__":
    sys.exit(main())
