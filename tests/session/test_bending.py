"""Bending in a session: undo, session file, take, another codec, and strangers' files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.audio.assets import WEIGHTS
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.bend import Bend, model_hash
from terrain_widgets.core.bending.edits import Curve, Flip, Noise, Scale
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.bending.bending import BendFileError
from tests.session.doubles import LevelCodec, tones

LAST, FIRST = "net.9.weight", "net.0.weight"


@pytest.fixture
def session():
    made = Session(codec=PebbleCodec(), sounds=tones(1))
    yield made
    made.close()


def sent(session: Session) -> dict[str, np.ndarray]:
    """What an engine would be given."""
    asset = session.stage.setup.assets.get(WEIGHTS)
    return {} if asset is None else dict(asset.weights)


def test_every_edit_is_a_step_of_undo_and_reaches_the_engine(session: Session) -> None:
    bending = session.stage.bending
    own = bending.layers
    bending.add(LAST, Flip())
    bending.add(FIRST, "scale", factor=2.0)
    assert (sent(session)[LAST] == -own[LAST]).all() and (sent(session)[FIRST] == 2 * own[FIRST]).all()
    bending.switch(0, False)
    assert set(sent(session)) == {FIRST}
    session.undo()
    session.undo()
    assert set(sent(session)) == {LAST}
    session.undo()
    assert sent(session) == {} and bending.bend == Bend()
    session.redo()
    assert (sent(session)[LAST] == -own[LAST]).all()
    bending.clear()
    assert sent(session) == {} and (bending.weights(LAST) == own[LAST]).all()


def test_a_slider_that_moves_is_one_edit_and_one_step_of_undo(session: Session) -> None:
    bending = session.stage.bending
    bending.add(LAST, Flip())
    for factor in (0.9, 0.7, 0.5):
        bending.replace_last(LAST, Scale(factor), "bend scale")
    assert [type(step.edit) for step in bending.bend.steps] == [Flip, Scale] and bending.bend.steps[-1].edit == Scale(
        0.5
    )
    session.undo()
    assert len(bending.bend.steps) == 1


def test_amount_and_edits_are_in_a_session_file(session: Session, tmp_path: Path) -> None:
    session.stage.bending.add(LAST, Curve((-1.0, 0.0, 2.0)))
    session.stage.bending.set_amount(0.25)
    session.save(tmp_path / "bent.zip")
    opened = Session.load(tmp_path / "bent.zip")
    try:
        assert opened.stage.bending.bend == session.stage.bending.bend and opened.stage.bending.amount == 0.25
        assert model_hash(sent(opened)) == model_hash(sent(session))
    finally:
        opened.close()


def test_another_codec_begins_with_its_own_weights(session: Session) -> None:
    session.stage.bending.add(LAST, Flip())
    session.sounds.use_loaded(LevelCodec(), "level")
    assert session.stage.bending.bend == Bend() and sent(session) == {}
    with pytest.raises(ValueError, match="has no weights that could be bent"):
        session.stage.bending.add(LAST, Flip())


def test_its_file_comes_back_and_one_for_other_weights_is_refused(session: Session, tmp_path: Path) -> None:
    bending = session.stage.bending
    bending.add(LAST, Noise(0.5, 3))
    bending.save(tmp_path / "a.json")
    bend = bending.bend
    bending.clear()
    bending.load(tmp_path / "a.json")
    assert bending.bend == bend
    content = json.loads((tmp_path / "a.json").read_text())
    for change, said in (
        ({"model": "0" * 64}, "was made for other weights"),
        ({"steps": [{"layer": "none", "edit": {"kind": "flip"}}]}, "no layer 'none'"),
        ({"format": "x"}, "no bend of this program"),
    ):
        (tmp_path / "b.json").write_text(json.dumps({**content, **change}))
        with pytest.raises(BendFileError, match=said):
            bending.load(tmp_path / "b.json")
    (tmp_path / "b.json").write_text((tmp_path / "a.json").read_text()[:-40])
    with pytest.raises(BendFileError, match="is no bend, or it is damaged"):
        bending.load(tmp_path / "b.json")
    assert bending.bend == bend


def test_there_is_something_to_see_of_each_layer(session: Session) -> None:
    bending = session.stage.bending
    bending.add(LAST, Scale(0.5))
    own, bent = bending.statistics(LAST)
    assert bent.deviation == pytest.approx(own.deviation / 2, rel=1e-4) and own.shape == (708, 256)
    limit, before, after = bending.histograms(LAST)
    assert before.sum() == after.sum() == 708 * 256 and limit == pytest.approx(max(abs(own.low), abs(own.high)))
