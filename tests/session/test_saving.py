"""A session as a file, and back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.session_file import SessionFileError, read_session, write_session
from terrain_widgets.session.session import Session
from tests.session.doubles import tones

LINE = [[-0.5, 0.0], [0.5, 0.2]]


def ids(session):
    return [clip.id for clip in session.state.clips]


def test_save_and_load(tmp_path):
    # A double has no recipe to be found by, so here the file's codec is replaced by the bundled one's own latents.
    real = Session(sounds=tones(2))
    clip_ids = ids(real)
    random = np.random.default_rng(0)
    for clip_id in clip_ids:
        real.sounds.set_latents(clip_id, LatentTrajectory(random.normal(size=(30, 8)), real.codec.info.frame_rate))
    real.arrange()
    real.train(seconds=None, epochs=10, wait=True)
    real.save(tmp_path / "a.zip")
    again = Session.load(tmp_path / "a.zip")
    assert [c.name for c in again.state.clips] == [c.name for c in real.state.clips]
    for old, new in zip(clip_ids, ids(again), strict=True):
        assert (again.state.paths[new].values == real.state.paths[old].values).all()
        assert (again.latents[new].values == real.latents[old].values).all()
        sounds = again.state.clip(new).sound, real.state.clip(old).sound
        assert np.abs(sounds[0].audio - sounds[1].audio).max() < 1e-6
    x = real.training.dataset.coordinates
    assert (again.stage.sources.shown(x) == real.stage.sources.shown(x)).all() and not again.document.can_undo
    walk = x[::4]
    assert np.abs(again.render(walk) - real.render(walk)).max() < 1e-6
    real.close()
    again.close()


def test_a_session_file_keeps_its_codecs_recipe_and_older_files_open_without_one(tmp_path):
    session = Session(sounds=tones(1))
    session.save(tmp_path / "a.zip")
    content = read_session(tmp_path / "a.zip")
    assert content.codec["loader"] == "pebble" and content.codec["digest"] == session.codec.recipe.digest
    for old in ({"source": "pebble", "digest": content.codec["digest"]}, {}):
        write_session(tmp_path / "old.zip", replace(content, codec=old))
        again = Session.load(tmp_path / "old.zip")
        assert again.codec.recipe == session.codec.recipe
        again.close()
    write_session(tmp_path / "other.zip", replace(content, codec={"source": "pebble", "digest": "00"}))
    with pytest.raises(SessionFileError, match="another version of the codec “pebble”"):
        Session.load(tmp_path / "other.zip")
    write_session(tmp_path / "none.zip", replace(content, codec={"source": 7}))
    with pytest.raises(SessionFileError, match="codec cannot be told"):
        Session.load(tmp_path / "none.zip")
    session.close()


def test_a_removed_sound_stays_out_of_files_and_counts(tmp_path):
    session = Session(sounds=tones(2))
    for clip_id in ids(session):
        session.sounds.set_latents(clip_id, np.ones((4, 8)))
    session.document.remove_sound("c1")
    assert len(session.sounds.encoded) == 1 and "c1" in session.latents  # remembered for undo
    session.save(tmp_path / "a.zip")
    again = Session.load(tmp_path / "a.zip")
    assert [clip.name for clip in again.state.clips] == ["tone 1"] and len(again.sounds.encoded) == 1
    session.close()
    again.close()


def test_loud_sounds_are_saved_as_they_are(tmp_path):
    from terrain_widgets.io.sound_files import Sound

    loud = Sound("loud", np.array([[0.0, 2.5, -1.5]], np.float32), 8000)
    many = Sound("many", np.zeros((9, 50), np.float32), 8000)
    session = Session(sounds=[loud, many])
    session.save(tmp_path / "a.zip")
    again = Session.load(tmp_path / "a.zip")
    assert (again.state.clips[0].sound.audio == loud.audio).all()
    assert again.state.clips[1].sound.audio.shape == (9, 50)
    session.close()
    again.close()


def test_a_saved_session_keeps_every_path_and_point(tmp_path):
    from terrain_widgets.session.document import commands, path_commands, point_commands

    session = Session(sounds=tones(2))
    session.document.remove_sound("c1")
    session.draw("c2", LINE)
    session.document.apply(commands.set_rule, ["p1"], "nn.terrain", 0.3)
    session.document.apply(path_commands.duplicate, ["p1"], [0.0, 0.5])
    session.document.apply(commands.label, "p2", "loose")
    session.document.apply(point_commands.place_point, [0.1, 0.2], np.ones(8), "bright")
    session.save(tmp_path / "a.zip")
    again = Session.load(tmp_path / "a.zip")
    assert list(again.state.paths) == ["c2"]  # ids are kept: takes and patches name them
    assert again.state.drawings["p1"].rule == "nn.terrain" and again.state.drawings["p2"].label == "loose"
    assert [p.label for p in again.state.points] == ["bright"] and not again.document.can_undo
    session.close()
    again.close()
