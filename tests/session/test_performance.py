"""Playheads, base clip and recording as a session's methods, with the bundled codec and a real engine process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.hosts.null_sink import NullSink
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones


def until(what: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def playing() -> Iterator[Session]:
    """A trained session whose engine runs as if somebody listened."""
    session = Session(sounds=tones(2))
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=40, wait=True)
    sink = NullSink()
    sink.start(session.sound.start())
    until(lambda: session.sound.start().status().ready)
    yield session
    sink.close()
    session.close()


def test_a_path_plays_by_itself_and_is_where_it_should_be(playing: Session) -> None:
    stage, (one, two) = playing.stage, [clip.id for clip in playing.state.clips]
    assert stage.playheads.play(one) == one
    stage.playheads.play(two, speed=0.5, gain=0.5)
    until(lambda: len(stage.playheads.positions()) == 2 and playing.sound.start().status().peak_db > -60)
    path = playing.state.paths[one].resampled(playing.sounds.frames_needed(one)).values
    nearest = np.linalg.norm(path - stage.playheads.positions()[one], axis=1).min()
    assert nearest < 1.5 * np.linalg.norm(np.diff(path, axis=0), axis=1).max()
    stage.playheads.change(one, playing=False)
    until(lambda: list(stage.playheads.positions()) == [two])
    stage.playheads.change(two, speed=0.0)
    stage.playheads.seek(two, 200.0)
    expected = 0.2 * playing.codec.info.frame_rate
    until(lambda: abs(playing.sound.start().status().playheads[1] - expected) < 1e-6)
    stage.playheads.remove(one)
    stage.playheads.clear()
    until(lambda: playing.sound.start().status().silent)
    assert stage.playheads.now == {} and stage.playheads.positions() == {}


def test_a_path_drawn_anew_is_played_anew_and_an_erased_one_falls_silent(playing: Session) -> None:
    stage, one = playing.stage, playing.state.clips[0].id
    stage.playheads.play(one)
    playing.draw(one, [[-1.0, -1.0], [1.0, 1.0]])
    np.testing.assert_allclose(stage.playheads.now[one].path[[0, -1]], [[-1, -1], [1, 1]])
    playing.document.erase(one)
    assert stage.playheads.now == {}
    until(lambda: playing.sound.start().status().silent)
    playing.undo()
    assert list(stage.playheads.now) == [one]
    stage.playheads.clear()
    until(lambda: playing.sound.start().status().silent)


def test_panic_pauses_what_plays_by_itself(playing: Session) -> None:
    stage, one = playing.stage, playing.state.clips[0].id
    stage.playheads.play(one)
    stage.clip.run(one, "multiply")
    until(lambda: not playing.sound.start().status().silent)
    playing.panic()
    until(lambda: playing.sound.start().status().silent)
    assert not stage.playheads.now[one].playing and stage.clip.sound == one
    stage.playheads.change(one, playing=True)
    until(lambda: not playing.sound.start().status().silent)
    stage.playheads.clear()
    stage.clip.stop()
    until(lambda: playing.sound.start().status().silent)


def test_a_recording_is_replayed_by_the_session(playing: Session, tmp_path: Path) -> None:
    stage, one = playing.stage, playing.state.clips[0].id
    stage.shape(scale=0.9, slew=30.0)
    path = playing.sound.record(tmp_path / "take")
    stage.playheads.play(one, loop="ping-pong")
    stage.clip.run(one, ["add"] * 4 + ["keep"] * 4)
    stage.clip.mix(0.7)
    for angle in np.linspace(0, 6, 40):
        playing.move((0.5 * np.cos(angle), 0.5 * np.sin(angle)))
        time.sleep(0.02)
    playing.move((0, 0), on=False)
    assert playing.sound.recording == path and playing.sound.start().status().recorded_seconds > 0.2
    assert playing.sound.stop_recording() == path and not playing.sound.recording
    sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    assert rate == 44100 and np.abs(sound).max() > 0.01
    np.testing.assert_allclose(playing.stage.replay(path), sound.T, atol=1e-5)
    stage.playheads.clear()
    stage.clip.stop()
    stage.clip.mix(1.0)
    stage.reset_shape()
    with pytest.raises(RuntimeError, match="nothing is being recorded"):
        playing.sound.stop_recording()


def test_live_and_render_shape_latents_alike(playing: Session) -> None:
    walk = playing.training.dataset.coordinates[:20]
    plain = playing.render(walk)
    playing.stage.shape(offset=[0.3] + [0.0] * 7)  # pebble's first latent is pitch
    assert np.abs(playing.render(walk) - plain).max() > 1e-3
    playing.stage.reset_shape()
    np.testing.assert_allclose(playing.render(walk), plain, atol=1e-6)
    with pytest.raises(ValueError, match="one number or 8"):
        playing.stage.shape(scale=[1.0, 2.0])
    np.testing.assert_allclose(playing.render(walk), plain, atol=1e-6)


def test_a_restarted_engine_is_told_everything(playing: Session) -> None:
    stage, one = playing.stage, playing.state.clips[0].id
    stage.playheads.play(one)
    until(lambda: not playing.sound.start().status().silent)
    playing.sound.start().restart()
    until(lambda: playing.sound.start().status().ready and not playing.sound.start().status().silent)
    stage.playheads.clear()


def test_what_cannot_be_played_is_said() -> None:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    stage, one = session.stage, session.state.clips[0].id
    with pytest.raises(ValueError, match="no terrain to play yet"):
        stage.playheads.play(one)
    with pytest.raises(ValueError, match="not encoded yet"):
        stage.clip.run(one)
    with pytest.raises(KeyError, match="no playhead 'x'"):
        stage.playheads.seek("x", 1.0)
    session.close()
