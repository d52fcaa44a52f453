"""Panels without a page: they follow their session, say what went wrong, and let go."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances

from terrain_widgets.session.notices.events import CodecChanged, Failed
from terrain_widgets.session.session import Session
from terrain_widgets.studio import Studio
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.encoder.clip_strips import ROW
from terrain_widgets.widgets.plane.sheet import Handlers, Sheet
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import HandsHost, with_hands


@pytest.fixture
def studio(monkeypatch):
    made = Studio(Session(codec=LevelCodec(), sounds=tones()))
    # No page, no sound: the codec is a double, and what the engine does has its own tests.
    monkeypatch.setattr(made.play, "_prepare", lambda: None)
    yield made
    made.close()


def test_a_studio_opens_few_widget_models(studio):
    """Each is fetched one by one after a reload; a page that is too busy for them shows "model not found"."""
    before = set(_instances)
    another = Studio(studio.session)
    opened = [_instances[key] for key in set(_instances) - before]
    kinds = Counter(type(widget).__name__ for widget in opened)
    assert 20 < len(opened) < 60, kinds
    assert not {"Button", "Dropdown", "FloatSlider", "Text", "Label"} & set(kinds)
    for panel in (*another.panels, another.files):
        panel.close()


def next_step(studio):
    assert ui.flush()
    return studio._next.value


def test_the_studio_says_what_to_do_next(studio):
    assert "Encode" in next_step(studio)
    studio.session.encode(wait=True)
    assert "draw" in next_step(studio)
    studio.session.arrange()
    assert "Train" in next_step(studio)
    studio.session.jobs.notices.say("codec", CodecChanged("mine"))
    studio.session.train(seconds=None, epochs=1, wait=True)
    assert "Continue training" in next_step(studio), "one step teaches nothing"
    assert "codec" not in studio.session.jobs.notices.newest, "that the terrain starts over is true no longer"
    studio.session.train(seconds=None, epochs=150, wait=True)
    assert "turn the sound on and play the stage" in next_step(studio)
    studio.play.sink.sound_on = True
    assert "sound on" not in next_step(studio) and "move over the stage" in next_step(studio)
    added = studio.session.document.add_sound(tones()[0])
    assert f"“Encode”: “{added.name}” waits" in next_step(studio)
    studio.session.encode(wait=True)
    assert f"draw a line for “{added.name}”" in next_step(studio) and studio.session.document.selected == added.id
    for clip in studio.session.state.clips:
        studio.session.document.remove_sound(clip.id)
    studio.session.training.reset()
    assert "Add sounds" in next_step(studio)


def test_the_shortcut_ends_with_playing_unless_a_mode_was_chosen_on_the_way(studio):
    session, shortcut = studio.session, studio.session.shortcut
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=2, wait=True)
    for chosen, then in ((None, "play"), ("points", "points"), ("draw", "draw")):
        studio.take_mode("draw")
        shortcut.running = True  # its jobs have tests of their own
        assert ui.flush()
        if chosen is not None:
            studio.take_mode(chosen)
        shortcut.running = False
        assert ui.flush()
        assert studio.mode == then


def test_a_stroke_becomes_the_path_of_the_selected_sound(studio):
    points = np.array([[0.25, 0.5, 0.4, 0.0], [0.5, 0.25, 0.9, 8.0], [0.75, 0.5, 0.2, 16.0]], dtype="<f4")
    pen = studio.canvas.plane.sheet
    pen._receive(pen, {"type": "stroke", "stroke": 1}, [points.tobytes()])
    assert ui.flush()
    path = studio.session.state.paths["c1"].values
    assert path.tolist() == [[-0.5, 0.0], [0.0, 0.5], [0.5, 0.0]]
    assert studio.session.document.selected == "c2"


def test_a_single_point_is_answered_in_the_canvas_only(studio):
    points = np.array([[0.5, 0.5, 0.5, 0.0]], dtype="<f4")
    pen = studio.canvas.plane.sheet
    pen._receive(pen, {"type": "stroke", "stroke": 1}, [points.tobytes()])
    assert ui.flush() and ui.flush()
    assert "single point" in studio.canvas._notice.value
    assert all(panel._notice.value == "" for panel in studio.panels if panel is not studio.canvas)
    assert not studio.session.state.paths


def test_a_stroke_belongs_to_the_sound_selected_when_it_was_drawn(studio):
    """Messages that a busy kernel held back arrive in one burst: a stroke, then another sound is chosen."""
    hold = threading.Event()
    ui.submit(hold.wait)
    points = np.array([[0.2, 0.5, 0.4, 0.0], [0.7, 0.5, 0.2, 16.0]], dtype="<f4")
    pen = studio.canvas.plane.sheet
    pen._receive(pen, {"type": "stroke", "stroke": 1}, [points.tobytes()])
    studio.encoder._strips._pressed(10, 2 * ROW + 5)
    hold.set()
    assert ui.flush()
    assert list(studio.session.state.paths) == ["c1"] and studio.session.document.selected == "c3"


def test_a_notice_goes_when_the_next_try_succeeds(studio):
    studio.encoder.do(lambda: studio.session.add_sound(b"no sound"))
    assert ui.flush() and ui.flush()
    assert "could not be read" in studio.encoder._notice.value
    studio.session.jobs.notices.say("play", Failed("something else meanwhile"))
    studio.encoder.do(lambda: studio.session.add_sound(tones(1)[0]))
    assert ui.flush() and ui.flush()
    assert studio.encoder._notice.value == ""


@pytest.mark.parametrize(
    ("content", "buffers"),
    [
        ("no dict", []),
        ({"type": "stroke"}, []),
        ({"type": "stroke", "stroke": 1}, [b"\0" * 12]),
        ({"type": "stroke", "stroke": 1}, [np.full(8, np.nan, "<f4").tobytes()]),
        ({"type": "move", "x": float("nan"), "y": 0, "on": True}, []),
        ({"type": "else"}, [b"1234"]),
    ],
)
def test_nonsense_from_the_page_is_ignored(content, buffers):
    heard = []
    pen = Sheet(Handlers(heard.append, heard.append, heard.append, heard.append), chords=["r"])
    pen._receive(pen, content, buffers)
    assert heard == []


def test_moving_before_training_says_why_nothing_sounds(studio):
    studio.take_mode("play")
    pen = studio.plane.sheet
    pen._receive(pen, {"type": "move", "x": 0.5, "y": 0.5, "pressure": 0.5, "on": True}, [])
    assert ui.flush()
    assert "no terrain to play yet" in studio.play._notice.value and studio.session.sound.engine is None


def test_a_mouse_plays_at_full_level(studio, monkeypatch):
    moves = []
    with_hands(studio.session)
    monkeypatch.setattr(studio.session.sound, "move", lambda *move, **_how: moves.append(move))
    studio.session.encode(wait=True)
    studio.session.arrange()
    studio.session.train(seconds=None, epochs=2, wait=True)
    studio.take_mode("play")
    pen = studio.plane.sheet
    pen._receive(pen, {"type": "move", "x": 0.5, "y": 0.5, "pressure": 0.5, "on": True}, [])
    assert moves[-1][1:] == (True, 1.0)


class PanickingHost(HandsHost):
    """Counts panics."""

    panics = 0

    def panic(self):
        self.panics += 1
        super().panic()

    def use_page_line(self, lead_seconds):
        """It has none."""


def test_a_panic_of_the_page_reaches_the_engine_once_and_pauses_what_plays_by_itself(studio):
    session = studio.session
    host = PanickingHost(session.codec)
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=2, wait=True)
    host = with_hands(session)
    studio.play.sink.attach(host)
    one = session.stage.playheads.play(session.state.clips[0].id)
    studio.play.sink._from_page(studio.play.sink, {"type": "panic"}, [])
    assert host.panics == 1, "at once, whatever the UI thread does"
    assert ui.flush()
    assert host.panics == 1 and not session.stage.playheads.now[one].playing


def test_a_closed_panel_hears_nothing(studio):
    observers = len(studio.session.document._trait_notifiers["state"]["change"])
    studio.canvas.close()
    assert len(studio.session.document._trait_notifiers["state"]["change"]) < observers
    studio.session.arrange()
    assert ui.flush()
