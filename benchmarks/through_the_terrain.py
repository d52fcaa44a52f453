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

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray

from terrain_widgets.codecs.measures.log_mel import FLOOR_DB, log_mel
from terrain_widgets.codecs.measures.onsets import onsets
from terrain_widgets.codecs.measures.quality import baseline_distance
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


def baseline(sounds: list[Sound]) -> float:
    """Mean distance of one mean spectrum that is moved by the loudness envelope."""
    return float(np.mean([baseline_distance(sound.audio.mean(axis=0)) for sound in sounds]))


def table(seconds: float) -> tuple[list[Row], list[Row]]:
    """Print every sound with both codecs; returns the rows of mosaic and of pebble."""
    print(
        f"\nthrough the terrain, {seconds:g} s of training: log-mel dB, all frames (sounding ones); onsets within 10 ms"
    )
    print(f"{'':<32}{'mosaic':>16}{'pebble':>16}{'mean spectrum':>16}{'onsets: mosaic':>18}{'pebble':>10}")
    both: tuple[list[Row], list[Row]] = ([], [])
    for kind, sounds in kinds().items():
        pair = []
        for codec, kept in zip(("mosaic", "pebble"), both, strict=True):
            session = trained(sounds, codec, seconds)
            pair.append(rows(session))
            kept.extend(pair[-1])
            steps = int(session.training.losses[-1, 0])
            session.close()
            print(f"{kind}: {codec} took {steps} steps", file=sys.stderr)
        for mine, other, sound in zip(*pair, sounds, strict=True):
            _line(mine.name, [mine], [other], baseline([sound]))
        _line(f"{kind}: mean", *pair, baseline(sounds))
    _line("all: mean", *both, float(np.mean([baseline(sounds) for sounds in kinds().values()])))
    return both


def _line(name: str, mosaic: list[Row], pebble: list[Row], mean_spectrum: float) -> None:
    cells = [
        f"{np.mean([r.all_frames for r in each]):.2f} ({np.mean([r.sounding for r in each]):.2f})"
        for each in (mosaic, pebble)
    ]
    found = [f"{sum(row.found for row in each)} of {sum(row.of for row in each)}" for each in (mosaic, pebble)]
    print(f"{name:<32}{cells[0]:>16}{cells[1]:>16}{mean_spectrum:>16.2f}{found[0]:>18}{found[1]:>10}")


def limits(mosaic: list[Row]) -> bool:
    """Print each limit of mosaic with what was reached; true if all are kept."""
    found = 100.0 * sum(row.found for row in mosaic) / max(1, sum(row.of for row in mosaic))
    wanted = [
        ("mosaic through the terrain, mean", np.mean([row.all_frames for row in mosaic]), "<=", 0.8, "dB"),
        ("mosaic through the terrain, worst", np.max([row.all_frames for row in mosaic]), "<=", 2.5, "dB"),
        ("the same, sounding frames, mean", np.mean([row.sounding for row in mosaic]), "<=", 1.3, "dB"),
        ("its onsets within 10 ms", found, ">=", 95.0, "%"),
    ]
    kept = [bool(value <= limit if sign == "<=" else value >= limit) for _, value, sign, limit, _ in wanted]
    for (name, value, sign, limit, unit), good in zip(wanted, kept, strict=True):
        print(f"{name:<36}{value:>9.3f} {sign} {limit:<5g} {unit:<16}{'' if good else 'MISSED'}".rstrip())
    return all(kept)


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=TRAIN_SECONDS, help="of training, on a quiet machine")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    mosaic, _ = table(arguments.seconds)
    return 0 if limits(mosaic) else 1


if __name__ == "__main__":
    sys.exit(main())
