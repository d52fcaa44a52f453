"""The instrument has the session's one engine: what comes from the panel's page comes from its page too."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from terrain_widgets import PointMap, PointSet
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.page_host.page_host import PageHost
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.io.preferences import preferences
from terrain_widgets.session.notices.events import CellResumed
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.instrument.instrument import Instrument
from terrain_widgets.widgets.panels.play.play_widget import PlayWidget
from tests.audio.page_take import page_take
from tests.protocol import assert_stated, example
from tests.session.doubles import LevelCodec


class PageOf:
    """An instrument's page, by what it says and is told."""

    def __init__(self, instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
        self._instrument = instrument
        self.told: list[dict[str, Any]] = []
        monkeypatch.setattr(instrument, "send", lambda message, _buffers=None: self.told.append(message))
        instrument.set_state({"page_host": "elsewhere"})

    def turn(self, on: bool) -> None:
        self._instrument.set_state({"sound_on": on})
        assert ui.flush()

    def say(self, message: dict[str, Any], *buffers: bytes, channel: str = "engine") -> None:
        assert_stated(channel, "to_kernel", message)
        self._instrument._from_page(self._instrument, message, buffers)
        assert ui.flush()

    def hand(self, place: list[float], down: bool = True, hand: int = 0) -> None:
        how = {"pressure": 0.5, "hand": hand, "played": True}
        self.say({"type": "hand", "place": place, "down": down, **how}, channel="instrument")


@pytest.fixture(name="session")
def session_with_points() -> Iterator[Session]:
    session = Session(sounds=[])
    points = PointSet().placed([-0.5, 0], np.zeros(8)).placed([0.5, 0], np.ones(8))
    session.stage.sources.publish("terrain", PointMap.fit(points, "nearest"))
    yield session
    session.close()


@pytest.fixture(name="instrument")
def of_session(session: Session) -> Iterator[Instrument]:
    made = Instrument(session)
    yield made
    made.close()


def test_its_page_has_the_sessions_engine(
    session: Session, instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PageOf(instrument, monkeypatch)
    assert session.sound.engine is None and instrument._decoder and instrument._ready, "it plays without being asked"
    session.move((0.5, 0.0))
    page.turn(True)
    engine = session.sound.engine
    assert isinstance(engine, PageHost) and session.stage.hand.silence() is None
    assert [message["type"] for message in page.told] == ["hand", "gain"], "what was held before sounds"
    page.hand([0.1, 0.2])
    page.hand([0.3, 0.4], hand=1)
    assert session.sound.hand.place_or_origin.tolist() == [0.1, 0.2] and session.sound.hands[1].down
    assert len(page.told) == 2, "the page has played that itself"
    page.say({**example("engine", "to_kernel", "heard"), "silent": False, "place": [0.1, 0.2], "positions": []})
    assert engine.status().place == (0.1, 0.2) and page.told[-1] == {"type": "here"}
    page.say({"type": "panic"}, channel="instrument")
    assert not session.sound.hand.down and page.told[-1] == {"type": "here"}
    session.stage.presets.keep("now")
    session.stage.modulators.set(energy=2.0)
    assert [pad["name"] for pad in instrument._presets] == ["now"]
    for name in ("now", "gone meanwhile"):
        page.say({"type": "recall", "name": name}, channel="instrument")
        assert session.stage.modulators["energy"] == 0.0
    assert_stated("engine", "to_page", page.told[-1])
    assert page.told[-1] == {"type": "refused"} and "gone meanwhile" in instrument._line
    page.say({"type": "change", "changes": {"latents.scale": 1.0}}, channel="instrument")
    assert not instrument._line
    page.hand([0.1, 0.2])
    page.turn(False)
    assert not engine.plays and not session.sound.hand.down and not session.sound.listening


def test_of_an_instrument_and_a_panel_the_last_one_plays(
    session: Session, instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, panel = PageOf(instrument, monkeypatch), PlayWidget(session)
    panel.sink.set_state({"page_host": "elsewhere"})
    panel.sink.set_state({"sound_on": True})
    assert ui.flush()
    session.move((0.5, 0.0))
    page.turn(True)
    assert ui.flush() and not panel.sink.sound_on and instrument.sound_on
    assert session.sound.hand.down and session.sound.listening and session.sound.engine is not None
    assert "hand" in [message["type"] for message in page.told], "what is held goes on there"
    panel.sink.set_state({"sound_on": True})
    assert ui.flush() and panel.sink.sound_on and not instrument.sound_on and session.sound.listening
    session.sound.run_in("thread")
    assert ui.flush()
    page.turn(True)
    assert ui.flush() and panel.sink.output == "page" and not panel.sink.sound_on and instrument.sound_on
    panel.sink.set_state({"sound_on": True})
    panel.sink.set_state({"output": "stream"})
    assert ui.flush() and panel.sink.sound_on and not instrument.sound_on
    assert session.sound.local is not None and session.sound.listening, "another's choice is not undone"
    panel.close()


def test_a_take_that_another_codec_ends_has_its_gestures(
    session: Session, instrument: Instrument, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = PageOf(instrument, monkeypatch)
    page.turn(True)
    path = session.sound.record(tmp_path / "take.wav")
    session.sound.stop()
    session.sound.start()  # as a change of codec does
    asked = [message for message in page.told if message["type"] == "record"]
    number = asked[0]["recording"]
    assert ui.flush() and [message["on"] for message in asked] == [True, False]
    gestures, arrays = page_take()
    sound = np.full(2048, 0.5, np.float32).tobytes()
    # heard before its sound is, by another of the kernel's threads
    page.say({"type": "take", "recording": number, "gestures": gestures, "teller": 0.5, "order": 1}, arrays)
    page.say({"type": "recorded", "recording": number, "live": False, "teller": 0.5, "order": 0}, sound)
    assert soundfile.info(path).frames == 2048
    assert page.told[-1] == {"type": "written", "recording": number, "problem": ""} and len(read_take(path)) == 2
    other = session.sound.record(tmp_path / "other.wav")
    last = {"recording": page.told[-1]["recording"], "gestures": gestures, "teller": 0.5, "order": 2}
    page.say({"type": "take", **last}, arrays)
    assert len(read_take(other)) == 2, "the next take is the new engine's"
    session.sound.stop_recording()


def test_where_the_codec_cannot_go_into_the_page_the_kernel_makes_the_sound(
    session: Session, instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = PageOf(instrument, monkeypatch)
    page.turn(True)
    session.sounds.use_loaded(LevelCodec(), "levels")
    session.sound.start()
    assert ui.flush() and instrument.output == "stream" and instrument.sound_on
    assert "made by the kernel" in instrument._line and "cannot go into the page" in instrument._line
    assert session.sound.local is not None and instrument.page_output._host is session.sound.local
    page.turn(False)
    assert not session.sound.listening
    made = Instrument(session)
    assert made.output == "stream"
    made.close()


def test_a_page_that_is_too_slow_is_played_by_the_kernel(
    session: Session, instrument: Instrument, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TERRAIN_WIDGETS_PREFERENCES", str(tmp_path / "preferences.json"))
    page = PageOf(instrument, monkeypatch)
    page.turn(True)
    assert isinstance(session.sound.engine, PageHost)
    instrument.set_state({"too_slow": True, "output": "stream"})  # as PageSound.giveUp
    assert ui.flush() and session.sound.local is not None and session.sound.listening
    assert "this machine was too slow" in instrument.output_line
    assert "sound_output" not in preferences(), "nobody has chosen it: the next session tries the page again"
    page.hand([0.1, 0.2])
    assert session.sound.local.gate_open
    a_killed_engine_is_started_again_and_the_page_says_so(session.sound.local, instrument)


def a_killed_engine_is_started_again_and_the_page_says_so(engine: LocalHost, instrument: Instrument) -> None:
    assert isinstance(engine, ProcessHost) and engine.pid is not None
    before, said = engine.pid, [instrument._line]
    instrument.observe(lambda change: said.append(change["new"]), "_line")
    os.kill(before, signal.SIGKILL)
    end = time.monotonic() + 20
    while time.monotonic() < end and not ("process had ended" in said[-2:][0] and "made by the kernel" in said[-1]):
        time.sleep(0.05)
    assert len(said) == 3 and "process had ended" in said[1] and said[2] == said[0]
    assert engine.pid != before and engine.status().alive and instrument.sound_on


def test_settings_that_the_page_has_kept_come_back_as_far_as_the_session_has_what_they_name(
    session: Session, instrument: Instrument, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, stage = PageOf(instrument, monkeypatch), session.stage
    assert instrument.saved_as == getattr(session.files.autosave.path, "name", "") != "" and not instrument.resumed
    kept = {"latents.scale": 2.0, "playheads.gone.path": "c9", "no.such": 1, "glide.recalls": 3, "latents.offset": 0.7}
    page.say({"type": "kept", "patch": kept, "passing": ["latents.offset"]}, channel="sound")
    assert stage.patch["latents.offset"] == 0.0, "a function's last value, which nothing keeps"
    assert stage.patch["latents.scale"] == 2.0 and stage.patch["glide.recalls"] == 0
    assert not stage.patch.members("playheads"), "its path is lost"
    assert session.jobs.notices.newest["files"] == CellResumed(page_settings=True)
    page.say({"type": "kept", "patch": {"latents.scale": [1.0, 2.0]}, "passing": []}, channel="sound")
    assert stage.patch["latents.scale"] == 2.0 and instrument._line.startswith("scale needs one number or 8")
    session.undo()
    assert stage.patch["latents.scale"] == 1.0


def test_with_another_codec_the_pads_are_its_own(session: Session, instrument: Instrument) -> None:
    session.stage.presets.keep("of pebble")
    session.sounds.use_loaded(LevelCodec(), "level")
    assert ui.flush() and not instrument._presets
