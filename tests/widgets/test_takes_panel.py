"""The takes' panel: what was recorded is listed, heard beside its replay, used as a sound, and forgotten."""

from __future__ import annotations

import io
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.process.worker import WorkCancelled
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.takes.takes_panel import TakesPanel
from tests.audio.doubles import ToneCodec
from tests.session.doubles import tones


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = Session(codec=ToneCodec(), sounds=tones(2))
    yield made
    made.close()


def recorded(session: Session) -> str:
    """A short take of the engine in a thread: the hand goes down and up."""
    session.training.adopt(Terrain(2, session.codec.info.latent_dim, 1.0))
    session.sound.run_in("thread")
    host = session.sound.start()
    deadline = time.monotonic() + 20
    while not host.status().ready:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    session.sound.record()
    session.move((0.2, 0.3))
    heard = 0
    while heard < 4000:  # who listens pulls the sound along
        assert time.monotonic() < deadline
        heard += host.read(1000).shape[-1]
        time.sleep(0.005)
    session.move((0.2, 0.3), on=False)
    return session.sound.stop_recording()


def settle() -> None:
    for _ in range(3):
        assert ui.flush()


def press(panel: TakesPanel, name: str) -> None:
    made = panel.offers[name]
    assert not made.disabled
    made.click()
    settle()


def test_a_take_is_listed_heard_beside_its_replay_used_as_a_sound_and_forgotten(session):
    panel = TakesPanel(session)
    assert panel.offers["record"].disabled and not panel._takes.visible, "there is nothing to play yet"
    assert "in the folder “takes”" in panel._hint.value
    path = recorded(session)
    settle()
    assert Path(path).parent == Path.cwd() / "takes" and {file.suffix for file in Path("takes").iterdir()} == {
        ".wav", ".json", ".safetensors",
    }  # fmt: skip
    assert session.sound.takes == (path,) and panel._takes.value == path and panel._listen.token == path
    seconds = soundfile.info(path).duration
    assert panel._takes.options[0][0].endswith(f"{seconds:.1f} s")

    name, wav = panel._both(lambda: False)
    both, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
    assert path.endswith(name) and rate == panel._listen.rate and both.shape[1] == 2
    assert np.abs(both[:, 0]).max() > 0.01 and np.abs(both[:, 0] - both[:, 1]).max() < 1e-4
    assert panel._file()[1][:4] == b"RIFF"

    sounds = len(session.state.clips)
    press(panel, "as-sound")
    assert len(session.state.clips) == sounds + 1
    session.undo()
    assert len(session.state.clips) == sounds and session.sound.takes == (path,), "takes are no edits"
    press(panel, "forget")
    assert session.sound.takes == () and panel._listen.token == "" and soundfile.info(path).frames > 0
    panel.close()


def test_a_take_without_its_gestures_can_still_be_heard(session, tmp_path):
    path = str(tmp_path / "take.wav")
    soundfile.write(path, np.full((800, 1), 0.25, np.float32), 44100, subtype="PCM_24")
    session.sound.takes = (path,)
    panel = TakesPanel(session)
    both, _ = soundfile.read(io.BytesIO(panel._both(lambda: False)[1]), dtype="float32", always_2d=True)
    assert both.shape == (800, 2) and "only the recording" in panel._listen.about
    panel.close()


def test_what_plays_by_itself_is_rendered_beside_the_takes_with_progress_and_a_stop(session, monkeypatch):
    panel = TakesPanel(session)
    part = panel._renders
    assert panel.offers["record"].disabled and part._button.disabled, "there is nothing to play yet"
    session.training.adopt(Terrain(2, session.codec.info.latent_dim, 1.0))
    settle()
    part._seconds.value = 1.0
    waits, goes_on = threading.Event(), threading.Event()
    rendering = session.stage.rendering
    inner = rendering._files.render

    def render(order, codec, *, told, cancelled):
        def held(share):
            told(share)
            waits.set()
            assert goes_on.wait(60)

        return inner(order, codec, told=held, cancelled=cancelled)

    monkeypatch.setattr(rendering._files, "render", render)
    part._button.click()
    settle()
    assert waits.wait(60)
    settle()
    assert part._progress.visible and part._button.description == "Stop" and "rendering render-" in part._said.value
    part._button.click()
    settle()
    goes_on.set()
    rendering._job.wait(60)
    settle()
    assert not part._progress.visible and "stopped" in part._said.value and session.sound.takes == ()
    part._button.click()
    settle()
    rendering._job.wait(60)
    settle()
    assert len(panel._takes.options) == 1 and part._button.description == "Render"
    assert part._said.value.startswith("rendered render-")
    panel._both(lambda: False)
    assert "only the recording can be heard" in panel._listen.about, "it has no gestures"
    panel.close()


def test_playing_a_take_again_can_be_stopped_and_the_recording_is_heard_alone(session, monkeypatch):
    panel = TakesPanel(session)
    recorded(session)
    settle()

    def samples(_order, told, cancelled, *, beside):
        settle()
        assert panel._renders._button.description == "Stop", "while its process starts, too"
        told(0.25)
        settle()
        assert panel._renders._progress.value == 0.25 and "playing the take again" in panel._renders._said.value
        panel._renders._button.click()
        settle()
        assert cancelled()
        raise WorkCancelled

    monkeypatch.setattr(session.stage.rendering, "samples", samples)
    panel._both(lambda: False)
    settle()
    assert "stopped" in panel._listen.about and not panel._renders._progress.visible

    def unwanted(_order, _told, cancelled, *, beside):
        assert cancelled()
        raise WorkCancelled

    monkeypatch.setattr(session.stage.rendering, "samples", unwanted)
    with pytest.raises(WorkCancelled):  # the page stopped, or another take is chosen
        panel._both(lambda: True)
    panel.close()
