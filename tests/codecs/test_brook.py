"""The bundled codec for voices and textures is nearer than pebble to what those are like, and keeps its promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from terrain_widgets.codecs.check import check_codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.own.brook import WEIGHTS
from terrain_widgets.io.sound_files import read_sound

DATA = Path(__file__).parents[1] / "data"


def test_brook_keeps_what_a_codec_promises_and_is_small() -> None:
    codec = load_codec("brook")
    check_codec(codec)
    assert codec.recipe is not None and load_codec(codec.recipe).info == codec.info
    assert codec.info.capabilities.in_page and codec.info.licence == "MIT"
    assert WEIGHTS.stat().st_size <= 3_000_000


def test_chords_and_voices_that_were_never_learnt_come_back_nearer_than_by_pebble() -> None:
    files = sorted((DATA / "polyphonic_and_spoken").glob("*.flac")) + [DATA / "held_out" / "choir.flac"]
    assert len(files) == 8
    errors = {}
    for name in ("pebble", "brook"):
        codec = load_codec(name)
        rows = []
        for sound in map(read_sound, files):
            original = np.ascontiguousarray(sound.audio.mean(axis=0))
            copy = codec.decode(codec.encode(original, sound.sample_rate))[0]
            rows.append(log_mel_distance(original, copy))
        errors[name] = np.array(rows)
    assert errors["brook"].mean() <= 0.8 * errors["pebble"].mean()
    assert (errors["brook"] < errors["pebble"]).all()
