"""The bundled codec for any sound is nearer than pebble to chords, voices and bells, and keeps its promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from terrain_widgets.codecs.check import check_codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.measures.notes import notes_kept
from terrain_widgets.codecs.own.brook import WEIGHTS
from terrain_widgets.io.sound_files import read_sound

DATA = Path(__file__).parents[1] / "data"


def test_brook_keeps_what_a_codec_promises_and_is_small() -> None:
    codec = load_codec("brook")
    check_codec(codec)
    assert codec.recipe is not None and load_codec(codec.recipe).info == codec.info
    assert codec.info.capabilities.in_page and codec.info.licence == "MIT"
    assert WEIGHTS.stat().st_size <= 3_000_000


def test_chords_voices_and_bells_that_were_never_learnt_come_back_nearer_than_by_pebble() -> None:
    files = [*sorted((DATA / "polyphonic_and_spoken").glob("*.flac"))]
    files += [DATA / "held_out" / f"{name}.flac" for name in ("choir", "tubular_bells")]
    assert len(files) == 9
    errors, notes = {}, {}
    for name in ("pebble", "brook"):
        codec = load_codec(name)
        rows, kept = [], []
        for sound in map(read_sound, files):
            original = np.ascontiguousarray(sound.audio.mean(axis=0))
            copy = codec.decode(codec.encode(original, sound.sample_rate))[0]
            rows.append(log_mel_distance(original, copy))
            kept.append(notes_kept(original, copy))
        errors[name], notes[name] = np.array(rows), np.array(kept)
    assert errors["brook"].mean() <= 0.7 * errors["pebble"].mean()
    assert (errors["brook"] < errors["pebble"]).all()
    assert notes["brook"].mean() >= notes["pebble"].mean(), "the same notes sound"
