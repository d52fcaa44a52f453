"""Three minutes of speech or of organ chords, which pebble is weak at, and one minute to judge a codec of them by."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from benchmarks.polyphonic_and_spoken import chords
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.quality import baseline_distance
from terrain_widgets.io.sound_files import Sound

RATE = 44100
SECONDS = 12.0
LEARNT, JUDGED = 15, 5  # phrases: three minutes, and one
PEAK = 0.8
SHARE = 0.8  # of pebble's error
FIRST = "speech"
ORGAN = 19  # General MIDI
VOICE = "en-gb"
#: Semitones above the root, two to four notes at once.
SHAPES = ((0, 7), (0, 4, 7), (0, 3, 7), (0, 4, 7, 10), (0, 3, 7, 10), (0, 5, 7), (0, 7, 16), (0, 3, 8, 12))
DOCS = Path(__file__).parent.parent / "docs"


def learnt(material: str) -> list[Sound]:
    """Three minutes in fifteen phrases."""
    name = material or FIRST
    return [
        Sound(f"{name} {k + 1}", _phrase(name, k)[None], RATE, licence="CC0-1.0" if name == "speech" else "MIT")
        for k in range(LEARNT)
    ]


def judged(codec: Codec, material: str) -> list[tuple[str, str, str, bool]]:
    """The codec beside pebble and beside one mean spectrum, on phrases that were not learnt."""
    pebble, name, rows = load_codec(), material or FIRST, []
    for k in range(LEARNT, LEARNT + JUDGED):
        audio = _phrase(name, k)
        copies = [c.decode(c.encode(audio, RATE))[0][: len(audio)] for c in (pebble, codec)]
        rows.append((*(log_mel_distance(audio, copy) for copy in copies), baseline_distance(audio)))
    old, new, mean = np.mean(rows, axis=0)
    far, apart = _random_latents(codec), _streamed(codec)
    return [
        (f"{name}: log-mel of pebble on {JUDGED} held-out phrases, dB", f"{old:.3f}", "", True),
        ("the same of one mean spectrum moved by the loudness", f"{mean:.3f}", "", True),
        ("the same of the trained codec", f"{new:.3f}", f"{mean:.3f}", bool(new < mean)),
        ("share of pebble's error", f"{100 * new / old:.1f} %", f"{100 * SHARE:.0f} %", bool(new <= SHARE * old)),
        ("largest sample of ten seconds of random latents", f"{far:.3f}", "4", bool(far <= 4.0)),
        ("streamed in blocks of 1, 3 and 7 frames, from offline", f"{apart:.1e}", "1e-5", apart <= 1e-5),
    ]


def _phrase(name: str, number: int) -> NDArray[np.float32]:
    audio = _chords(number) if name == "chords" else _speech(number)
    return np.asarray(audio * (PEAK / np.abs(audio).max()), np.float32)


def _chords(number: int) -> NDArray[np.float32]:
    random = np.random.default_rng([4301, number])
    events = []
    for beat in range(round(2 * SECONDS)):
        root = int(random.integers(43, 65))
        shape = SHAPES[int(random.integers(len(SHAPES)))]
        events.append((float(beat), tuple(root + step for step in shape)))
    return np.asarray(chords(ORGAN, tuple(events))[: round(SECONDS * RATE)], np.float32)


def _sentences() -> list[str]:
    """Of this project's own pages, in a settled order: plain English, and free."""
    found = []
    for page in sorted(DOCS.glob("*.md")):
        text = re.sub(r"```.*?```|`[^`]*`|\[|\]\([^)]*\)|[*_|#<>]", " ", page.read_text(encoding="utf-8"), flags=re.S)
        found += [" ".join(s.split()) for s in re.split(r"(?<=[.:;])\s", text)]
    kept = [s for s in dict.fromkeys(found) if re.fullmatch(r"[A-Z][A-Za-z ,;:'’.-]{50,160}", s)]
    return sorted(kept, key=lambda s: (s[::-1], s))


def _speech(number: int) -> NDArray[np.float32]:
    sentences = _sentences()
    count = len(sentences) // (LEARNT + JUDGED)
    text = " ".join(sentences[number * count : (number + 1) * count])
    with tempfile.TemporaryDirectory() as folder:
        wav = f"{folder}/a.wav"
        subprocess.run(["espeak-ng", "-v", VOICE, "-w", wav, text], check=True)
        audio, rate = soundfile.read(wav, dtype="float32")
    resampled = soxr.resample(audio[: round(SECONDS * rate)], rate, RATE, quality="HQ")
    return np.asarray(resampled, np.float32)


def _random_latents(codec: Codec) -> float:
    frames = round(10 * codec.info.frame_rate)
    latents = np.random.default_rng(5).normal(0.0, 1.0, (frames, codec.info.latent_dim)).astype(np.float32)
    sound = codec.decode(latents)
    return float(np.abs(sound).max()) if np.isfinite(sound).all() else float("inf")


def _streamed(codec: Codec) -> float:
    latents = np.random.default_rng(6).normal(0.0, 1.0, (60, codec.info.latent_dim)).astype(np.float32)
    whole, worst = codec.decode(latents), 0.0
    for block in (1, 3, 7):
        stream = codec.stream(1)
        parts = [stream.decode(latents[k : k + block].T[None])[0] for k in range(0, len(latents), block)]
        worst = max(worst, float(np.abs(np.concatenate(parts, axis=1) - whole).max()))
    return worst
