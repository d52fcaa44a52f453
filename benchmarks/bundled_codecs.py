"""What the bundled codecs make of sounds that none of them learnt: instruments, percussion, chords, sentences.

Run ``python -m benchmarks.bundled_codecs``. Each sound of ``tests/data/held_out`` and of
``tests/data/polyphonic_and_spoken`` is encoded, decoded and compared by its log-mel distance in dB (see
``codec_quality``), beside one mean spectrum that is moved by the loudness; ``mosaic``, which plays the sounds, is
left out. The exit code is 1 if ``brook`` is not better than ``pebble`` by a fifth at chords and sentences.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch

from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.quality import baseline_distance
from terrain_widgets.io.sound_files import read_sound

DATA = Path(__file__).parents[1] / "tests" / "data"
NAMES = ("pebble", "brook")
SHARE = 0.8


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    codecs = [load_codec(name) for name in NAMES]
    print(f"{'log-mel distance, dB':34} {'mean':>6} " + " ".join(f"{name:>6}" for name in NAMES))
    means = {}
    for group in ("held_out", "polyphonic_and_spoken"):
        rows = []
        for file in sorted((DATA / group).glob("*.flac")):
            sound = read_sound(file)
            original = np.ascontiguousarray(sound.audio.mean(axis=0))
            copies = [codec.decode(codec.encode(original, sound.sample_rate))[0] for codec in codecs]
            rows.append([baseline_distance(original), *(log_mel_distance(original, copy) for copy in copies)])
            print(f"{file.stem:34} " + " ".join(f"{value:6.2f}" for value in rows[-1]))
        means[group] = np.mean(rows, axis=0)
        print(f"{group:34} " + " ".join(f"{value:6.2f}" for value in means[group]))
    _, pebble, brook = means["polyphonic_and_spoken"]
    good = bool(brook <= SHARE * pebble)
    print(f"brook {100 * brook / pebble:.0f} % of pebble (limit {100 * SHARE:.0f} %): {'PASS' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
