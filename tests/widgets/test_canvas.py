"""The drawing canvas without a page: views, tasks, the pairing table and the picture that is saved."""

from __future__ import annotations

import base64
import io
from unittest.mock import patch

import nbformat
import numpy as np
import pytest
from ipycanvas import Canvas
from nbconvert import HTMLExporter
from PIL import Image

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.stylus import StylusMapping
from terrain_widgets.session.document import commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas
from terrain_widgets.widgets.panels.drawing.pairing_panel import PairingPanel
from terrain_widgets.widgets.plane.layers import Layers
from terrain_widgets.widgets.plane.terrain_view import TerrainLayers
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session():
    session = Session(codec=LevelCodec(), sounds=tones())
    yield session
    session.close()


@pytest.fixture
def canvas(session):
    made = DrawingCanvas(session)
    yield made
    made.close()


def send(canvas, **content):
    buffers = content.pop("buffers", [])
    canvas.plane.sheet._receive(canvas.plane.sheet, content, buffers)
    assert ui.flush()


def rest(pictures=3):
    for _ in range(pictures):
        assert ui.flush()


# --- zoom and pan


@pytest.mark.parametrize("home", [Boundary(), Boundary(-16, -4, 16, 4)])
def test_zoom_keeps_what_is_under_the_pointer_and_pan_carries_it(home):
    at, by = np.array([0.3, 0.8]), np.array([0.1, -0.2])
    closer = home.zoomed(2.5, at)
    np.testing.assert_allclose(closer.from_unit(at), home.from_unit(at), atol=1e-12)
    assert (closer.right - closer.left) == pytest.approx((home.right - home.left) / 2.5)
    assert (closer.bottom - closer.top) == pytest.approx((home.bottom - home.top) / 2.5)
    np.testing.assert_allclose(closer.zoomed(0.4, at).as_tuple(), home.as_tuple(), atol=1e-12)
    moved = closer.moved(by)
    np.testing.assert_allclose(moved.from_unit(at + by), closer.from_unit(at), atol=1e-12)
    with pytest.raises(ValueError, match="factor above 0"):
        home.zoomed(0.0)


def test_a_stroke_lands_where_it_was_seen_even_if_the_view_has_changed_since(session, canvas):
    send(canvas, type="view", factor=2.0, x=0.5, y=0.5, dx=0.25, dy=0.0)
    assert canvas.plane.view.as_tuple() == (-0.75, 0.5, 0.25, -0.5) and canvas.plane.sheet.view == [
        -0.75,
        0.5,
        0.25,
        -0.5,
    ]
    points = np.array([[0.0, 0.0, 0.5, 0, 10, 20], [1.0, 1.0, 0.7, 8, 11, 21]], dtype="<f4").tobytes()
    send(canvas, type="stroke", stroke=1, columns=6, buffers=[points])
    np.testing.assert_allclose(session.state.paths["c1"].values, [[-0.75, 0.5], [0.25, -0.5]])
    np.testing.assert_allclose(canvas.strokes[-1].tilts, [[10, 20], [11, 21]])
    np.testing.assert_allclose(session.state.paths["c1"].pressures, [0.5, 0.7])
    assert session.state.paths["c1"].times.tolist() == pytest.approx([0, 0.008])
    send(canvas, type="stroke", stroke=2, columns=6, view=[-1, 1, 1, -1], buffers=[points])  # drawn before the zoom
    np.testing.assert_allclose(session.state.paths["c2"].values, [[-1, 1], [1, -1]])
    send(canvas, type="key", key="0")
    assert canvas.plane.view == session.document.boundary


def test_fit_shows_what_lies_beyond_the_edge_and_zoom_has_ends(session, canvas):
    session.draw("c1", [[0, 0], [5, 0]])
    rest()
    canvas.plane.fit()
    low, high = canvas.plane.view.to_unit([[-1, -1], [5, 0]]), canvas.plane.view.to_unit([[1, 1]])
    assert (np.concatenate([low, high]) > 0).all() and (np.concatenate([low, high]) < 1).all()
    for _ in range(200):
        canvas.plane.look_closer(2.0)
    rest()
    assert 0 < abs(canvas.plane.view.right - canvas.plane.view.left) < 0.01
    for nonsense in ({"factor": 0}, {"factor": float("nan")}, {"factor": 2, "x": float("inf")}, {}):
        before = canvas.plane.view
        send(canvas, type="view", **nonsense)
        assert canvas.plane.view == before


