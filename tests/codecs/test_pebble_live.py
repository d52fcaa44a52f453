"""Pebble hears live sound frame by frame, and finds the notes as it does in whole ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load

from terrain_widgets.codecs.bundled.excerpts import read_excerpts
from terrain_widgets.codecs.measures.log_mel import log_mel_distance
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from tests.golden.heard import FILE, heard_sound

HELD_OUT = Path(__file__).parent.parent / "data" / "held_out"


@pytest.fixture(scope="module")
def codec() -> PebbleCodec:
    return PebbleCodec()


def test_it_finds_the_notes_of_instruments_that_training_never_heard_and_they_come_back(codec: PebbleCodec) -> None:
    excerpts = [e for e in read_excerpts(HELD_OUT) if e.kind == "pitched"]
    hits, near, offline = [], [], []
    for excerpt in excerpts[-4:]:  # the unseen instruments; benchmarks/codec_quality.py takes all
        audio = np.pad(excerpt.audio, (0, -len(excerpt.audio) % 1024))
        latents = codec.encoder_stream().encode(audio[None])
        frames = min(len(latents), len(excerpt.pitch))
        voiced = (latents[:frames, 1] > -1.0) & np.isfinite(excerpt.pitch[:frames])
        hits.append(np.abs(60 + 12 * latents[:frames, 0][voiced] - excerpt.pitch[:frames][voiced]) <= 0.5)
        near.append(log_mel_distance(excerpt.audio, codec.decode(latents)[0][: len(excerpt.audio)]))
        whole = codec.decode(codec.encode(excerpt.audio, 44100))[0]
        offline.append(log_mel_distance(excerpt.audio, whole[: len(excerpt.audio)]))
    assert len(np.concatenate(hits)) > 100 and np.concatenate(hits).mean() >= 0.9
    assert np.mean(near) <= 1.35 * np.mean(offline)


def test_a_frame_depends_on_no_later_sound(codec: PebbleCodec) -> None:
    sound = heard_sound()[: 12 * 1024]
    other = sound.copy()
    other[8 * 1024 :] = 0.3
    one, two = (codec.encoder_stream().encode(audio[None]) for audio in (sound, other))
    assert (one[:8] == two[:8]).all() and (one[8:] != two[8:]).any()
    stream = codec.encoder_stream()
    stream.encode(other[None])
    stream.reset()
    assert (stream.encode(sound[None]) == one).all()
    with pytest.raises(ValueError, match="cut it to whole frames"):
        stream.encode(sound[None, :1000])


def test_it_still_hears_what_the_page_is_held_to(codec: PebbleCodec) -> None:
    golden = load(FILE.read_bytes())
    np.testing.assert_array_equal(golden["audio"], np.round(heard_sound() * 32768).astype(np.int16))
    latents = codec.encoder_stream().encode(golden["audio"][None].astype(np.float32) / 32768)
    np.testing.assert_allclose(latents, golden["latents"], atol=1e-5)
