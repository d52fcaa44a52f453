"""What a sound is like after it went through a terrain: encoded, drawn, trained for 20 s, rendered along its path.

Run ``python benchmarks/through_the_terrain.py``; ``codec_quality.py`` prints the same table. The sounds are held out
from all tuning: instruments and percussion of ``tests/data/held_out``, chords and sentences of
``tests/data/polyphonic_and_spoken``. Each kind is one session, arranged side by side and trained as the studio does.

- log-mel distance, dB, as in ``codec_quality.py``; in brackets over sounding frames alone, those within 40 dB of the
  loudest;
- percussion: how many of the original's onsets the copy has within 10 ms.

Beside mosaic stand pebble on the same paths, and one mean spectrum moved by the loudness envelope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.codecs.training.onsets import onsets
from terrain_widgets.codecs.training.quality import FLOOR_DB, log_mel
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.session import Session

Audio = NDArray[np.float32]

DATA = Path(__file__).parent.parent / "tests" / "data"
TRAIN_SECONDS = 20.0
SOUNDING_DB = 40.0
TOLERANCE = 0.01  # seconds
PITCHED = ("cello", "clarinet", "flute", "French_horn", "nylon_guitar", "piano", "trumpet", "viola")
PERCUSSIVE = ("drum_kit_0", "marimba", "sonic-pi_loop_breakbeat", "sonic-pi_loop_tabla", "sonic-pi_drum_tom_mid_hard")
CHORDS = ("organ", "strings", "guitar", "sitar")
SPOKEN = ("speech_en", "speech_de", "speech_fr")


@dataclass(frozen=True)
class Row:
    """One sound: distances over all frames and sounding ones, in dB; onsets found and looked for."""

    name: str
    all_frames: float
    sounding: float
    found: int
    of: int


def read(folder: str, names: Sequence[str]) -> list[Sound]:
    """Sounds of the repository."""
    read = [(name, soundfile.read(DATA / folder / f"{name}.flac", dtype="float32")) for name in names]
    return [Sound(name, audio[None], rate) for name, (audio, rate) in read]


def kinds() -> dict[str, list[Sound]]:
    """The sessions, by kind."""
    return {
        "pitched": read("held_out", PITCHED),
        "percussive": read("held_out", PERCUSSIVE),
        "polyphonic": read("polyphonic_and_spoken", CHORDS),
        "spoken": read("polyphonic_and_spoken", SPOKEN),
    }


def distances(original: Audio, copy: Audio) -> tuple[float, float]:
    """Log-mel distance over all frames, and over sounding ones."""
    wanted = log_mel(original)
    given = log_mel(np.ascontiguousarray(np.pad(copy, (0, max(0, len(original) - len(copy))))[: len(original)]))
    floor = wanted.max() - FLOOR_DB
    away = np.abs(np.maximum(wanted, floor) - np.maximum(given, floor)).mean(axis=1)
    loud = 10 * np.log10((10 ** (wanted / 10)).sum(axis=1))
    return float(away.mean()), float(away[loud > loud.max() - SOUNDING_DB].mean())


def onsets_within(original: Audio, copy: Audio) -> tuple[int, int]:
    """How many of the original's onsets the copy has within 10 ms, and how many there are."""
    wanted, given = onsets(original), list(onsets(copy))
    found = 0
    for time in wanted:
        nearest = min(given, key=lambda other: abs(other - time), default=None)
        if nearest is not None and abs(nearest - time) <= TOLERANCE:
            given.remove(nearest)
            found += 1
    return found, len(wanted)


def trained(sounds: list[Sound], codec: str, seconds: float) -> Session:
    """A session whose terrain knows these sounds."""
    session = Session(codec, sounds)
    session.encode(wait=True)
    session.arrange()
    session.train(seconds, wait=True)
    return session


def rows(session: Session) -> list[Row]:
    """Every sound of a session against what its terrain plays along its path."""
    found = []
    for clip, pair in zip(session.state.clips, session.training.dataset.pairs, strict=True):
        copy = session.codec.decode(session.terrain(pair.spatial.values))[0]
        original = clip.sound.audio.mean(axis=0)
        found.append(Row(clip.name, *distances(original, copy), *onsets_within(original, copy)))
    return found
