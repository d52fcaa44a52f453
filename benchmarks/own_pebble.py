"""An instrument that pebble never heard: three minutes to tune it with, and phrases to judge that by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.bundled.heldout import EVALUATION_SEED
from terrain_widgets.codecs.bundled.phrases import melody
from terrain_widgets.codecs.bundled.render import SAMPLE_RATE, SOUNDFONT, render_phrases
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.quality import baseline_distance
from terrain_widgets.io.sound_files import Sound

#: General MIDI programs that the bundled codec was never trained on.
INSTRUMENTS = {"clarinet": 71, "viola": 41, "horn": 60, "vibraphone": 11}
FIRST = "clarinet"
SECONDS = 12.0
LEARNT, JUDGED = 15, 6  # phrases: three minutes, and 72 s
SEED = 2301
PEAK = 0.8
SHARE = 0.8  # of pebble's error


def _phrases(instrument: str, count: int, seed: int) -> list[NDArray[np.float32]]:
    program = INSTRUMENTS[instrument or FIRST]
    phrases = [melody(program, SECONDS, seed + number) for number in range(count)]
    return [audio * (PEAK / np.abs(audio).max()) for audio in render_phrases(phrases, SECONDS, SOUNDFONT)]


def learnt(instrument: str) -> list[Sound]:
    """Three minutes in fifteen phrases."""
    audios = _phrases(instrument, LEARNT, SEED)
    return [Sound(f"phrase {i}", audio[None], SAMPLE_RATE, licence="MIT") for i, audio in enumerate(audios)]


def judged(codec: Codec, instrument: str) -> list[tuple[str, str, str, bool]]:
    """The tuned codec beside pebble, on phrases of another seed."""
    pebble, rows = load_codec(), []
    for audio in _phrases(instrument, JUDGED, EVALUATION_SEED):
        copies = [c.decode(c.encode(audio, SAMPLE_RATE))[0][: len(audio)] for c in (pebble, codec)]
        rows.append((*(log_mel_distance(audio, copy) for copy in copies), baseline_distance(audio)))
    old, new, mean = np.mean(rows, axis=0)
    return [
        (f"{instrument or FIRST}: log-mel of pebble on {JUDGED} held-out phrases, dB", f"{old:.3f}", "", True),
        ("the same of one mean spectrum moved by the loudness", f"{mean:.3f}", "", True),
        ("the same of the tuned codec", f"{new:.3f}", "", True),
        ("share of pebble's error", f"{100 * new / old:.1f} %", f"{100 * SHARE:.0f} %", bool(new <= SHARE * old)),
        ("phrases on which it is nearer than pebble", f"{sum(r[1] < r[0] for r in rows)} of {JUDGED}", "", True),
    ]
