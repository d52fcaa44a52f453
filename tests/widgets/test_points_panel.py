"""The points panel without a page: messages in, edits and gestures out, and what it shows."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from terrain_widgets.core.points.point_map import PointMap
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.points.points_panel import PointsPanel
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands


@pytest.fixture
def panel():
    session = Session(codec=LevelCodec(), sounds=tones(2))
    made = PointsPanel(session)
    yield made
    made.close()
    session.close()


def say(widget, **content):
    widget._receive(widget, content, [])
    assert ui.flush() and ui.flush()


def until(what, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.005)
    assert ui.flush() and ui.flush()


def test_a_click_places_with_the_chosen_latents_or_says_why_without(panel):
    session = panel.session
    say(panel.plane.sheet, type="place", x=0.25, y=0.5)
    assert session.state.points["q1"].control.tolist() == [-0.5, 0.0] and session.state.points["q1"].latent is None
    assert "placed without a sound: nothing has played yet" in panel._notice.value
    session.stage.sliders.move(0, 1.5)
    panel.choice.source.value = "sliders"
    say(panel.plane.sheet, type="place", x=0.75, y=0.0)
    assert session.state.points["q2"].latent.tolist() == [1.5, 0, 0] and panel._notice.value == ""
    panel.choice.source.value = "frame"
    say(panel.plane.sheet, type="place", x=0.5, y=0.5)
    assert "no sound is encoded yet" in panel._notice.value
    session.encode(wait=True)
    assert ui.flush() and ui.flush()
    panel.choice.clip.value = "c2"
    assert ui.flush() and ui.flush()
    panel.choice.frame.value = 9
    panel.offers["attach"].click()
    assert ui.flush()
    assert (session.state.points["q3"].latent == session.latents["c2"].values[9]).all()
    assert panel.plane.sheet.points[2]["attached"] and "3 latents attached" in panel._hint.value


def test_drags_select_and_are_one_step_of_undo(panel):
    session = panel.session
    for x in (0.2, 0.8):
        say(panel.plane.sheet, type="place", x=x, y=0.5)
    say(panel.plane.sheet, type="select", id="q1")
    before = session.state
    for x in (0.3, 0.4, 0.5):
        say(panel.plane.sheet, type="move_point", id="q1", gesture=1, x=x, y=0.25)
    assert session.state.points["q1"].control.tolist() == [0.0, 0.5]
    assert panel.plane.sheet.points[0] == pytest.approx(
        {
            "id": "q1",
            "x": 0.0,
            "y": 0.5,
            "label": "",
            "colour": panel.plane.sheet.points[0]["colour"],
            "attached": False,
        }
    )
    say(panel.plane.sheet, type="key", key="Ctrl+z")
    assert session.state is before
    say(panel.plane.sheet, type="move_point", id="q9", gesture=2, x=0.3, y=0.3)  # undone under the hand
    assert session.state is before and panel._notice.value == ""
    say(panel.plane.sheet, type="key", key="Delete")
    assert [point.id for point in session.state.points] == ["q2"] and panel.plane.sheet.selected == "q2"


def test_label_and_colour_belong_to_the_selected_point(panel):
    session = panel.session
    for x in (0.2, 0.8):
        say(panel.plane.sheet, type="place", x=x, y=0.5)
    panel._label.value = "bright and <b>loud</b>"
    panel._colour.value = "#ff8800"
    assert ui.flush() and ui.flush()
    point = session.state.points["q2"]
    assert (point.label, point.colour) == ("bright and <b>loud</b>", "#ff8800")
    say(panel.plane.sheet, type="select", id="q1")
    assert panel._label.value == "" and session.state.points["q1"].label == "" and point is session.state.points["q2"]
    assert panel.pads.row.pads[1]["label"] == "bright and <b>loud</b>"


def place_three(panel):
    for k, (x, y) in enumerate([(0.1, 0.1), (0.9, 0.1), (0.5, 0.9)]):
        place = panel.session.document.boundary.from_unit([[x, y]])[0]
        panel.session.stage.points.place(place, [k, -k, 0.5 * k])
    assert ui.flush() and ui.flush()


def test_points_are_trained_compared_and_played_and_the_terrain_again(panel):
    session, bar = panel.session, panel.map_bar
    host = with_hands(session)
    assert bar.offers["train"].disabled and "No point has a sound" in bar._state.value
    place_three(panel)
    bar._method.value = "idw"
    bar.offers["train"].click()
    assert ui.flush() and ui.flush()
    assert session.stage.points.fitted.method == "idw" and session.stage.sources.shown is None, (
        "the terrain is what plays"
    )
    bar._source.value = "points"
    assert ui.flush() and ui.flush()
    assert isinstance(session.stage.sources.shown, PointMap) and host.mappings == [session.stage.sources.shown]
    bar._source.value = "terrain"
    assert ui.flush() and ui.flush() and ui.flush()
    assert bar._source.value == "points" and "no terrain to play yet" in panel._notice.value
    bar.offers["compare"].click()
    until(lambda: len(session.stage.points.errors) == 5 and not session.jobs.working)
    assert (
        bar._errors.value.count("·") == 4
        and "rbf" in bar._errors.value
        and bar.offers["compare"].description == "Compare"
    )
    say(panel.plane.sheet, type="move_point", id="q1", gesture=1, x=0.2, y=0.2)
    assert "changed since" in bar._state.value and bar._errors.value == ""
    bar._follow.value = True
    until(lambda: not session.stage.points.stale)
    assert host.mappings[-1] is session.stage.points.fitted


def test_pads_are_struck_held_and_let_go(panel):
    session, host = panel.session, with_hands(panel.session)
    place_three(panel)
    session.stage.points.train("nearest")
    session.stage.points.play()
    panel.pads._seconds.value = 0.0
    assert ui.flush()
    say(panel.pads.row, type="strike", id="q3")
    until(lambda: not session.stage.pads.gliding)
    np.testing.assert_allclose(host.places[-1][0], [0.0, -0.8], atol=1e-6)
    assert host.gate_open and panel.pads.row.held == panel.plane.sheet.held == "q3"
    panel.pads._seconds.value = 0.1
    assert ui.flush()
    say(panel.pads.row, type="strike", id="q1")
    until(lambda: host.status().place == pytest.approx((-0.8, 0.8)))
    say(panel.pads.row, type="release")
    assert not host.gate_open and panel.plane.sheet.held == ""
    say(panel.pads.row, type="strike", id="q9")
    assert "no point 'q9'" in panel._notice.value


def test_the_plane_plays_too(panel):
    host = with_hands(panel.session)
    place_three(panel)
    panel._mode.value = "play"
    assert ui.flush() and panel.plane.sheet.tool == "play" and "play" in panel.plane.sheet.label
    say(panel.plane.sheet, type="move", x=0.75, y=0.25, pressure=0.5, on=True)
    assert "no terrain to play yet" in panel._notice.value and host.places == []
    panel.session.stage.points.play()
    say(panel.plane.sheet, type="move", x=0.75, y=0.25, pressure=0.5, on=True)
    assert "Turn sound on" in panel._notice.value
    panel.session.sound.listening = True
    say(panel.plane.sheet, type="move", x=0.75, y=0.25, pressure=0.5, on=True)
    assert host.places[-1] == ([0.5, 0.5], True) and panel._notice.value == ""


def test_a_trace_is_made_poked_learnt_and_saved(panel):
    session, bar = panel.session, panel.trace
    with_hands(session)
    place_three(panel)
    session.stage.points.play()
    bar.offers["trace"].click()
    assert ui.flush() and ui.flush() and bar.offers["trace"].description == "Stop"
    for step in range(200):
        session.move((step / 200, 0.1))
        if session.stage.tracer.frames > 4:
            break
        time.sleep(0.01)
    bar.offers["trace"].click()
    until(lambda: len(session.stage.tracer.traces) == 1)
    assert f"{len(session.stage.tracer.traces[0])} frames, 2 → 3 dimensions" in bar._status.value
    bar.offers["add-trace"].click()
    assert ui.flush()
    assert session.state.clips[-1].name == "trace 1" and len(session.training.dataset) == 1
    bar.offers["poke"].click()
    assert ui.flush() and ui.flush()
    assert "2 traces; the newest has 1 frame" in bar._status.value
    name, content = bar._file()
    assert name == "traces.json" and b'"coordinates"' in content and b'"latents"' in content


def test_points_of_more_dimensions_are_pads_only(panel):
    with_hands(panel.session)
    panel.session.stage.points.place(np.zeros(6), [1, 2, 3])
    assert ui.flush() and ui.flush()
    assert panel.plane.sheet.points == [] and len(panel.pads.row.pads) == 1 and "6 dimensions" in panel._hint.value
    say(panel.plane.sheet, type="place", x=0.5, y=0.5)
    assert "one control space" in panel._notice.value


@pytest.mark.parametrize(
    "content",
    [
        "no dict",
        {"type": "place", "x": "a", "y": 0},
        {"type": "place", "x": float("nan"), "y": 0},
        {"type": "move_point", "id": 3, "gesture": 1, "x": 0, "y": 0},
        {"type": "move_point", "id": "q1", "gesture": "x", "x": 0, "y": 0},
        {"type": "select"},
        {"type": "key", "key": "close"},
        {"type": "strike", "id": None},
    ],
)
def test_nonsense_from_the_page_is_ignored(panel, content):
    before = panel.session.state
    for widget in (panel.plane.sheet, panel.pads.row):
        widget._receive(widget, content, [])
    assert ui.flush() and panel.session.state is before and panel._notice.value == ""


def test_a_closed_panel_hears_nothing_and_leaves_no_thread(panel):
    session = panel.session
    panel.close()
    for model, trait in ((session.document, "state"), (session.stage.points, "selected"), (session.stage.pads, "held")):
        kept = [seen for seen in model._trait_notifiers.get(trait, {}).get("change", []) if "enqueue" in repr(seen)]
        assert kept == []
    assert not [t for t in threading.enumerate() if t.name in ("terrain_widgets pads", "terrain_widgets tracer")]
