"""Memory is given back and taken again when it is needed."""

from __future__ import annotations

import gc
import threading
import time
import weakref

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


def test_nothing_of_a_bent_codec_stays_and_its_bend_is_there_again() -> None:
    session = Session(codec="brook", sounds=[])
    bending = session.stage.bending
    bending.add("first.weight", "noise", amount=0.5)
    session.sound.start()
    codec, own = weakref.ref(session.codec), weakref.ref(bending.layers["first.bias"])
    before = bending.weights("first.weight").copy()
    session.stage.unload()
    gc.collect()
    assert session.sounds.loaded_codec is None and codec() is None and own() is None
    np.testing.assert_array_equal(bending.weights("first.weight"), before)
    assert session.sounds.loaded_codec is not None
    session.close()


def test_another_codec_after_unloading_takes_nothing_over() -> None:
    session = Session(codec="pebble", sounds=tones(1))
    session.encode(wait=True)
    session.stage.unload()
    session.sounds.use_codec("mosaic")
    assert session.latents == {}
    session.close()


def test_an_edit_and_a_start_do_not_wait_for_each_other_after_unloading() -> None:
    session = Session(codec="mosaic", sounds=tones(1))
    session.encode(wait=True)
    session.stage.unload()
    held = threading.Event()

    def edit() -> None:
        with session.document.lock:
            held.set()
            time.sleep(0.3)
            session.sound.follow()

    threads = [threading.Thread(target=edit, daemon=True), threading.Thread(target=session.sound.start, daemon=True)]
    threads[0].start()
    held.wait()
    threads[1].start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "each waits for the other's lock"
    session.close()
