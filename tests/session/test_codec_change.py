"""Another codec under the same sounds and drawings: a model from a file, tried out and encoded in a worker process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.notices.events import CodecChanged
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.panels.encoder.codec_chooser import codec_words
from tests.codecs.model_parts import save
from tests.codecs.rave_models import Rave
from tests.session.doubles import tones


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(Rave, tmp_path_factory.mktemp("models") / "small.ts")


def test_sounds_and_drawings_outlive_a_change_of_codec(model: Path) -> None:
    session = Session(sounds=tones())
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=3, wait=True)
    clips, paths, frames = session.state.clips, dict(session.state.paths), len(session.latents["c3"])
    job = session.sounds.change_codec(model, wait=True)
    info = session.codec.info
    assert session.sounds.codec_name == info.name and "encoded by" in job.status.message
    assert session.state.clips is clips and dict(session.state.paths) == paths
    assert len(session.sounds.encoded) == len(clips) and info.ratio == 2048
    assert len(session.latents["c3"]) == -(-frames // 2), "half as many frames a second as the bundled codec has"
    np.testing.assert_allclose(
        session.latents["c1"].values,
        session.codec.encode(clips[0].sound.audio, clips[0].sound.sample_rate).values,
        atol=1e-5,
    )
    assert session.stage.sources.shown is None and session.jobs.notices.newest["codec"] == CodecChanged(
        session.codec.info.name
    )
    assert f"{info.latent_dim} latents" in codec_words(session) and "of real time" in codec_words(session)
    session.train(seconds=None, epochs=3, wait=True)
    assert np.isfinite(session.render(np.zeros((4, 2)))).all()
    session.close()


def test_a_model_that_cannot_be_used_leaves_the_old_one(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ts"
    bad.write_bytes(b"no model")
    session = Session(sounds=tones())
    session.encode(wait=True)
    codec, latents = session.codec, session.latents
    with pytest.raises(CodecError, match="no TorchScript model"):
        session.sounds.change_codec(bad, wait=True)
    assert (
        session.codec is codec
        and session.latents is latents
        and "TorchScript" in session.jobs.notices.newest["codec"].why
    )
    session.close()


def test_a_long_sound_is_encoded_elsewhere_and_can_be_stopped() -> None:
    rng = np.random.default_rng(0)
    long = Sound("long", rng.normal(0, 0.1, (1, 44100 * 40)).astype(np.float32), 44100)
    session = Session(sounds=[*tones()[:1], long])
    said: list[str] = []
    session.jobs.observe(lambda change: said.append(change["new"].message), names="status")
    session.encode(wait=True)
    assert len(session.sounds.encoded) == 2 and len(session.latents["c2"]) == -(-44100 * 40 // 1024)
    assert any("encoding “long”" in text for text in said)
    session.close()
