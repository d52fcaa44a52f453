"""One undo: what is drawn and what is set of how it plays are steps of one history, each once."""

import numpy as np
import pytest

from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands

LINE = [[-0.5, 0.0], [0.0, 0.4], [0.5, 0.0]]


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones(2))
    made.encode(wait=True)
    yield made
    made.close()


def print_of(session):
    patch = {address: value for address, value in session.document.patch.values.items()}
    paths = {key: path.values.tolist() for key, path in session.state.paths.items()}
    return patch, paths, [point.label for point in session.state.points]


def test_strokes_shaping_playheads_sliders_and_points_are_undone_in_turn_and_redone(session):
    stage = session.stage
    session.draw("c1", LINE)
    session.draw("c2", LINE)
    session.train(seconds=None, epochs=3, wait=True)
    with_hands(session)
    session.document.forget_history()
    edits = [
        lambda: session.draw("c1", np.multiply(LINE, 0.5)),
        lambda: stage.shape(scale=0.8),
        lambda: stage.playheads.play("c1"),
        lambda: stage.sliders.move(0, 2.0),
        lambda: stage.points.place((0.1, 0.1), [1, 2, 3], "a"),
        lambda: stage.clip.mix(0.25),
        lambda: stage.stylus.choose("gain"),
        lambda: session.document.erase("c2"),
    ]
    before = [print_of(session)]
    for edit in edits:
        edit()
        before.append(print_of(session))
    for wanted in reversed(before[:-1]):
        session.undo()
        assert print_of(session) == wanted
    assert not session.document.can_undo
    for wanted in before[1:]:
        session.redo()
        assert print_of(session) == wanted


def test_shaping_changes_only_what_is_named(session):
    stage = session.stage
    stage.shape(scale=0.8, limits=(-2.0, 2.0))
    stage.shape(slew=20.0)
    assert stage.latents.scale == pytest.approx(np.full(3, 0.8)) and stage.latents.slew == 20.0
    assert stage.latents.low.tolist() == [-2.0] * 3
    stage.shape(offset=0.1)
    assert stage.patch["latents.scale"] == 0.8 and stage.patch["latents.slew"] == 20.0
    stage.reset_shape()
    assert stage.latents.scale.tolist() == [1.0] * 3 and np.isinf(stage.latents.slew)


def test_a_stroke_drawn_erased_and_undone_before_and_after_a_reload_are_three_steps(session):
    """A page that is loaded anew counts its gestures from a later number: they never fold into those before."""
    document = session.document
    for began in (1000.0, 9000.0):  # performance.timeOrigin of the page
        document.forget_history()
        document.draw("c1", LINE, f"stroke {began}")
        document.draw("c1", np.multiply(LINE, 0.5), f"stroke {began + 1}")
        document.erase("c1")
        document.undo()
        assert len(document.state.paths["c1"]) == 3 and document.state.paths["c1"].values[0, 0] == -0.25
        document.undo()
        assert document.state.paths["c1"].values[0, 0] == -0.5
        document.undo()
        assert "c1" not in document.state.paths and not document.can_undo
