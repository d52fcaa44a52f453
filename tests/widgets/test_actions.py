"""Tables of actions: one row gives a key, a button and a line of help."""

from __future__ import annotations

import pytest

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Actions, key_words
from terrain_widgets.widgets.panels.drawing.drawing_actions import EDITS
from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas
from tests.session.doubles import LevelCodec, tones


def test_a_key_runs_the_action_that_can_be_done_now():
    done, busy = [], [False]
    actions = Actions(
        [
            Action("end", "End", "End the line", lambda: done.append("end"), ("Enter",), lambda: busy[0]),
            Action("begin", "Begin", "Begin a line", lambda: done.append("begin"), ("Enter", "b"), lambda: not busy[0]),
        ]
    )
    assert actions.keys == ["Enter", "b"] and not actions.press("x")
    assert actions.press("Enter")
    busy[0] = True
    assert actions.press("Enter") and not actions.press("b")
    assert done == ["begin", "end"]


def test_help_and_tooltips_say_the_keys_as_a_person_reads_them():
    actions = Actions(
        [
            Action("redo", "Redo", "Redo it", lambda: None, ("Ctrl+Shift+z", "Ctrl+y")),
            Action("a", "A", "?", lambda: None),
        ]
    )
    assert actions["redo"].shown.hint == "Redo it (Ctrl+Shift+Z)" and actions["a"].shown.hint == "?"
    assert actions.help() == [("Ctrl+Shift+Z, Ctrl+Y", "Redo it")]
    assert [key_words(key) for key in ("r", "W", "+", "-", "Escape")] == ["r", "Shift+W", "+", "−", "Esc"]


def test_two_rows_of_one_name_are_a_mistake():
    with pytest.raises(ValueError, match="two actions"):
        Actions([Action("a", "", "", lambda: None), Action("a", "", "", lambda: None)])


def test_keys_buttons_and_help_of_the_drawing_canvas_are_its_table():
    session = Session(codec=LevelCodec(), sounds=tones())
    canvas = DrawingCanvas(session)
    try:
        assert canvas.plane.sheet.chords == canvas.actions.keys
        _, page, keys = canvas._more
        buttons = {made.description: made.tooltip for made in page.children[0].children}
        assert buttons == {canvas.actions[name].title: canvas.actions[name].shown.hint for name in EDITS}
        said = keys.children[0].value
        assert all(key_words(key) in said for key in canvas.actions.keys)
        canvas.take_task("play")
        assert canvas.plane.sheet.chords == ["z", "Z", "0"]  # a hand that plays deletes nothing
    finally:
        canvas.close()
        session.close()
