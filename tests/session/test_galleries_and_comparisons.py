"""Terrains that are tried, picked, let go, brought back, and compared by ear."""

import numpy as np
import pytest

from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.session.session import Session
from tests.audio.doubles import ToneCodec
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands

PLACES = np.random.default_rng(0).uniform(-1, 1, (20, 2)).astype(np.float32)


class LoudCodec(ToneCodec):
    """Decodes to a tone as loud as latent 0 and encodes to the level and a pitch."""

    def __init__(self):
        super().__init__()
        self.info = CodecInfo("loud", 16000, 64, 2)

    def encode(self, audio, sample_rate):
        from terrain_widgets.core.paths.trajectory import LatentTrajectory

        level = np.linspace(0.2, 1.0, 60)
        return LatentTrajectory(np.stack([level, level], axis=1), self.info.frame_rate)


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones())
    made.encode(wait=True)
    made.arrange()
    yield made
    made.close()


def train(session, epochs=3):
    session.train(seconds=None, epochs=epochs, wait=True)
    return session.stage.sources.shown


def test_a_gallery_is_a_job_and_a_pick_becomes_the_terrain(session):
    mine = train(session)
    told = []
    session.jobs.observe(lambda change: told.append(change["new"]), names="status")
    session.gallery(scales=(0.0, 0.7, 3.0), epochs=3, wait=True)
    assert session.stage.sources.shown is mine and [c.gauss_scale for c in session.gallery.candidates] == [
        0.0,
        0.7,
        3.0,
    ]
    assert {status.kind for status in told} == {"gallery"} and told[-1].state == "done"
    assert any("ruggedness 0.7, 2 of 3" in status.message for status in told)

    session.gallery.pick(1)
    chosen = session.gallery.candidates[1]
    assert session.training.gauss_scale == 0.7 and session.gallery.picked == 1
    np.testing.assert_array_equal(session.stage.sources.shown(PLACES), chosen.terrain(PLACES))
    np.testing.assert_array_equal(session.training.losses, chosen.losses)
    before = chosen.terrain(PLACES)
    train(session)
    np.testing.assert_array_equal(chosen.terrain(PLACES), before)  # a copy is trained on
    assert session.gallery.picked == -1 and len(session.training.losses) > len(chosen.losses)

    with pytest.raises(IndexError, match="3 terrains"):
        session.gallery.pick(3)


def test_a_gallery_can_be_cancelled_and_says_what_it_needs(session):
    job = session.gallery(scales=(0.1, 0.2), seconds=30.0)
    job.cancel()
    assert job.wait(20).status.state == "cancelled" and session.gallery.candidates == ()
    session.document.clear_paths()
    with pytest.raises(ValueError, match="no pair yet"):
        session.gallery(wait=True)
    assert "no pair yet" in session.jobs.notices.newest["gallery"].why


def test_terrains_that_were_let_go_come_back_one_after_the_other(session):
    with pytest.raises(ValueError, match="none to restore"):
        session.training.restore()
    made = []
    for scale in (0.5, 1.0, 2.0):
        session.training.gauss_scale = scale
        made.append(train(session)(PLACES))
        if scale < 2.0:
            session.training.reset()
    assert len(session.training.discarded) == 2
    seen = []
    for _ in range(4):
        session.training.restore()
        assert len(session.training.losses) == 3
        seen.append(
            next(k for k, latents in enumerate(made) if np.array_equal(latents, session.stage.sources.shown(PLACES)))
        )
    assert seen == [1, 0, 2, 1] and len(session.training.discarded) == 2
    assert session.training.gauss_scale == 1.0
    train(session)  # and training goes on from there
    assert not np.array_equal(session.stage.sources.shown(PLACES), made[1])


def test_another_codec_leaves_nothing_to_bring_back(session):
    train(session)
    session.compare.keep()
    session.gallery(scales=(1.0,), epochs=1, wait=True)
    session._codec_changed()
    assert len(session.training.discarded) == 0 and session.gallery.candidates == () and session.compare.a is None


@pytest.fixture
def loud():
    made = Session(codec=LoudCodec(), sounds=tones(1))
    made.encode(wait=True)
    made.draw("c1", [[-0.5, 0.0], [0.5, 0.0]])
    yield made
    made.close()


def rms(audio):
    return float(np.sqrt(np.square(audio, dtype=np.float64).mean()))


def test_both_are_rendered_on_one_path_and_equally_loud(loud):
    train(loud, 60)
    loud.compare.keep("a")
    loud.training.reset()
    loud.training.gauss_scale = 0.0
    train(loud, 1)  # hardly trained: quieter
    alone = loud.render(loud.state.paths["c1"].resampled(60).values)
    a, b = loud.compare.render("c1")
    assert rms(a) == pytest.approx(rms(b), rel=1e-6) and a.shape == b.shape
    assert 0.01 < rms(b) <= rms(alone) * (1 + 1e-6)
    correlation = float((b * alone).sum() / np.sqrt((b**2).sum() * (alone**2).sum()))
    assert correlation == pytest.approx(1.0, abs=1e-5), "B is the session's own terrain, only its level changed"


def test_a_toggle_changes_what_is_heard_and_training_does_not_change_it_back(loud):
    played = with_hands(loud).mappings
    compare = loud.compare
    with pytest.raises(ValueError, match="keep the present one"):
        compare.hear("a")
    with pytest.raises(ValueError, match="no terrain to keep"):
        compare.keep()
    first = train(loud)
    compare.keep("a")
    second = train(loud)
    compare.toggle()
    assert compare.heard == "a" and played[-1] is first
    third = train(loud)
    assert played[-1] is first and third is not second
    compare.toggle()
    assert compare.heard == "b" and played[-1] is third
    compare.take("a")
    np.testing.assert_array_equal(loud.stage.sources.shown(PLACES), first(PLACES))
    loud.training.restore()
    np.testing.assert_array_equal(loud.stage.sources.shown(PLACES), third(PLACES))


def test_a_path_plays_both_in_turn_at_the_level_of_the_softer(loud):
    with_hands(loud)
    train(loud, 60)
    loud.compare.keep()
    loud.training.reset()
    train(loud, 1)
    loud.compare.play("c1")
    gains = {}
    for side in ("a", "b"):
        loud.compare.hear(side)
        gains[side] = loud.stage.playheads.now["A/B"].gain
    assert max(gains.values()) == pytest.approx(1.0) and 0 < min(gains.values()) < 1
    loud.compare.stop()
    assert loud.stage.playheads.now == {} and loud.compare.path == ""
