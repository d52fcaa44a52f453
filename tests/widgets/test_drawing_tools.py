"""The drawing tools, without a page: gestures and keys in, undoable edits out."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.session.document import path_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Actions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.drawing.drawing_actions import drawing_actions
from terrain_widgets.widgets.panels.drawing.drawing_tools import TOOLS, DrawingTools
from terrain_widgets.widgets.plane.gestures import Stroke, Touch
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session():
    session = Session(codec=LevelCodec(), sounds=tones())
    session.draw("c1", [[-0.5, 0.0], [0.0, 0.5], [0.5, 0.0]])
    session.draw("c2", [[-0.5, -0.5], [0.5, -0.5]])
    yield session
    session.close()


@pytest.fixture
def tools(session):
    return DrawingTools(session, lambda: 2.0)


@pytest.fixture
def press(session, tools):
    return Actions(drawing_actions(session, tools, Actions())).press


def drag(tools, gesture, *places, shift=False):
    for phase, place in [("down", places[0]), *(("drag", place) for place in places[1:]), ("up", places[-1])]:
        tools.touch(Touch(gesture, phase, np.array(place, dtype=float), shift))


def test_a_path_is_dragged_and_comes_back_in_one_step(session, tools):
    before = session.state
    tools.take("move")
    drag(tools, 1, (0.2, -0.5), (0.3, -0.4), (0.4, -0.3))
    np.testing.assert_allclose(session.state.paths["c2"].values, [[-0.3, -0.3], [0.7, -0.3]], atol=1e-6)
    assert session.document.selected == "c2"
    session.undo()
    assert session.state is before


def test_a_corner_is_dragged_alone(session, tools):
    tools.take("move")
    drag(tools, 1, (0.01, 0.51), (0.1, 0.9))
    np.testing.assert_allclose(session.state.paths["c1"].values, [[-0.5, 0], [0.1, 0.9], [0.5, 0]], atol=1e-6)


def test_nothing_is_dragged_where_nothing_is(session, tools):
    before = session.state
    tools.take("move")
    drag(tools, 1, (-0.9, 0.9), (0.0, 0.0))
    assert session.state is before


def test_a_path_that_is_undone_under_the_hand_is_let_go(session, tools):
    tools.take("move")
    tools.touch(Touch(1, "down", np.array([0.2, -0.5])))
    session.undo()
    tools.touch(Touch(1, "drag", np.array([0.3, -0.4])))
    assert "c2" not in session.state.paths


def test_rubbing_is_one_step_and_leaves_the_longest_piece_its_sound(session, tools):
    before = session.state
    tools.take("erase")
    drag(tools, 7, (0.2, -0.5), (0.25, -0.5), (0.3, -0.5))
    path = session.state.paths["c2"].values
    assert path[0].tolist() == [-0.5, -0.5] and path[-1, 0] < 0.11 and len(session.state.drawings) == 3
    session.undo()
    assert session.state is before


def test_a_line_is_made_corner_by_corner(session, tools, press):
    session.document.select("c3")
    tools.take("line")
    for place in ((0.0, 0.0), (0.5, 0.5), (0.5, 0.9)):
        drag(tools, 1, place)
    assert len(tools.begun) == 3 and "c3" not in session.state.paths
    drag(tools, 2, (0.505, 0.9))  # a click on the last corner
    np.testing.assert_allclose(session.state.paths["c3"].values, [[0, 0], [0.5, 0.5], [0.5, 0.9]], atol=1e-6)
    before = session.state
    drag(tools, 3, (0.0, 0.0))
    assert press("Escape") and not len(tools.begun) and session.state is before
    drag(tools, 4, (0.0, 0.0))
    drag(tools, 5, (0.3, 0.0))
    assert press("Enter") and len(session.state.paths["c3"]) == 2


def test_keys_edit_the_selected_path(session, tools, press):
    session.document.select("c2")
    press("r")
    assert session.state.paths["c2"].values[0].tolist() == [0.5, -0.5]
    press("[")
    turned = session.state.paths["c2"].values
    assert np.degrees(np.arctan2(*(turned[0] - turned[1])[::-1])) == pytest.approx(15.0, abs=0.01)
    press("]")
    press("+")
    assert session.state.paths["c2"].length == pytest.approx(1.1, abs=1e-5)
    press("x")
    assert session.state.drawing_of("c2").muted
    press("x")
    press("d")
    assert [d.clip for d in session.state.drawings.values()] == ["c1", "c2", None]
    press("Delete")
    assert "c2" not in session.state.paths
    for _ in range(8):
        assert press("Ctrl+z")
    assert session.state.paths["c2"].values.tolist() == [[-0.5, -0.5], [0.5, -0.5]]
    press("Ctrl+Shift+z")
    assert session.state.paths["c2"].values[0].tolist() == [0.5, -0.5]


def test_a_path_without_a_sound_is_given_to_one(session, tools, press):
    session.document.select("c1")
    press("d")
    copy = list(session.state.drawings)[-1]
    tools.take("move")
    drag(tools, 1, (0.1, 0.6), (0.1, 0.6))  # on the copy's corner, 0.1 off the original's
    assert tools.selection.touched == copy
    session.document.select("c3")
    assert press("g")
    assert session.state.drawings[copy].clip == "c3"


def test_what_stands_for_nothing_says_so(session, tools, press):
    before = session.state
    assert not press("q") and not press("Ctrl+a")
    tools.selection.clear()
    for letter in (letter for _, letter, _ in TOOLS.values()):
        assert press(letter)
    session.document.select("c3")
    with pytest.raises(ValueError, match="no path"):
        press("r")
    with pytest.raises(ValueError, match="the tools are"):
        tools.take("chisel")
    assert session.state is before


def pen(*places, shift=False):
    table = np.array(places, dtype=float)
    return Stroke(1, table, np.arange(len(table)) / 240, np.full(len(table), 0.5), np.zeros_like(table), shift)


def test_a_stroke_is_smoothed_and_its_ink_kept_as_one_step(session, tools, press):
    session.document.select("c3")
    before, along = session.state, np.linspace(-0.9, 0.9, 1000)
    # A wiggle half as long as the wavelength of smoothing, a fiftieth of the plane: the spline passes 1 / (1 + 2⁴).
    shaky = np.stack([along, 0.0005 * np.sin(2 * np.pi * along / 0.02)], axis=1)
    tools.stroke(pen(*shaky))
    assert ui.flush()
    drawing = session.state.drawing_of("c3")
    assert np.abs(drawing.path.values[300:700, 1]).max() == pytest.approx(0.0005 / 17, rel=0.2)
    np.testing.assert_allclose(drawing.raw.values, shaky, atol=1e-6)
    np.testing.assert_allclose(drawing.path.times, np.arange(1000) / 240)
    assert (drawing.path.pressures == 0.5).all()
    session.document.select("c3")
    press("s")  # the raw stroke again
    np.testing.assert_allclose(session.state.paths["c3"].values, shaky, atol=1e-6)
    session.undo()
    session.undo()
    assert session.state is before


def test_a_pen_s_line_has_no_corners_to_drag(session, tools):
    session.document.select("c3")
    tools.stroke(pen((-0.5, 0.9), (0.0, 0.9), (0.5, 0.9)))
    tools.take("move")
    drag(tools, 1, (0.0, 0.9), (0.0, 0.8))  # on a sample: all of it goes
    np.testing.assert_allclose(session.state.paths["c3"].values, [[-0.5, 0.8], [0.0, 0.8], [0.5, 0.8]], atol=1e-6)


def test_several_paths_are_boxed_moved_scaled_turned_and_let_go(session, tools):
    tools.take("move")
    drag(tools, 1, (-0.9, 0.9), (0.0, 0.0), (0.9, -0.9))
    assert tools.selection.ids == ("p1", "p2") and len(tools.overlay.frame) == 4
    before = {key: d.path.values.copy() for key, d in session.state.drawings.items()}
    drag(tools, 2, (0.2, -0.5), (0.3, -0.4))
    for key, values in before.items():
        np.testing.assert_allclose(session.state.drawings[key].path.values, values + 0.1, atol=1e-6)
    session.undo()
    frame = tools.overlay.frame
    drag(
        tools, 3, frame[2], frame[2] + [0.5, 0.5], frame[2] + [1.0, 1.0]
    )  # its bounds are a unit square: twice as large
    for key, values in before.items():
        expected = (values - [-0.5, -0.5]) * 2 + [-0.5, -0.5]
        np.testing.assert_allclose(session.state.drawings[key].path.values, expected, atol=1e-5)
    session.undo()
    turner = tools.overlay.turner
    drag(tools, 4, turner, (-5.0, 0.0))  # a quarter to the left about (0, 0)
    for key, values in before.items():
        expected = np.stack([-values[:, 1], values[:, 0]], axis=1)
        np.testing.assert_allclose(session.state.drawings[key].path.values, expected, atol=1e-5)
    session.undo()
    drag(tools, 5, (-0.9, 0.9))
    assert not tools.selection.ids and session.state.drawings["p1"].path.values.tolist() == before["p1"].tolist()


def test_shift_takes_a_second_path_and_two_are_joined(session, tools, press):
    tools.take("move")
    drag(tools, 1, (0.2, -0.5))
    with pytest.raises(ValueError, match="two paths are joined"):
        press("j")
    drag(tools, 2, (0.2, 0.3), shift=True)
    assert tools.selection.ids == ("p2", "p1")
    assert press("j")
    assert list(session.state.drawings) == ["p2"] and len(session.state.paths["c2"]) == 5
    session.undo()
    drag(tools, 3, (0.2, 0.3), shift=True)
    assert tools.selection.ids in (("p2",), ())


def test_the_knife_cuts_where_it_touches(session, tools):
    tools.take("cut")
    with pytest.raises(ValueError, match="no path under the knife"):
        drag(tools, 1, (-0.9, 0.9))
    drag(tools, 2, (0.25, -0.51))
    assert session.state.paths["c2"].length == pytest.approx(0.75) and len(session.state.drawings) == 3


def test_a_curve_is_pulled_and_its_handles_stay_editable(session, tools, press):
    session.document.select("c3")
    tools.take("curve")
    drag(tools, 1, (-0.5, 0.0), (-0.5, 0.3), (-0.5, 0.4))
    drag(tools, 2, (0.5, 0.0), (0.5, -0.4))
    assert len(tools.overlay.levers) == 4 and len(tools.begun) == 33
    assert press("Enter")
    drawing = session.state.drawing_of("c3")
    np.testing.assert_allclose(drawing.bezier.anchors, [[-0.5, 0], [0.5, 0]])
    np.testing.assert_allclose(drawing.bezier.handles[0], [[-0.5, -0.4], [-0.5, 0.4]])
    middle = drawing.path.values[16]  # of a cubic: (a + 3b + 3c + d) / 8
    np.testing.assert_allclose(middle, [0.0, 3 * (0.4 + 0.4) / 8], atol=1e-6)
    session.document.select("c3")
    tools.take("move")
    drag(tools, 3, (-0.5, 0.0))
    drag(tools, 4, (-0.5, 0.4), (-0.2, 0.4))  # a handle
    np.testing.assert_allclose(session.state.drawing_of("c3").bezier.handles[0, 1], [-0.2, 0.4])
    drag(tools, 5, (0.5, 0.0), (0.6, 0.0))  # an anchor
    np.testing.assert_allclose(session.state.paths["c3"].values[-1], [0.6, 0.0], atol=1e-6)
    session.undo()
    session.undo()
    assert session.state.drawing_of("c3") is drawing


def test_a_line_goes_on_at_either_end(session, tools, press):
    session.document.select("c2")
    assert press("w")
    tools.stroke(pen((0.5, -0.5), (0.5, -0.9)))
    assert session.state.paths["c2"].values[-1].tolist() == pytest.approx([0.5, -0.9])
    tools.stroke(pen((-0.5, -0.49), (-0.9, -0.9), shift=True))  # begun at the start with Shift held
    np.testing.assert_allclose(session.state.paths["c2"].values[0], [-0.9, -0.9])
    assert session.state.paths["c2"].length > 1.9 and "c3" not in session.state.paths


def test_paths_snap_to_the_grid(session, tools, press):
    session.document.apply(path_commands.move, ["p2"], [0.03, 0.04])
    session.document.select("c2")
    assert press("n")
    np.testing.assert_allclose(np.asarray(session.state.paths["c2"].values) % 0.125, 0, atol=1e-6)
