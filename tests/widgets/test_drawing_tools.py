"""The drawing tools, without a page: gestures and keys in, undoable edits out."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.session.session import Session
from terrain_widgets.widgets._drawing_tools import KEYS, TOOLS, DrawingTools
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
    drawn = []
    tools = DrawingTools(session, drawn.append)
    tools.lines = drawn
    return tools


def drag(tools, gesture, *places):
    tools.drag(gesture, "down", np.array(places[0]))
    for place in places[1:]:
        tools.drag(gesture, "drag", np.array(place))
    tools.drag(gesture, "up", np.array(places[-1]))


def test_a_path_is_dragged_and_comes_back_in_one_step(session, tools):
    before = session.state
    tools.take("move")
    drag(tools, 1, (0.2, -0.5), (0.3, -0.4), (0.4, -0.3))
    np.testing.assert_allclose(session.state.paths["c2"].values, [[-0.3, -0.3], [0.7, -0.3]], atol=1e-6)
    assert session.selected == "c2"
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
    tools.drag(1, "down", np.array([0.2, -0.5]))
    session.undo()
    tools.drag(1, "drag", np.array([0.3, -0.4]))
    assert "c2" not in session.state.paths


def test_rubbing_is_one_step_and_leaves_the_longest_piece_its_sound(session, tools):
    before = session.state
    tools.take("erase")
    drag(tools, 7, (0.2, -0.5), (0.25, -0.5), (0.3, -0.5))
    path = session.state.paths["c2"].values
    assert path[0].tolist() == [-0.5, -0.5] and path[-1, 0] < 0.11 and len(session.state.drawings) == 3
    session.undo()
    assert session.state is before


def test_a_line_is_made_corner_by_corner(session, tools):
    tools.take("line")
    for place in ((0.0, 0.0), (0.5, 0.5), (0.5, 0.9)):
        drag(tools, 1, place)
    assert len(tools.corners) == 3 and not tools.lines
    drag(tools, 2, (0.505, 0.9))  # a click on the last corner
    assert tools.lines[0].tolist() == [[0, 0], [0.5, 0.5], [0.5, 0.9]] and not tools.corners
    drag(tools, 3, (0.0, 0.0))
    assert tools.key("Escape", False, False) and not tools.corners
    drag(tools, 4, (0.0, 0.0))
    drag(tools, 5, (0.3, 0.0))
    assert tools.key("Enter", False, False) and len(tools.lines) == 2


def test_keys_edit_the_selected_path(session, tools):
    session.select("c2")
    tools.key("r", False, False)
    assert session.state.paths["c2"].values[0].tolist() == [0.5, -0.5]
    tools.key("[", False, False)
    turned = session.state.paths["c2"].values
    assert np.degrees(np.arctan2(*(turned[0] - turned[1])[::-1])) == pytest.approx(15.0, abs=0.01)
    tools.key("]", False, False)
    tools.key("+", False, False)
    assert session.state.paths["c2"].length == pytest.approx(1.1, abs=1e-5)
    tools.key("x", False, False)
    assert session.state.drawing_of("c2").muted
    tools.key("x", False, False)
    tools.key("d", False, False)
    assert [d.clip for d in session.state.drawings.values()] == ["c1", "c2", None]
    tools.key("Delete", False, False)
    assert "c2" not in session.state.paths
    for _ in range(8):
        assert tools.key("z", True, False)
    assert session.state.paths["c2"].values.tolist() == [[-0.5, -0.5], [0.5, -0.5]]
    tools.key("Z", True, True)
    assert session.state.paths["c2"].values[0].tolist() == [0.5, -0.5]


def test_a_path_without_a_sound_is_given_to_one(session, tools):
    session.select("c1")
    tools.key("d", False, False)
    copy = list(session.state.drawings)[-1]
    tools.take("move")
    drag(tools, 1, (0.1, 0.6), (0.1, 0.6))  # on the copy's corner, 0.1 off the original's
    assert tools.touched == copy
    session.select("c3")
    assert tools.key("g", False, False)
    assert session.state.drawings[copy].clip == "c3"


def test_what_stands_for_nothing_says_so(session, tools):
    before = session.state
    assert not tools.key("q", False, False) and not tools.key("a", True, False)
    for letter in (letter for _, letter, _ in TOOLS.values()):
        assert tools.key(letter, False, False)
    session.select("c3")
    with pytest.raises(ValueError, match="no path"):
        tools.key("r", False, False)
    with pytest.raises(ValueError, match="the tools are"):
        tools.take("chisel")
    assert session.state is before and KEYS
