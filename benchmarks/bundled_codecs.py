"""What the bundled codecs make of sounds that none of them learnt: instruments, percussion, chords, sentences.

Run ``python -m benchmarks.bundled_codecs``. Each sound of ``tests/data/held_out`` and of
``tests/data/polyphonic_and_spoken`` is encoded, decoded and compared by its log-mel distance in dB (see
``codec_quality``), beside one mean spectrum that is moved by the loudness; ``mosaic``, which plays the sounds, is left
out. Bands do not tell which notes sound. So the levels of semitones from E2 to B6 are compared, too: their correlation,
the mean over moments that are not quiet. The exit code is 1 if ``brook`` is not nearer than ``pebble`` by a fifth at
chords and sentences.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.quality import baseline_distance
from terrain_widgets.io.sound_files import read_sound

DATA = Path(__file__).parents[1] / "tests" / "data"
NAMES = ("pebble", "brook")
SHARE = 0.8
RATE, WINDOW = 44100, 8192
NOTES = np.arange(40, 96)  # of MIDI
FloatArray = NDArray[np.float32]


def semitones(audio: FloatArray) -> FloatArray:
    """Levels of semitones at each moment ``[T, 56]``, of windows of 8192 samples."""
    padded = np.pad(audio, WINDOW // 2)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[:: WINDOW // 4]
    power = np.abs(np.fft.rfft(frames * np.hanning(WINDOW))) ** 2
    hertz = np.maximum(np.fft.rfftfreq(WINDOW, 1 / RATE), 1.0)
    centres = 440.0 * 2 ** ((NOTES - 69) / 12)
    shares = np.maximum(0.0, 1.0 - 2.0 * np.abs(12 * np.log2(hertz[:, None] / centres)))
    return np.sqrt(power @ shares).astype(np.float32)


def notes_kept(original: FloatArray, copy: FloatArray) -> float:
    """Correlation of the two sounds' semitones, -1 to 1."""
    wanted, given = semitones(original), semitones(copy[: len(original)])
    loud = wanted.sum(1) > 0.05 * wanted.sum(1).max()
    pairs = zip(wanted[loud], given[loud], strict=True)
    return float(np.mean([np.corrcoef(a, b)[0, 1] if b.any() else 0.0 for a, b in pairs]))


def main() -> int:
    """Print the table."""
    torch.set_num_threads(1)
    codecs = [load_codec(name) for name in NAMES]
    print(f"{'':34} log-mel distance, dB  semitones")
    print(f"{'':34} {'mean':>6} " + " ".join(f"{name:>6}" for name in 2 * NAMES))
    means = {}
    for group in ("held_out", "polyphonic_and_spoken"):
        rows = []
        for file in sorted((DATA / group).glob("*.flac")):
            sound = read_sound(file)
            original = np.ascontiguousarray(sound.audio.mean(axis=0))
            copies = [codec.decode(codec.encode(original, sound.sample_rate))[0] for codec in codecs]
            near = [log_mel_distance(original, copy) for copy in copies]
            rows.append([baseline_distance(original), *near, *(notes_kept(original, copy) for copy in copies)])
            print(f"{file.stem:34} " + " ".join(f"{value:6.2f}" for value in rows[-1]))
        means[group] = np.mean(rows, axis=0)
        print(f"{group:34} " + " ".join(f"{value:6.2f}" for value in means[group]))
    _, pebble, brook, *_ = means["polyphonic_and_spoken"]
    good = bool(brook <= SHARE * pebble)
    print(f"brook {100 * brook / pebble:.0f} % of pebble (limit {100 * SHARE:.0f} %): {'PASS' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
