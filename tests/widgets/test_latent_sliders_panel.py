"""The latent sliders without a page."""

from __future__ import annotations

import pytest

from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.sliders.latent_sliders_panel import LatentSlidersPanel
from tests.session.doubles import LevelCodec
from tests.session.hands import with_hands


@pytest.fixture
def panel():
    session = Session(codec=LevelCodec(), sounds=[])
    made = LatentSlidersPanel(session)
    yield made
    made.close()
    session.close()


def say(panel, **content):
    panel.sliders._receive(panel.sliders, content, [])
    assert ui.flush() and ui.flush()


def press(button):
    button.click()
    assert ui.flush() and ui.flush()


def test_sliders_follow_and_lead(panel):
    bank = panel.session.stage.sliders
    assert panel.sliders.values == [0.0, 0.0, 0.0] and panel.sliders.reach == 3.0
    say(panel, type="move", moves=[[0, 1.25], [2, -4.0]])
    assert bank.now.values.tolist() == [1.25, 0, -3] and panel.sliders.values == [1.25, 0.0, -3.0]
    say(panel, type="lock", index=0, locked=True)
    assert panel.sliders.locked == [True, False, False] and "1 locked" in panel._hint.value
    panel._temperature.value = 0.5
    press(panel.offers["random"])
    drawn = panel.sliders.values
    assert drawn[0] == 1.25 and drawn[1] != 0
    press(panel.offers["zero"])
    assert panel.sliders.values == [1.25, 0.0, 0.0]
    press(panel.offers["undo"])
    assert panel.sliders.values == drawn
    press(panel.offers["undo"])
    assert panel.sliders.values == [1.25, 0.0, -3.0] and panel.sliders.locked == [True, False, False]
    press(panel.offers["undo"])
    assert panel.sliders.locked == [False, False, False]
    press(panel.offers["undo"])  # both sliders moved in one message: one step each
    press(panel.offers["undo"])
    assert panel.sliders.values == [0.0, 0.0, 0.0] and panel.offers["undo"].disabled


def test_they_are_heard_while_they_move(panel):
    host = with_hands(panel.session)
    panel._hear.value = True
    assert ui.flush() and host.gate_open
    say(panel, type="move", moves=[[1, 2.0]])
    assert host.mappings[-1].latents.tolist() == [0, 2, 0]
    panel.session.stage.points.place((0, 0), [1, 1, 1])
    panel.session.stage.points.play()
    assert ui.flush() and ui.flush()
    assert panel._hear.value is False and not host.gate_open


def test_they_are_attached_to_points(panel):
    points = panel.session.stage.points
    assert panel.offers["attach"].disabled
    say(panel, type="move", moves=[[0, 1.0]])
    press(panel.offers["place"])
    say(panel, type="move", moves=[[0, 2.0]])
    assert panel.session.state.points["q1"].latent.tolist() == [1, 0, 0]
    press(panel.offers["attach"])
    assert panel.session.state.points[points.selected].latent.tolist() == [2, 0, 0] and "point 1" in panel._hint.value


@pytest.mark.parametrize(
    "content",
    [
        "no dict",
        {"type": "move", "moves": [[7, 1.0], [0, "x"], [0], "no", [1, float("nan")], [None, 1]]},
        {"type": "move"},
        {"type": "lock", "index": 99},
        {"type": "lock", "index": "0"},
    ],
)
def test_nonsense_from_the_page_is_ignored(panel, content):
    panel.sliders._receive(panel.sliders, content, [])
    assert ui.flush() and panel.session.stage.sliders.now.values.tolist() == [0, 0, 0]


def test_another_codec_has_other_sliders(panel):
    other = LevelCodec()
    other.info = type(other.info)("wide", 8000, 100, 64)
    other.recipe = CodecRecipe("another", "")
    panel.session.sounds.use_loaded(other, "wide")
    assert ui.flush() and ui.flush()
    assert len(panel.sliders.values) == 64 and "64 latents" in panel._hint.value
