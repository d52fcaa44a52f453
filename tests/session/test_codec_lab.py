"""A codec is trained from a session, beside everything else, and then is the session's codec."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.cli import main
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.session import Session
from tests.codecs.trainer.runs import SMALL, tones


def test_it_trains_waits_goes_on_and_what_it_made_plays_and_is_kept(tmp_path: Path) -> None:
    session = Session(sounds=tones())
    lab = session.sounds.codec_lab
    out = tmp_path / "plucked.safetensors"
    try:
        job = lab.train(out=out, wait=False, minutes=5.0, licence="CC0-1.0", **SMALL)
        with pytest.raises(RuntimeError, match="another codec"):
            lab.train(out=out)
        assert not session.jobs.busy, "sounds can be encoded meanwhile"
        while not lab.losses and job.running:
            time.sleep(0.02)
        lab.pause()
        lab.resume()
        lab.stop()
        job.wait(200)
        assert lab.status.state == "done" and lab.result == str(out) and len(lab.curve) >= 2
        assert {"mel", "linear"} <= set(lab.losses[0][1]) and lab.progress.seconds_left > 0
        assert [example.original is None for example in lab.examples] == [False, True]
        walk = np.linspace([-0.5, 0.0], [0.5, 0.0], 8)
        heard = lab.side_by_side(Terrain(2, 8, seed=1), walk)
        assert [*heard] == ["pebble", "plucked"] and all(np.isfinite(sound).all() for sound in heard.values())
        session.sounds.change_codec(out, wait=True)
        assert session.codec.info.name == "plucked" and len(session.sounds.encoded) == 3
        session.save(tmp_path / "session.zip")
        found = Session.load(tmp_path / "session.zip")
        try:
            assert found.codec.info.licence == "CC0-1.0"
            for clip_id, latents in session.latents.items():
                np.testing.assert_array_equal(found.latents[clip_id].values, latents.values)
        finally:
            found.close()
    finally:
        session.close()


def test_what_cannot_be_trained_is_said_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = Session(sounds=[])
    try:
        with pytest.raises(ValueError, match="add one to ten minutes"):
            session.sounds.codec_lab.train(out=tmp_path / "a.safetensors")
    finally:
        session.close()
    assert main(["train-codec", str(tmp_path), "--out", str(tmp_path / "codec.ts")]) == 1
    assert "codec.safetensors" in capsys.readouterr().err
