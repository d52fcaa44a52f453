"""Render sounds of every kind: chords, voices, bells, drums and textures, to train a general codec on.

Run ``python -m terrain_widgets.codecs.bundled.anything --out build/brook/data``; ``make brook`` does, and trains. It
needs FluidSynth with Debian's FluidR3 soundfont (MIT), Sonic Pi's samples (CC0 file by file), mido and espeak-ng. Left
out are the instruments and voices that ``benchmarks/polyphonic_and_spoken.py`` plays, and all that ``heldout`` lists.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from terrain_widgets.codecs.bundled.heldout import HELD_OUT_NOTES, HELD_OUT_PROGRAMS, HELD_OUT_SAMPLES
from terrain_widgets.codecs.bundled.phrases import Phrase, drums, melody
from terrain_widgets.codecs.bundled.render import (
    DRUM_KITS,
    SAMPLE_RATE,
    SONIC_PI_COPYRIGHT,
    SONIC_PI_SAMPLES,
    SOUNDFONT,
    cc0_samples,
    render_phrases,
)

FloatArray = NDArray[np.float32]
#: General MIDI programs by which the finished codec is judged: organ, strings, guitar, sitar.
JUDGED_PROGRAMS = (19, 48, 24, 104)
#: espeak-ng's voices; those that it is judged by (en-gb, de, fr) are not among them.
VOICES = (
    "en-us en-us+f2 en-gb-scotland+m3 es es+f4 it it+f1 pt pl+f3 ru nl+f2 sv el+m2 tr+f5 fi hu+f1 ja cmn+f2 hi+m4 ar "
    "cs+f3 ro+m1 da+f4 ka vi+f1 sw id+f2 la+m7"
).split()
CHORD_SECONDS, MELODY_SECONDS, DRUM_SECONDS, BELL_SECONDS, VOICE_SECONDS = 20.0, 8.0, 20.0, 10.0, 24.0
BELLS, MIXTURES = 60, 24
_SHAPES = (
    (0, 7),
    (0, 4, 7),
    (0, 3, 7),
    (0, 4, 7, 11),
    (0, 3, 7, 10),
    (0, 5, 10),
    (0, 12, 16, 19),
    (0, 1),
    (0, 2, 7, 14),
)
_PEAK = 0.8


def chords(program: int, seconds: float, seed: int) -> Phrase:
    """Chords, broken chords and single notes that ring into each other.

    Args:
        program: General MIDI program, 0 to 127.
        seconds: Length; the last second is left to the release.
        seed: Same seed, same phrase.
    """
    random = np.random.default_rng([seed, 2000 + program])
    phrase = Phrase()
    phrase.events.append((0.0, "program", program, 0))
    now, root = 0.05, int(random.integers(40, 70))
    while now < seconds - 1.5:
        root = int(np.clip(root + random.integers(-7, 8), 34, 76))
        shape = _SHAPES[int(random.integers(len(_SHAPES)))] if random.random() < 0.8 else (0,)
        broken = 0.0 if random.random() < 0.5 else float(random.uniform(0.03, 0.3))
        held = float(random.choice([random.uniform(0.15, 0.5), random.uniform(0.5, 3.0)]))
        velocity = int(random.integers(35, 120))
        for index, step in enumerate(shape):
            at, note = now + index * broken, root + step
            if note in HELD_OUT_NOTES or at > seconds - 1.2:
                continue
            phrase.events.append((at, "on", note, int(np.clip(velocity + random.integers(-15, 16), 20, 127))))
            phrase.events.append((min(at + held, seconds - 1.0), "off", note, 0))
        now += float(random.choice([random.uniform(0.12, 0.4), random.uniform(0.4, 1.6)]))
    return phrase


def bells(seconds: float, seed: int) -> FloatArray:
    """Struck bells of random partials, from a music box to a gong, ``[S]``.

    Args:
        seconds: Length.
        seed: Same seed, same bells.
    """
    random = np.random.default_rng([seed, 3000])
    sound = np.zeros(round(seconds * SAMPLE_RATE))
    modes = np.sort(random.uniform(0.5, 9.0, int(random.integers(5, 14))))
    loudness = random.uniform(0.05, 1.0, len(modes)) / np.sqrt(modes)
    ring = float(random.uniform(0.3, 4.0)) / np.sqrt(modes)
    now = 0.05
    while now < seconds - 0.3:
        base = 440.0 * 2 ** (random.uniform(-24, 24) / 12)
        time = np.arange(len(sound) - round(now * SAMPLE_RATE)) / SAMPLE_RATE
        strength = random.uniform(0.2, 1.0)
        for mode, gain, decay in zip(modes, loudness, ring, strict=True):
            for detuned in (1.0, 1.0 + random.uniform(0.0, 0.002)):  # which beat
                hertz = base * mode * detuned
                if hertz < 16_000:
                    phase = random.uniform(0, 2 * np.pi)
                    tone = np.sin(2 * np.pi * hertz * time + phase) * np.exp(-time / decay)
                    sound[-len(time) :] += strength * gain * tone * np.minimum(1.0, time / 0.001)
        now += float(random.uniform(0.2, 2.0))
    return sound.astype(np.float32)


def voice(name: str, text: str, seconds: float, seed: int) -> FloatArray:
    """A text that espeak-ng reads, at some pitch and speed, ``[S]``.

    Args:
        name: Of the voice, as espeak-ng knows it.
        text: What is read.
        seconds: Longest length.
        seed: Same seed, same pitch and speed.
    """
    random = np.random.default_rng([seed, 4000])
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/voice.wav"
        settings = ["-p", str(random.integers(15, 86)), "-s", str(random.integers(110, 190))]
        subprocess.run(["espeak-ng", "-v", name, *settings, "-w", wav, text], check=True)
        audio, rate = soundfile.read(wav, dtype="float32")
    return np.asarray(soxr.resample(audio[: round(seconds * rate)], rate, SAMPLE_RATE, quality="HQ"), np.float32)


def sounds(docs: Path, soundfont: str, seed: int) -> Iterator[tuple[str, FloatArray]]:
    """All of them, name and mono sound ``[S]``.

    Args:
        docs: Folder whose pages are read aloud.
        soundfont: Path of the ``.sf2`` file.
        seed: Same seed, same sounds.
    """
    programs = [p for p in range(128) if p not in (*HELD_OUT_PROGRAMS, *JUDGED_PROGRAMS)]
    made: list[FloatArray] = []
    for start in range(0, len(programs), 16):
        few = programs[start : start + 16]
        rendered = render_phrases([chords(p, CHORD_SECONDS, seed) for p in few], CHORD_SECONDS, soundfont)
        made += rendered
        yield from ((f"chords {p}", audio) for p, audio in zip(few, rendered, strict=True))
        alone = [melody(p, MELODY_SECONDS, seed + 1, forbidden=HELD_OUT_NOTES) for p in few]
        rendered = render_phrases(alone, MELODY_SECONDS, soundfont)
        yield from ((f"melody {p}", audio) for p, audio in zip(few, rendered, strict=True))
    kits = render_phrases([drums(kit, DRUM_SECONDS, seed) for kit in DRUM_KITS], DRUM_SECONDS, soundfont)
    yield from ((f"drum kit {kit}", audio) for kit, audio in zip(DRUM_KITS, kits, strict=True))
    random = np.random.default_rng([seed, 5000])
    for number in range(MIXTURES):
        first, second = random.choice(len(made), 2, replace=False)
        parts = [made[first], made[second], kits[int(random.integers(len(kits)))]][: int(random.integers(2, 4))]
        yield f"mixture {number}", np.asarray(sum(part * random.uniform(0.3, 1.0) for part in parts), np.float32)
    for number in range(BELLS):
        yield f"bells {number}", bells(BELL_SECONDS, seed + number)
    sentences = _sentences(docs)
    for number, name in enumerate(VOICES):
        chosen = random.choice(sentences, 6, replace=False)
        yield f"voice {name}", voice(name, " ".join(chosen), VOICE_SECONDS, seed + number)
    for path in cc0_samples(SONIC_PI_SAMPLES, SONIC_PI_COPYRIGHT):
        if path.stem not in HELD_OUT_SAMPLES:
            audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
            yield path.stem, np.asarray(soxr.resample(audio.mean(axis=1), rate, SAMPLE_RATE, quality="HQ"), np.float32)


def _sentences(docs: Path) -> list[str]:
    """Of this project's pages: plain English, and free."""
    found: list[str] = []
    for page in sorted(docs.glob("*.md")):
        text = re.sub(r"```.*?```|`[^`]*`|\[|\]\([^)]*\)|[*_|#<>]", " ", page.read_text(encoding="utf-8"), flags=re.S)
        found += [" ".join(sentence.split()) for sentence in re.split(r"(?<=[.:;])\s", text)]
    return [s for s in dict.fromkeys(found) if re.fullmatch(r"[A-Z][A-Za-z ,;:'’.-]{50,160}", s)]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the sounds")
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="pages that the voices read")
    parser.add_argument("--soundfont", default=SOUNDFONT, help="General MIDI soundfont under a free licence")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    total = 0.0
    for name, audio in sounds(arguments.docs, arguments.soundfont, arguments.seed):
        peak = float(np.abs(audio).max())
        if peak < 1e-3:
            print(f"left out {name}: silent", flush=True)
            continue
        total += len(audio) / SAMPLE_RATE
        soundfile.write(arguments.out / f"{name}.flac", audio * (_PEAK / peak), SAMPLE_RATE, subtype="PCM_16")
    print(f"{arguments.out}: {total / 60:.1f} minutes")


if __name__ == "__main__":
    main()
