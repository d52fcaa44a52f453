"""Opening a saved session in place of another, and saving by itself."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
import weakref

import numpy as np
import pytest

from terrain_widgets.io.autosaves import KEPT, autosave_folder, autosaves, new_autosave, prune
from terrain_widgets.io.session_file import SessionFileError
from terrain_widgets.session.files.autosave import Autosave
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas
from tests.session.doubles import tones


def until(condition, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    session = Session(sounds=tones(), boundary=(-2.0, 1.0, 2.0, -1.0), seed=5)
    session.encode(wait=True)
    session.arrange()
    session.train(seconds=None, epochs=30, wait=True)
    path = tmp_path_factory.mktemp("saved") / "one.zip"
    session.save(path)
    walk = np.linspace([-1.0, -0.5], [1.0, 0.5], 12)
    yield session, path, walk, session.render(walk)
    session.close()


def test_an_opened_session_takes_the_place_of_another(trained):
    saved, path, walk, sound = trained
    session = Session(sounds=tones()[:1])
    session.draw("c1", [[0, 0], [1, 1]])
    session.open(path)
    assert [clip.name for clip in session.state.clips] == [clip.name for clip in saved.state.clips]
    assert (
        session.document.boundary == saved.document.boundary
        and session.document.seed == 5
        and not session.document.can_undo
    )
    np.testing.assert_allclose(session.render(walk), sound, atol=1e-6)
    clip = session.add_sound(tones()[0])
    assert len({c.id for c in session.state.clips}) == len(session.state.clips) and clip.id in str(session.state.clips)
    session.undo()
    session.train(seconds=None, epochs=5, wait=True)
    session.close()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and no more", b"{}"])
def test_what_cannot_be_read_leaves_all_as_it_was(trained, tmp_path, content):
    bad = tmp_path / "bad.zip"
    bad.write_bytes(content)
    session = Session(sounds=tones()[:1])
    session.draw("c1", [[0, 0], [1, 1]])
    state, latents = session.state, session.latents
    with pytest.raises(SessionFileError):
        session.open(bad)
    assert session.state is state and session.latents is latents and session.document.can_undo
    session.close()


def test_a_drawing_is_saved_by_itself_and_bundled_sounds_are_not(tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    session = Session(sounds=tones())
    autosave = Autosave(session.files, seconds=0.1)
    autosave.start()
    session.encode(wait=True)
    time.sleep(0.5)
    assert not autosave.path.exists()
    session.draw("c1", [[0, 0], [1, 1]])
    assert until(autosave.path.exists)
    session.draw("c2", [[0, 0], [1, -1]])
    autosave.stop()
    assert set(Session.load(autosave.path).state.paths) == {"c1", "c2"}
    later = Autosave(session.files)
    assert later.earlier == autosave.path and not later.on
    session.close()


def test_a_terrain_that_is_only_trained_further_is_saved(trained, tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    session = Session.load(trained[1])
    autosave = Autosave(session.files, seconds=0.1)
    autosave.start()
    session.train(seconds=None, epochs=3, wait=True)
    autosave.stop()
    walk = trained[2]
    np.testing.assert_allclose(Session.load(autosave.path).render(walk), session.render(walk), atol=1e-6)
    session.close()


def test_a_session_that_is_never_left_alone_is_saved_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    session = Session(sounds=tones())
    autosave = Autosave(session.files, seconds=0.2)
    autosave.start()
    y = iter(np.linspace(0, 1, 10_000))

    def drawn_and_saved():
        session.draw("c1", [[0, 0], [1, next(y)]])
        return autosave.path.exists()

    assert until(drawn_and_saved)
    autosave.stop()
    session.close()


def test_a_kernel_that_ends_just_after_a_stroke_has_saved_it(tmp_path):
    work = (
        "session = Session(); session.files.autosave.start(); session.draw(session.state.clips[0].id, [[0, 0], [1, 1]])"
    )
    code = f"from terrain_widgets.session.session import Session\n{work}"
    named = {**os.environ, "TERRAIN_WIDGETS_AUTOSAVE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=named, check=True, timeout=60)
    (saved,) = tmp_path.glob("*.terrain.zip")
    assert len(Session.load(saved).state.paths) == 1


def test_a_full_disk_is_told_and_ends_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    session = Session(sounds=tones())
    autosave = Autosave(session.files, seconds=0.05)
    autosave.start()
    monkeypatch.setattr(session.files, "save", lambda path: (_ for _ in ()).throw(OSError("no space left")))
    session.draw("c1", [[0, 0], [1, 1]])
    assert until(lambda: "no space left" in autosave.problem)
    monkeypatch.undo()
    session.draw("c1", [[0, 0], [1, 0]])
    assert until(lambda: autosave.problem == "") and autosave.path.exists()
    autosave.stop()
    session.close()


def test_a_forgotten_session_is_not_kept_alive():
    session = Session(sounds=tones())
    autosave, seen = session.files.autosave, weakref.ref(session)
    autosave.start()
    session.close()
    del session
    gc.collect()
    assert seen() is None and not autosave.on


def test_only_the_newest_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    assert new_autosave().parent == autosave_folder() == tmp_path
    assert new_autosave() != new_autosave()  # two sessions of one second
    for k in range(KEPT + 3):
        (tmp_path / f"{k}.terrain.zip").write_bytes(b"")
        time.sleep(0.01)
    prune()
    assert len(autosaves()) == KEPT and autosaves()[0].name == f"{KEPT + 2}.terrain.zip"


def test_any_view_turns_saving_on_and_a_script_s_session_is_not_saved_unasked(tmp_path, monkeypatch):
    monkeypatch.setenv("TERRAIN_WIDGETS_AUTOSAVE", str(tmp_path))
    session = Session(sounds=tones())
    session.draw("c1", [[0, 0], [1, 1]])
    assert not session.files.autosave.on
    canvas = DrawingCanvas(session)
    assert session.files.autosave.on
    session.draw("c2", [[0, 0], [1, 1]])
    canvas.close()
    session.close()
    assert not session.files.autosave.on
    assert set(Session.load(session.files.autosave.path).state.paths) == {"c1", "c2"}
