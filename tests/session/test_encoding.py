"""What may happen to a session while it encodes."""

from __future__ import annotations

import threading

import pytest

from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones


class SlowCodec(LevelCodec):
    """A double that waits for the test inside ``encode``."""

    def __init__(self):
        super().__init__()
        self.inside, self.go_on = threading.Event(), threading.Event()

    def encode(self, audio, sample_rate):
        self.inside.set()
        assert self.go_on.wait(10)
        return super().encode(audio, sample_rate)


@pytest.fixture
def encoding():
    """A session inside its first ``encode``, and a way to let it go on to the end."""
    codec = SlowCodec()
    session = Session(codec=codec, sounds=tones())
    job = session.encode()
    assert codec.inside.wait(10)

    def finish():
        codec.go_on.set()
        job.wait(10)

    yield session, finish
    session.close()


def test_removing_a_sound_while_it_is_encoded_harms_no_other(encoding):
    session, finish = encoding
    session.document.remove_sound("c1")
    finish()
    assert sorted(session.latents) == ["c2", "c3"]


def test_latents_of_a_codec_that_was_changed_meanwhile_are_dropped(encoding):
    session, finish = encoding
    session.sounds.use_codec("pebble")
    finish()
    assert session.latents == {} and session.sounds.codec_name == "pebble"
