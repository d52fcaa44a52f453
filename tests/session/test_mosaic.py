"""A session whose codec is made of its sounds: built when it begins, anew when they change, and kept in its file."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

import terrain_widgets as tw
from terrain_widgets.audio.hosts.process import ProcessHost
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.codecs.mosaic.codec import MosaicCodec
from terrain_widgets.interop.errors import ExportError
from terrain_widgets.io.sound_files import Sound, sounds
from terrain_widgets.session.notices.events import CodecRebuilt

RATE = 44100


def chosen(*names: str) -> list[Sound]:
    return [sound for sound in sounds() if sound.name in names]


def mosaic_of(session: tw.Session) -> MosaicCodec:
    assert isinstance(session.codec, MosaicCodec)
    return session.codec


def until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def session() -> tw.Session:
    session = tw.Session("mosaic", chosen("cello", "choir", "drums"))
    session.encode(wait=True)
    return session


def test_it_is_made_of_the_sessions_sounds(session: tw.Session) -> None:
    assert session.sounds.codec_name == "mosaic" and len(mosaic_of(session).corpus.hashes) == 3
    clip = session.state.clips[0]
    copy = session.codec.decode(session.latents[clip.id])[0, : clip.sound.audio.shape[1]]
    assert np.abs(copy - clip.sound.audio.mean(axis=0)).max() < 1e-3
    session.close()


def test_without_sounds_it_says_what_it_needs() -> None:
    with pytest.raises(tw.CodecError, match="made of sounds, and there are none; add a sound"):
        tw.Session("mosaic", sounds=[])


def test_a_similar_sound_that_is_added_changes_no_latents_and_no_terrain(session: tw.Session) -> None:
    session.arrange()
    session.train(seconds=None, epochs=3, wait=True)
    terrain, before = session.terrain, dict(session.latents)
    half = chosen("cello")[0]
    added = session.add_sound(Sound("again", half.audio[:, :RATE] * 0.8, half.sample_rate))
    session.encode(wait=True)
    assert session.terrain is terrain
    assert len(mosaic_of(session).corpus.hashes) == 4 and added.id in session.latents
    for clip_id, latent in before.items():
        assert session.latents[clip_id] is latent
    session.close()


def test_sounds_of_another_world_are_encoded_anew_and_paths_stay() -> None:
    session = tw.Session("mosaic", chosen("flute"))
    session.encode(wait=True)
    session.arrange()
    before, paths = session.latents["c1"], dict(session.state.paths)
    session.document.add_sounds(chosen("drums", "tabla", "musicbox", "cello", "choir"))
    session.encode(wait=True)
    assert np.abs(session.latents["c1"].values - before.values).max() > 0.1
    assert all(session.state.paths[key] is path for key, path in paths.items())
    assert len(session.sounds.encoded) == 6 and session.jobs.notices.newest["codec"] == CodecRebuilt(
        session.codec.info.name
    )
    session.close()


def test_a_removed_sound_leaves_the_mosaic_and_undo_brings_it_back(session: tw.Session) -> None:
    before = session.latents["c1"]
    session.document.remove_sound("c2")
    until(lambda: len(mosaic_of(session).corpus.hashes) == 2 and not session.jobs.busy)
    assert session.latents["c1"] is before
    session.undo()
    until(lambda: len(mosaic_of(session).corpus.hashes) == 3 and not session.jobs.busy)
    assert session.latents["c1"] is before
    session.close()


def test_a_session_file_holds_the_mosaic(session: tw.Session, tmp_path: Path) -> None:
    session.arrange()
    session.train(seconds=None, epochs=3, wait=True)
    session.save(tmp_path / "a.zip")
    again = tw.Session.load(tmp_path / "a.zip")
    assert mosaic_of(again).projection.space == mosaic_of(session).projection.space
    walk = np.linspace((-0.8, -0.5), (0.8, 0.5), 40)
    assert np.abs(again.render(walk) - session.render(walk)).max() < 1e-4
    again.close()
    session.close()


def test_another_process_has_it_by_its_recipe(session: tw.Session) -> None:
    recipe = session.codec.recipe
    assert recipe is not None and recipe.loader == "mosaic"
    same = tw.load_codec(recipe)
    latents = session.latents["c1"].values[:50]
    np.testing.assert_array_equal(same.decode(latents), session.codec.decode(latents))
    session.close()


def test_the_engine_plays_on_while_a_sound_is_removed_and_another_added_and_its_take_is_replayed(
    session: tw.Session, tmp_path: Path
) -> None:
    held = session.latents["c2"].values[100]  # of the choir
    for k, place in enumerate(((0, 0), (0.9, 0), (0, 0.9))):
        session.stage.points.place(place, held * (1 - 0.1 * k))
    session.stage.points.train("idw")
    session.stage.points.play()
    host = session.sound.start()
    assert isinstance(host, ProcessHost)
    until(lambda: host.status().ready)
    process = host.pid

    def listen(frames: int) -> None:
        until(lambda: host.read(RATE).size >= 0 and host.status().frames >= frames)

    session.sound.move((0.0, 0.0))
    listen(60)
    path = session.sound.record(tmp_path / "take")
    listen(30)
    session.document.remove_sound("c2")
    until(lambda: host.read(RATE).size >= 0 and len(mosaic_of(session).corpus.hashes) == 2 and not session.jobs.busy)
    listen(host.status().frames + 60)
    cello = chosen("cello")[0]
    session.add_sound(Sound("again", cello.audio[:, :RATE] * 0.8, cello.sample_rate))
    session.encode(wait=True)
    listen(host.status().frames + 60)
    session.sound.stop_recording()
    assert host is session.sound.engine and host.pid == process and host.status().message == ""
    sound, _ = soundfile.read(path, dtype="float32", always_2d=True)
    pieces = sound[RATE // 10 :, 0]
    pieces = np.abs(pieces[: len(pieces) // 1024 * 1024].reshape(-1, 1024)).max(axis=1)
    assert pieces.min() > 0.05 * pieces.max() > 0.001, "there is a gap in the sound"
    updates = [update.assets for _, update in read_take(path).updates]
    assert sum("codec" in assets for assets in updates) == 2
    np.testing.assert_allclose(session.stage.replay(path), sound.T, atol=1e-5)
    session.close()


def test_a_playhead_keeps_its_place_where_a_stereo_sound_has_the_engine_start_again(session: tw.Session) -> None:
    session.stage.points.place((0, 0), session.latents["c2"].values[100])
    session.stage.points.place((0.9, 0), session.latents["c2"].values[120])
    session.stage.points.place((0, 0.9), session.latents["c1"].values[100])
    session.stage.points.train("idw")
    session.stage.points.play()
    head = session.stage.playheads.play(np.linspace((0, 0), (0.9, 0), 4000))
    first = session.sound.engine
    assert isinstance(first, ProcessHost)
    until(lambda: first.read(RATE).size >= 0 and session.stage.playheads.places().get(head, 0.0) > 100.0)
    before = session.stage.playheads.places()[head]
    cello = chosen("cello")[0]
    session.add_sound(Sound("wide", np.stack([cello.audio[0], cello.audio[0, ::-1]]), cello.sample_rate))
    session.encode(wait=True)
    second = session.sound.engine
    assert isinstance(second, ProcessHost) and second is not first and second.channels == 2
    until(lambda: second.status().ready)
    until(lambda: second.read(RATE).size >= 0 and head in session.stage.playheads.places())
    assert before <= session.stage.playheads.places()[head] < 4000.0
    until(lambda: np.abs(second.read(RATE)).max(initial=0.0) > 1e-4)
    session.close()


def test_it_cannot_be_exported_for_nn_tilde_and_says_why(session: tw.Session, tmp_path: Path) -> None:
    session.arrange()
    session.train(seconds=None, epochs=1, wait=True)
    with pytest.raises(ExportError, match="made of the session's sounds"):
        session.export(tmp_path / "a.ts")
    session.close()
