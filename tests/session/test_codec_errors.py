"""Which codec suits these sounds: measured, said in one line, and offered where it is clearly better."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import terrain_widgets as tw
from terrain_widgets.io.sound_files import Sound, read_sound, sounds
from terrain_widgets.session.sounds.codec_errors import better_codec, codec_errors, codec_sentence, excerpts_of

DATA = Path(__file__).parents[1] / "data" / "polyphonic_and_spoken"


def test_speech_is_better_with_mosaic_and_a_single_instrument_is_well_with_either() -> None:
    speech = codec_errors(excerpts_of([read_sound(DATA / "speech_en.flac")]))
    assert speech["mosaic"] < 0.2 < 3.0 < speech["pebble"]
    assert better_codec(speech, "pebble") == "mosaic" and better_codec(speech, "mosaic") == ""
    horn = codec_errors([sound for sound in sounds() if sound.name == "horn"])
    assert better_codec(horn, "pebble") == ""


def test_the_sentence_gives_the_figures_and_proposes_only_what_is_clearly_better() -> None:
    assert codec_sentence({}, "pebble") == ""
    line = codec_sentence({"pebble": 4.94, "mosaic": 0.02}, "pebble")
    assert line == (
        "Encoded and decoded, these sounds differ: pebble by 4.9 dB, mosaic by 0.0 dB. mosaic suits them better."
    )
    assert "suits" not in codec_sentence({"pebble": 1.0, "mosaic": 0.0}, "pebble")


def test_long_sounds_are_compared_by_their_beginnings() -> None:
    long = [Sound(f"long {k}", np.ones((1, 8000 * 60), np.float32), 8000) for k in range(20)]
    kept = excerpts_of(long)
    assert [sound.duration for sound in kept] == pytest.approx([4.0] * 4)


def test_sounds_that_are_added_are_compared_when_they_are_encoded() -> None:
    session = tw.Session(sounds=[sound for sound in sounds() if sound.name == "horn"])
    session.encode(wait=True)
    assert session.sounds.codec_errors == {}  # the bundled sounds are known to suit it
    session.add_sound(DATA / "speech_fr.flac")
    session.encode(wait=True)
    assert better_codec(session.sounds.codec_errors, session.sounds.codec_name or "pebble") == "mosaic"
    session.sounds.change_codec("mosaic", wait=True)
    assert (
        session.sounds.codec_name == "mosaic" and session.sounds.codec_errors == {} and len(session.sounds.encoded) == 2
    )
    session.sounds.compare_codecs(wait=True)
    assert set(session.sounds.codec_errors) == {"pebble", "brook", "mosaic"}
    session.close()


def test_there_must_be_a_sound_to_compare_with() -> None:
    session = tw.Session(sounds=[])
    with pytest.raises(ValueError, match="no sound to compare codecs with; add one"):
        session.sounds.compare_codecs(wait=True)
    session.close()