# --- tasks


def test_pressure_goes_where_it_is_sent():
    place = (0.25, -0.5)
    coordinates, gain = StylusMapping("gain")(place, 0.3)
    assert coordinates.tolist() == [0.25, -0.5] and gain == 0.3
    coordinates, gain = StylusMapping("nothing")(place, 0.3, 3)
    assert coordinates.tolist() == [0.25, -0.5, 0.0] and gain == 1.0
    coordinates, gain = StylusMapping(2, -2.0, 2.0)(place, 0.75, 3)
    assert coordinates.tolist() == [0.25, -0.5, 1.0] and gain == 1.0
    assert StylusMapping(0, 0.0, 8.0)(place, 2.0)[0].tolist() == [8.0, -0.5]
    for wrong in ("loud", -1, 0.5):
        with pytest.raises(ValueError, match="pressure goes to"):
            StylusMapping(wrong)


def test_the_stylus_plays_by_pressure_and_a_mouse_at_full_level(session, canvas, monkeypatch):
    moves = []
    send(canvas, type="move", x=0.5, y=0.5, pressure=0.5, on=True)
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=2, wait=True)
    monkeypatch.setattr(session.sound, "move", lambda place, on, gain, **_how: moves.append((list(place), on, gain)))
    canvas.take_task("stylus")
    assert canvas.plane.sheet.tool == "play" and not canvas.plane.sheet.hover
    send(canvas, type="move", x=0.75, y=0.5, pressure=0.25, on=True, device="pen", tilt=[10, 0])
    send(canvas, type="move", x=0.75, y=0.5, pressure=0.5, on=True, device="mouse")
    assert moves == [([0.5, 0.0], True, 0.25), ([0.5, 0.0], True, 1.0)]
    canvas.play._pressure.value = 1
    send(canvas, type="move", x=0.75, y=0.5, pressure=0.25, on=True, device="pen")
    assert moves[-1] == ([0.5, -0.5], True, 1.0)  # a quarter of the way from the bottom to the top
    canvas.take_task("play")
    assert canvas.plane.sheet.hover and canvas.session.stage.stylus.mapping.pressure_to == "nothing"
    canvas.take_task("dataset")
    assert moves[-1][1] is False and canvas.plane.sheet.tool == "draw"
    with pytest.raises(ValueError, match="the tasks are"):
        canvas.take_task("sleep")


def test_quick_clicks_on_tools_and_tasks_come_to_rest(canvas):
    for name in ("line", "move", "draw", "erase"):
        canvas._tool.value = name
    for task in ("play", "dataset", "stylus"):
        canvas._task.value = task
    rest()
    assert (canvas._tools.tool, canvas._tool.value) == ("erase", "erase")
    assert (canvas.play.task, canvas._task.value) == ("stylus", "stylus")
    for task in ("play", "dataset"):
        canvas.take_task(task)
    rest()
    assert canvas._task.value == "dataset" and canvas.plane.sheet.tool == "drag"


# --- pairs


def test_every_edit_of_the_table_is_undoable_and_nonsense_is_said(session):
    session.draw("c1", [[0, 0], [1, 0]])
    session.draw("c2", [[0, 0], [0, 1]])
    panel, start = PairingPanel(session), session.state
    edits = [
        ("pair", "p2"),
        ("rule", "speed"),
        ("density", 0.2),
        ("muted", True),
        ("label", " bell "),
        ("colour", "#12ab34"),
    ]
    for what, value in edits:
        panel.pairs.table._receive(None, {"clip": "c1", "what": what, "value": value}, [])
    rest()
    drawing = session.state.drawing_of("c1")
    assert (drawing.id, drawing.rule, drawing.density, drawing.muted, drawing.label, drawing.colour) == (
        "p2", "speed", 0.2, True, "bell", "#12ab34",
    )  # fmt: skip
    row = panel.pairs.table.rows[0]
    assert (row["drawing"], row["rule"], row["muted"], row["colour"]) == ("p2", "speed", True, "#12ab34")
    panel.pairs.table._receive(None, {"clip": "c3", "what": "exchange", "value": "c1"}, [])
    rest()
    assert session.state.drawing_of("c3").id == "p2" and "2 of 3" in panel.pairs.summary.value
    for _ in range(len(edits) + 1):
        session.undo()
    assert session.state is start
    wrong_edits = [("c1", "rule", "guess"), ("c9", "select", ""), ("c1", "colour", "url(x)"), ("c3", "muted", 1)]
    for clip, what, value in wrong_edits:
        wrong = {"clip": clip, "what": what, "value": value}
        panel.pairs.table._receive(None, wrong, [])
        rest()
        assert panel._notice.value and session.state is start
    for strange in ("no dict", {"clip": 3, "what": "muted"}, {"clip": "c1", "what": "density", "value": None}):
        panel.pairs.table._receive(None, strange, [])
    rest()
    assert session.state is start
    panel.close()


