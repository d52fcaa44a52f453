"""Memory is given back and taken again when it is needed."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones


def test_an_unloaded_codec_comes_back_when_it_is_needed_and_latents_stay() -> None:
    session = Session(codec="mosaic", sounds=tones(2))
    session.encode(wait=True)
    before, latents = session.codec, session.latents
    sound = before.decode(latents["c1"])
    assert session.stage.unload() >= 0
    assert (
        session.sounds.loaded_codec is None and session.sound.engine is None and session.sounds.codec_name == "mosaic"
    )
    again = session.codec
    assert again is not before and session.latents == latents and session.sounds.codec_name == "mosaic"
    np.testing.assert_array_equal(again.decode(latents["c1"]), sound)
    session.close()


def test_a_codec_that_cannot_be_loaded_again_stays_and_nothing_is_freed_below_a_job() -> None:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    session.stage.unload()
    assert session.sounds.loaded_codec is not None
    session.jobs.start("encode", lambda job: job._cancel.wait(20))
    with pytest.raises(RuntimeError, match="wait for it, or cancel it"):
        session.stage.unload()
    session.jobs.cancel()
    session.close()
