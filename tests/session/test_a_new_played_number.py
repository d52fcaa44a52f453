"""One parameter, one processor and one line in a panel: a hand's width is in undo, file, take, replay and panel."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.assets import PathAsset
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.sources.playhead import Playhead
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Update
from terrain_widgets.io.session_file import read_session
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.play.play_widget import PlayWidget
from tests.audio.doubles import Plane, ToneCodec, ToneStream, splits, wander
from tests.audio.test_takes import Performer
from tests.session.doubles import LevelCodec, tones

ADDRESS = "hand.width"


class StereoStream(ToneStream):
    """The right channel is half as loud, and upside down."""

    def _row(self, k: int, latents: np.ndarray) -> np.ndarray:
        return super()._row(k, latents) * np.array([[[1.0], [-0.5]]], np.float32)


class StereoCodec(ToneCodec):
    def __init__(self) -> None:
        super().__init__(channels=2)

    def stream(self, voices: int = 1) -> StereoStream:
        self.streams.append(StereoStream(self.info, voices))
        return self.streams[-1]


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(1))
    yield made
    made.close()


def played(width: float, sizes: list[int]) -> np.ndarray:
    engine, path, out, at = Engine(StereoCodec(), Plane()), wander(64), [], 0
    for size in sizes:
        if at == 32:
            engine.update(Update({ADDRESS: width}))
        out.append(engine.render(path[at : at + size], 0.5))
        at += size
    return np.concatenate(out, axis=1)


@pytest.mark.parametrize("width", [0.0, 0.5, 2.0])
def test_the_difference_of_both_channels_is_scaled_and_their_sum_stays(width: float) -> None:
    plain, other = played(1.0, [16] * 4), played(width, [16] * 4)
    late = slice(50 * 64, None)  # after the ramp of 0.03 s and the limiter's delay
    np.testing.assert_allclose(other[0] + other[1], plain[0] + plain[1], atol=1e-5)
    np.testing.assert_allclose((other[0] - other[1])[late], width * (plain[0] - plain[1])[late], atol=1e-3)
    np.testing.assert_allclose(played(width, [1] * 32 + splits(32, 3, 9)), other, atol=1e-6)
    assert np.abs(np.diff(other)).max() < 0.2, "no click"


def test_playheads_are_as_wide_as_they_were() -> None:
    def sound(width: float) -> np.ndarray:
        engine = Engine(StereoCodec(), Plane())
        engine.update(Update({ADDRESS: width}))
        engine.set_playheads([Playhead(wander(40))])
        return engine.render(np.zeros((40, 2), np.float32), 0.0)

    np.testing.assert_array_equal(sound(0.0), sound(1.0))


def test_it_is_in_a_take_and_played_again(tmp_path: Path) -> None:
    one = Performer(StereoCodec(), 3)
    one.map(Plane())
    one.change({ADDRESS: 0.5, "playheads.a.path": "p"}, paths_p=PathAsset(wander(20)))
    one.move(coordinates=(0.1, 0.2), gate=True, pressure=0.5)
    one.loop.record(tmp_path / "t", 60.0)
    for width in (0.5, 0.0, 1.7):
        one.change({ADDRESS: width})
        one.play(12)
    one.loop.stop_recording()
    take = read_take(tmp_path / "t.json")
    sound = soundfile.read(tmp_path / "t.wav", dtype="float32", always_2d=True)[0].T
    assert take.settings.changes[ADDRESS] == 0.5
    assert [update.changes for _, update in take.updates] == [{ADDRESS: 0.5}, {ADDRESS: 0.0}, {ADDRESS: 1.7}]
    np.testing.assert_allclose(replay(take, StereoCodec()), sound, atol=1e-5)


def test_it_is_a_step_of_undo_and_in_the_session_file(session: Session, tmp_path: Path) -> None:
    session.stage.set({ADDRESS: 0.25})
    session.stage.set({ADDRESS: 1.5})
    session.undo()
    assert session.document.patch[ADDRESS] == 0.25
    session.save(tmp_path / "s.zip")
    assert read_session(tmp_path / "s.zip").patch[ADDRESS] == 0.25
    session.undo()
    assert session.document.patch[ADDRESS] == 1.0
    with pytest.raises(ValueError, match="width must be a number from 0 to 2, got 3"):
        session.stage.set({ADDRESS: 3})


def test_it_is_in_the_panel(session: Session) -> None:
    panel = PlayWidget(session)
    (slider,) = (child for child in panel.transport.children if getattr(child, "description", "") == "Width")
    slider.value = 0.5
    deadline = time.monotonic() + 10.0
    while session.document.patch[ADDRESS] != 0.5:
        assert ui.flush() and time.monotonic() < deadline
    session.undo()
    assert ui.flush() and ui.flush() and slider.value == 1.0 and (slider.min, slider.max) == (0.0, 2.0)
    assert not slider.visible, "this codec has one channel"
    panel.close()


def test_the_panel_shows_it_for_a_codec_of_two_channels() -> None:
    stereo = Session(codec=StereoCodec(), sounds=[])
    panel = PlayWidget(stereo)
    (slider,) = (child for child in panel.transport.children if getattr(child, "description", "") == "Width")
    assert slider.visible
    panel.close()
    stereo.close()