def test_a_sound_is_dropped_on_a_path(session, canvas):
    session.draw("c1", [[-0.5, 0], [0.5, 0]])
    send(canvas, type="drop", what="c2", x=0.5, y=0.51)
    assert session.state.drawing_of("c2").id == "p1"
    send(canvas, type="drop", what="c3", x=0.1, y=0.1)
    rest()
    assert "drop it on a line" in canvas._notice.value and session.state.drawing_of("c3") is None
    send(canvas, type="drop", what="nobody", x=0.5, y=0.5)
    rest()
    assert "nobody" in canvas._notice.value


def test_what_is_to_draw_is_shown_while_a_line_is_made(session, canvas):
    session.draw("c1", [[0, 0], [1, 0]])
    session.document.apply(commands.set_rule, ["p1"], "nn.terrain", 0.1)
    session.document.select("c1")
    rest()
    assert canvas.plane.sheet.budget == {"frames": 20, "rule": "nn.terrain", "density": 0.1}
    send(canvas, type="key", key="l")
    for x in (0.1, 0.35):
        for phase in ("down", "up"):
            send(canvas, type="drag", gesture=1, phase=phase, x=x, y=0.5)
    rest()
    # 0.5 control units at 0.1 are six points, and fourteen more segments' worth of line are missing.
    assert "20 frames needed, 6 drawn, 14 to draw" in canvas._hint.value


# --- pictures


def test_the_picture_shows_every_path_in_its_colour_where_it_lies(session, canvas):
    session.draw("c1", [[-0.8, 0.5], [0.8, 0.5]])
    session.draw("c2", [[-0.8, -0.5], [0.8, -0.5]])
    session.document.apply(commands.colour, ["p1"], "#ff0000")
    session.document.apply(commands.colour, ["p2"], "#00ff00")
    picture = np.asarray(Image.open(io.BytesIO(canvas.still_picture())).convert("RGB")).astype(int)
    side = len(picture)
    assert picture[side // 4, side // 2].tolist() == [255, 0, 0]
    assert picture[3 * side // 4, side // 2].tolist() == [0, 255, 0]


def test_a_saved_notebook_shows_a_picture_where_there_is_no_kernel(session, canvas):
    session.draw("c1", [[-0.8, 0.5], [0.8, 0.5]])
    data = canvas._repr_mimebundle_()
    data = data[0] if isinstance(data, tuple) else data
    assert "application/vnd.jupyter.widget-view+json" in data
    output = nbformat.v4.new_output("display_data", data=data)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("canvas", outputs=[output])])
    page, _ = HTMLExporter(template_name="basic").from_notebook_node(notebook)
    assert data["image/png"] in page.replace("\n", "")
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == (480, 480)


def test_the_picture_beneath_is_kept_up_to_date_at_rest(session, canvas, monkeypatch):
    canvas._still.close()
    canvas._keep_still()
    first = canvas.plane.still.value
    session.draw("c1", [[-0.8, 0.5], [0.8, 0.5]])
    canvas._keep_still()
    assert canvas.plane.still.value != first and canvas.plane.still.layout.visibility == "visible"


def test_no_canvas_is_closed_that_a_page_which_is_late_may_still_draw_from() -> None:
    """A single command that fails, and ipycanvas draws nothing in that page any more."""
    layers, plane = Layers(100), Boundary()
    with patch.object(Canvas, "close") as closed:
        for cells in (48, 128, 48, 256, 128):  # coarse while something trains, then finer and finer
            picture = np.zeros((cells, cells, 4), np.uint8)
            layers.draw_terrain(TerrainLayers(picture, None, (), None, ""), plane, plane, 1.0)
    assert not closed.called
