"""The openings of the held-out evaluation data, small enough to lie in the repository.

Run::

    python -m terrain_widgets.codecs.bundled.excerpts --data build/pebble/data/evaluation --out tests/data/held_out

With them the codec's quality can be measured without a soundfont; ``render.py`` renders the whole phrases.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from terrain_widgets.codecs.bundled.render import RATIO, SAMPLE_RATE
from terrain_widgets.codecs.bundled.rendered_sounds import RenderedSounds

FRAMES = 86  # 2.0 s
INDEX = "excerpts.json"
#: What the General MIDI programs of the evaluation are called.
INSTRUMENTS = {
    0: "piano",
    11: "vibraphone",
    12: "marimba",
    14: "tubular bells",
    24: "nylon guitar",
    33: "finger bass",
    40: "violin",
    41: "viola",
    42: "cello",
    52: "choir",
    56: "trumpet",
    60: "French horn",
    65: "alto saxophone",
    71: "clarinet",
    73: "flute",
    80: "square lead",
}


@dataclass(frozen=True)
class Excerpt:
    """One held-out sound.

    Args:
        name: Instrument or sample.
        kind: ``pitched`` or ``percussion``.
        audio: Mono ``[S]`` at 44.1 kHz.
        pitch: True MIDI pitch of every latent frame ``[T]``; NaN before the first note and for percussion.
    """

    name: str
    kind: str
    audio: NDArray[np.float32]
    pitch: NDArray[np.float32]


def read_excerpts(folder: Path) -> list[Excerpt]:
    """What ``main`` wrote into ``folder``."""
    entries = json.loads((folder / INDEX).read_text(encoding="utf-8"))
    result = []
    for entry in entries:
        audio = soundfile.read(folder / entry["file"], dtype="float32")[0]
        pitch = np.array([np.nan if value is None else value for value in entry["pitch"]], np.float32)
        result.append(Excerpt(entry["name"], entry["kind"], audio, pitch))
    return result


def _title(name: str) -> str:
    kind, _, number = name.rpartition(" ")
    return INSTRUMENTS[int(number)] if kind == "program" else name


def whole_phrases(folder: Path) -> list[Excerpt]:
    """The evaluation data that ``render.py`` wrote into ``folder``, whole."""
    data = RenderedSounds(folder)
    return [
        Excerpt(
            _title(segment.name),
            segment.kind,
            data.sound(segment.start, segment.frames).numpy(),
            data.pitch[segment.start : segment.start + segment.frames],
        )
        for segment in data.segments
    ]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder 'evaluation' that render.py wrote")
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    out: Path = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    entries = []
    for phrase in whole_phrases(arguments.data):
        file = phrase.name.replace(" ", "_") + ".flac"
        soundfile.write(
            out / file, phrase.audio[: FRAMES * RATIO], SAMPLE_RATE, subtype="PCM_16", compression_level=1.0
        )
        pitch = [round(float(p), 3) if np.isfinite(p) else None for p in phrase.pitch[:FRAMES]]
        known = [] if phrase.kind == "percussion" else pitch
        entries.append({"name": phrase.name, "kind": phrase.kind, "file": file, "pitch": known})
    lines = ",\n".join(json.dumps(entry) for entry in entries)
    (out / INDEX).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
