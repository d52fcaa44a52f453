"""Render the chords and voices that the mosaic codec is measured with: ``tests/data/polyphonic_and_spoken``.

Run ``python benchmarks/polyphonic_and_spoken.py``. It needs FluidSynth with Debian's FluidR3 soundfont (MIT), mido and
espeak-ng. What is written was settled before the codec was tuned, and is part of the repository, so that the measuring
needs none of them.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import mido
import numpy as np
import soundfile
import soxr

from terrain_widgets.codecs.bundled.render import SOUNDFONT

OUT = Path(__file__).parent.parent / "tests" / "data" / "polyphonic_and_spoken"
RATE = 44100
SECONDS = 3.0
#: General MIDI programs, and what is played: chords of (beats, notes).
CHORDS = {
    "organ": (19, ((0, (48, 55, 64, 67)), (1, (53, 57, 60, 65)), (2, (55, 59, 62, 67)), (3, (48, 60, 64, 72)))),
    "strings": (48, ((0, (45, 57, 60, 64)), (2, (41, 57, 60, 65)), (3, (43, 55, 59, 62)))),
    "guitar": (24, ((0, (40, 47, 52, 56)), (1, (45, 52, 57, 61)), (2, (50, 57, 62, 66)), (3, (40, 47, 52, 59)))),
    "sitar": (104, ((0, (50,)), (0.5, (57, 62)), (1.25, (65,)), (2, (64, 57)), (2.75, (62,)), (3.25, (50, 69)))),
}
#: espeak-ng's voices, and what they say.
SPOKEN = {
    "speech_en": ("en-gb", "A landscape of sound, drawn by hand and learnt in a moment."),
    "speech_de": ("de", "Wer hier geht, der hört, was unter seinen Füßen liegt."),
    "speech_fr": ("fr+f3", "Chaque point du terrain est un son que l'on retrouve."),
}


def chords(program: int, events: tuple[tuple[float, tuple[int, ...]], ...]) -> np.ndarray:
    """Chords that ring into each other, 120 beats a minute with half a second to a beat, ``[S]``."""
    file = mido.MidiFile(ticks_per_beat=480)
    track = mido.MidiTrack()
    file.tracks.append(track)
    track.append(mido.Message("program_change", program=program))
    timed = [(at, "note_on", note) for at, notes in events for note in notes]
    timed += [(at + 1.6, "note_off", note) for at, notes in events for note in notes]
    now = 0.0
    for at, kind, note in sorted(timed):
        track.append(mido.Message(kind, note=note, velocity=90, time=round((at - now) * 480)))
        now = at
    with tempfile.TemporaryDirectory() as folder:
        midi, wav = f"{folder}/a.mid", f"{folder}/a.wav"
        file.save(midi)
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(RATE), "-O", "float"]
        subprocess.run([*command, "-T", "wav", "-F", wav, SOUNDFONT, midi], check=True, stdout=subprocess.DEVNULL)
        return soundfile.read(wav, dtype="float32", always_2d=True)[0].mean(axis=1)


def spoken(voice: str, text: str) -> np.ndarray:
    """A sentence, ``[S]``."""
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/a.wav"
        subprocess.run(["espeak-ng", "-v", voice, "-w", wav, text], check=True)
        audio, rate = soundfile.read(wav, dtype="float32")
    return np.asarray(soxr.resample(audio, rate, RATE, quality="HQ"), np.float32)


def main() -> None:
    """Write all of it."""
    OUT.mkdir(parents=True, exist_ok=True)
    made = {name: chords(*what) for name, what in CHORDS.items()} | {name: spoken(*w) for name, w in SPOKEN.items()}
    for name, audio in made.items():
        cut = audio[: round(SECONDS * RATE)]
        fade = np.clip((len(cut) - np.arange(len(cut))) / (0.02 * RATE), 0.0, 1.0)
        soundfile.write(OUT / f"{name}.flac", 0.7 * cut * fade / np.abs(cut).max(), RATE, subtype="PCM_16")


if __name__ == "__main__":
    main()
