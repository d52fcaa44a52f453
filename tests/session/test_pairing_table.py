"""The pairing table says what will be trained and played, before and after encoding."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.core.paths.fixed_spacing import fixed_spacing
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.pairing_table import paired, pairing_table
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands


@pytest.fixture
def session():
    session = Session(codec=LevelCodec(), sounds=tones())
    yield session
    session.close()


def test_frames_are_counted_as_the_formula_has_it_and_stay_after_encoding(session):
    before = [row.progress.required for row in pairing_table(session.sounds)]
    assert before == [20, 30, 40]  # ⌈ms · rate / 1000 / ratio⌉ of 0.25, 0.375 and 0.5 s at 8000 Hz and a ratio of 100
    session.encode(wait=True)
    assert [row.progress.required for row in pairing_table(session.sounds)] == before
    assert all(row.drawing is None and not row.progress.complete for row in pairing_table(session.sounds))


def test_a_row_tells_its_path_and_what_is_lost(session):
    session.draw("c1", [[0, 0], [1.0, 0]])
    session.document.apply(commands.label, "p1", "bell")
    session.document.apply(commands.colour, ["p1"], "#ff0000")
    row = pairing_table(session.sounds)[0]
    assert (row.drawing, row.label, row.colour, row.warnings) == ("p1", "bell", "#ff0000", ())
    assert row.progress.complete and row.progress.to_draw == 0
    session.document.apply(commands.set_rule, ["p1"], "nn.terrain", 0.1)
    row = pairing_table(session.sounds)[0]
    sent = len(fixed_spacing([[0, 0], [1.0, 0]], 0.1))
    assert (row.progress.drawn, row.progress.to_draw) == (sent, 20 - sent)
    assert f"the last {20 - sent} are left out" in row.warnings[0]
    session.encode(wait=True)
    assert session.training.dataset.warnings == (
        f"“bell”: {row.warnings[0]}",
    )  # the table and the training say the same


def test_a_path_without_length_is_a_sentence_in_the_table(session):
    session.document.apply(commands.add_drawing, SpatialTrajectory([[0.5, 0.5]]), "c1")
    assert "no length" in pairing_table(session.sounds)[0].warnings[0]


def test_a_pair_before_encoding_is_the_pair_after_it(session):
    times = [0.0, 0.1, 0.4]
    session.draw("c2", SpatialTrajectory([[0, 0], [1, 0], [1, 1]], times))
    session.document.apply(commands.set_rule, ["p1"], "speed")
    before = paired(session.sounds, session.state.drawings["p1"]).spatial.values
    session.encode(wait=True)
    assert (session.training.dataset.pairs[0].spatial.values == before).all()
    # The pen needed 0.1 s for the first of two equal stretches and 0.3 s for the second.
    np.testing.assert_allclose(before[:, 0].searchsorted(1.0), 30 / 4, atol=1)


def test_playheads_follow_the_pairing_rule_and_not_what_is_muted(session):
    with_hands(session)
    session.encode(wait=True)
    session.draw("c2", SpatialTrajectory([[0, 0], [1, 0], [1, 1]], [0.0, 0.1, 0.4]))
    session.train(seconds=None, epochs=1, wait=True)
    playheads = session.stage.playheads
    playheads.play("c2")
    even = playheads.now["c2"].path
    np.testing.assert_allclose(np.linalg.norm(np.diff(even, axis=0), axis=1)[:10], 2 / 29, atol=1e-6)
    session.document.apply(commands.set_rule, ["p1"], "speed")
    assert (playheads.now["c2"].path == session.training.dataset.pairs[0].spatial.values).all()
    assert not np.allclose(playheads.now["c2"].path, even, atol=0.05)
    session.document.apply(commands.label, "p1", "other")  # changes nothing that plays
    playing = playheads.now["c2"]
    session.document.apply(commands.colour, ["p1"], "red")
    assert playheads.now["c2"] is playing
    session.document.apply(commands.mute, ["p1"])
    assert playheads.now == {}
    with pytest.raises(ValueError, match="muted"):
        playheads.play("c2")


def test_sounds_exchange_their_paths_so_that_nobody_loses_one(session):
    session.draw("c1", [[0, 0], [1, 0]])
    session.draw("c2", [[0, 0], [0, 1]])
    session.document.apply(commands.assign, "c1", "p2")
    assert (session.state.drawing_of("c1").id, session.state.drawing_of("c2").id) == ("p2", "p1")
    session.document.apply(commands.assign, "c3", "p1")  # has none to give
    assert session.state.drawing_of("c3").id == "p1" and session.state.drawing_of("c2") is None
    session.document.apply(commands.assign, "c3", "")
    assert session.state.drawings["p1"].clip is None
