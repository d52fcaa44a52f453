"""Render the clips of the wheel: ``python -m terrain_widgets.codecs.bundled.clips --out terrain_widgets/io/sounds``.

Melodies use only notes that training never strikes, so that the clips are a fair test of the bundled codec.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.codecs.bundled.heldout import HELD_OUT_NOTES, HELD_OUT_PROGRAMS, HELD_OUT_SAMPLES
from terrain_widgets.codecs.bundled.phrases import Phrase, drum_loop
from terrain_widgets.codecs.bundled.render import (
    SAMPLE_RATE,
    SONIC_PI_COPYRIGHT,
    SONIC_PI_SAMPLES,
    SOUNDFONT,
    cc0_samples,
    render_phrases,
)

PEAK = 10 ** (-4 / 20)
FLUID = "FluidR3 GM soundfont, Frank Wen and others, rendered with FluidSynth"
#: Name, program, seconds, and notes as (start s, length s, MIDI note, velocity).
MELODIES: list[tuple[str, int, float, list[tuple[float, float, int, int]]]] = [
    ("cello", 42, 3.0, [(0, 1.1, 40, 90), (1.1, 0.7, 47, 100), (1.8, 0.95, 54, 105)]),
    ("flute", 73, 2.6, [(0, 0.5, 75, 80), (0.5, 0.3, 82, 90), (0.8, 1.4, 89, 95)]),
    (
        "marimba",
        12,
        2.2,
        [(0, 0.2, 61, 90), (0.25, 0.2, 68, 100), (0.5, 0.2, 75, 105), (0.75, 0.2, 68, 90), (1.0, 0.8, 54, 110)],
    ),
    ("trumpet", 56, 2.2, [(0, 0.25, 61, 105), (0.3, 0.25, 68, 110), (0.6, 1.3, 75, 118)]),
    ("clarinet", 71, 2.6, [(0, 0.8, 54, 85), (0.8, 0.4, 61, 95), (1.2, 1.1, 75, 100)]),
    ("horn", 60, 2.6, [(0, 0.9, 47, 90), (0.9, 1.4, 54, 105)]),
    ("musicbox", 10, 2.8, [(0, 0.4, 75, 95), (0.4, 0.4, 82, 100), (0.8, 0.4, 89, 105), (1.2, 1.5, 68, 110)]),
    ("choir", 52, 3.0, [(0, 1.3, 54, 95), (1.3, 1.4, 61, 100)]),
]
TABLA_SECONDS = 2.8


def _phrase(program: int, notes: list[tuple[float, float, int, int]]) -> Phrase:
    assert all(note in HELD_OUT_NOTES for _, _, note, _ in notes)
    phrase = Phrase()
    phrase.events.append((0.0, "program", program, 0))
    phrase.events.append((0.0, "bend", 0, 0))
    for start, length, note, velocity in notes:
        phrase.events.append((0.01 + start, "on", note, velocity))
        phrase.events.append((0.01 + start + length - 0.004, "off", note, 0))
    return phrase


def finished(audio: NDArray[np.float32], seconds: float) -> NDArray[np.float32]:
    """Cut to length, fade 2 ms in and 150 ms out, peak at -4 dBFS."""
    audio = audio[: round(seconds * SAMPLE_RATE)].astype(np.float64)
    audio -= audio.mean()
    rise, fall = round(0.002 * SAMPLE_RATE), round(0.15 * SAMPLE_RATE)
    audio[:rise] *= np.linspace(0, 1, rise)
    audio[-fall:] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, fall))
    return np.asarray(audio * PEAK / np.abs(audio).max(), np.float32)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the clips")
    parser.add_argument("--soundfont", default=SOUNDFONT, help="General MIDI soundfont under a free licence")
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    phrases = [_phrase(program, notes) for _, program, _, notes in MELODIES] + [drum_loop()]
    rendered = render_phrases(phrases, 5.0, arguments.soundfont)
    clips: list[tuple[str, NDArray[np.float32], str, str]] = []
    for (name, program, seconds, _), audio in zip(MELODIES, rendered, strict=False):
        heard = "instrument unseen in training" if program in HELD_OUT_PROGRAMS else "notes unseen in training"
        clips.append((name, finished(audio, seconds), f"{FLUID}, program {program} ({heard})", "MIT"))
    clips.append(("drums", finished(rendered[-1], 4.0), f"{FLUID}, standard drum kit", "MIT"))
    tabla = next(path for path in cc0_samples(SONIC_PI_SAMPLES, SONIC_PI_COPYRIGHT) if path.stem == "loop_tabla")
    assert tabla.stem in HELD_OUT_SAMPLES
    audio, rate = soundfile.read(tabla, dtype="float32", always_2d=True)
    assert rate == SAMPLE_RATE
    clips.append(
        (
            "tabla",
            finished(audio.mean(1), TABLA_SECONDS),
            "Sonic Pi sample loop_tabla (its opening; unseen in training)",
            "CC0-1.0",
        )
    )
    for name, samples, _, _ in clips:
        soundfile.write(out / f"{name}.flac", samples, SAMPLE_RATE, subtype="PCM_16")
    index = [{"name": n, "file": f"{n}.flac", "source": source, "licence": licence} for n, _, source, licence in clips]
    (out / "sounds.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
