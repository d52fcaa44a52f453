"""Clips as their user orders, names and cuts them; their latents follow, and undo brings both back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from terrain_widgets.io.session_file import read_session, write_session
from terrain_widgets.io.sound_files import SoundError, write_wav
from terrain_widgets.session.document import commands
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.plane_content import plane_content
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones())
    yield made
    made.close()


def names(session: Session) -> list[str]:
    return [clip.name for clip in session.state.clips]


def test_a_name_is_one_line_and_can_be_given_back(session):
    session.document.rename_sound("c1", "  a\n better  name ")
    assert names(session)[0] == "a better name"
    session.document.rename_sound("c1", "a better name")  # nothing to do, nothing to undo
    session.document.rename_sound("c1", "")
    assert names(session)[0] == "tone 0"
    session.undo()
    session.undo()
    assert names(session)[0] == "tone 0" and not session.document.can_undo


def test_clips_change_places_and_stop_at_the_ends(session):
    session.document.move_sound("c1", 1)
    assert names(session) == ["tone 1", "tone 0", "tone 2"]
    session.document.move_sound("c1", 99)
    assert names(session) == ["tone 1", "tone 2", "tone 0"]
    state = session.state
    session.document.move_sound("c1", 1)
    assert session.state is state
    session.undo()
    session.undo()
    assert names(session) == ["tone 0", "tone 1", "tone 2"]


def test_a_second_sound_of_a_name_gets_a_number(session):
    first, second = (session.add_sound(tones()[0]) for _ in range(2))
    assert (first.name, second.name) == ("tone 0 2", "tone 0 3")
    session.document.remove_sound(first.id)
    assert session.add_sound(tones()[0]).name == "tone 0 2"
    session.document.rename_sound(second.id, "tone 0")
    assert names(session).count("tone 0") == 2, "what a user calls a sound is the user's"


def test_a_sound_keeps_its_colour_when_others_go_move_or_come(session, tmp_path):
    def colours(of=session):
        return {clip.id: clip.colour for clip in of.state.clips}

    assert colours() == {"c1": 0, "c2": 1, "c3": 2}
    session.document.move_sound("c3", -2)
    session.document.remove_sound("c1")
    assert colours() == {"c2": 1, "c3": 2}
    session.add_sound(tones()[0], name="new")
    assert colours() == {"c2": 1, "c3": 2, "c4": 0}, "the least that is free"
    session.undo()
    session.undo()
    assert colours() == {"c1": 0, "c2": 1, "c3": 2}
    session.redo()
    session.arrange()
    drawn = {path["id"]: path["number"] for path in plane_content(session.state, session.document.boundary)["paths"]}
    assert drawn == {"c2": 1, "c3": 2}, "so has its path"
    write_session(tmp_path / "kept.tws", session.files.content())
    kept = read_session(tmp_path / "kept.tws")
    assert kept.colours == {"c3": 2, "c2": 1}
    again = Session(codec=LevelCodec(), sounds=[])
    again.files.fill(kept)
    assert colours(again) == {"c3": 2, "c2": 1}
    again.close()


def test_a_cut_clip_is_encoded_anew_alone_and_undo_brings_its_latents_back(session):
    session.encode(wait=True)
    before, codec = dict(session.latents), session.codec
    job = session.sounds.trim("c2", 0.1, 0.3)
    job.wait(10)
    assert codec.encoded == 4, "only the clip that was cut"
    clip = session.state.clip("c2")
    assert clip.sound.audio.shape == (1, 1600) and (clip.start, clip.end) == (0.1, pytest.approx(0.3))
    np.testing.assert_array_equal(clip.sound.audio, tones()[1].audio[:, 800:2400])
    assert len(session.latents["c2"]) == 16
    assert session.latents["c1"] is before["c1"] and session.latents["c3"] is before["c3"]
    cut = session.latents["c2"]
    session.undo()
    assert session.latents == before and session.latents["c2"] is before["c2"]
    session.redo()
    assert session.latents["c2"] is cut
    assert session.sounds.trim("c2") is None, "the whole sound's latents are remembered"
    assert session.latents["c2"] is before["c2"] and codec.encoded == 4
    session.sounds.trim("c2", 0.1, 0.3).wait(10)  # another cut, so another sound
    assert codec.encoded == 5


def test_latents_of_another_codec_do_not_come_back(session):
    session.encode(wait=True)
    session.sounds.trim("c1", 0.0, 0.1).wait(10)
    session.sounds.use_codec("pebble")
    session.undo()
    assert session.latents == {}


def test_a_clip_that_was_not_encoded_is_only_cut(session):
    assert session.sounds.trim("c1", 0.05, 0.2) is None
    assert session.latents == {} and session.codec.encoded == 0
    session.encode(wait=True, clip_ids=["c1"])
    assert list(session.latents) == ["c1"] and len(session.latents["c1"]) == 12


@pytest.mark.parametrize(("start", "end"), [(-0.1, 0.2), (0.1, 0.11), (0.2, 0.1), (0.0, 9.0), (float("nan"), 0.2)])
def test_a_part_outside_its_sound_is_refused(session, start, end):
    state = session.state
    with pytest.raises(ValueError, match="lasts 0.25 s.*choose a start and an end inside"):
        session.sounds.trim("c1", start, end)
    assert session.state is state


def test_a_cut_ends_where_the_sound_does(session):
    whole = session.state.clip("c1").sound
    state = commands.trim_clip(session.state, "c1", 0.1)
    assert state.clip("c1").sound.audio.shape[1] == whole.audio.shape[1] - 800
    assert commands.trim_clip(state, "c1", 0.1) is state
    assert commands.trim_clip(state, "c1").clip("c1").sound is whole


def test_name_part_and_order_are_saved(session, tmp_path: Path):
    session.codec.recipe = None
    session.document.rename_sound("c1", "first")
    session.sounds.trim("c1", 0.1, 0.2)
    session.document.move_sound("c1", 2)
    other = Session(codec="pebble", sounds=[])
    other.document.add_sounds(clip.sound for clip in session.state.clips)
    other.document.rename_sound("c3", "first")
    other.save(tmp_path / "a.zip")
    opened = Session.load(tmp_path / "a.zip")
    assert names(opened) == ["tone 1", "tone 2", "first"]
    assert opened.state.clips[2].sound.duration == pytest.approx(0.1)
    for made in (other, opened):
        made.close()


def test_files_folders_and_arrays_go_the_same_way(tmp_path: Path):
    session = Session(codec=LevelCodec(), sounds=[])
    tone = tones(1)[0]
    for name in ("b.wav", "a.WAV"):
        write_wav(tmp_path / name, tone.audio, tone.sample_rate)
    (tmp_path / "notes.txt").write_text("no sound")
    clips = session.document.add_sounds(tmp_path)
    assert [clip.name for clip in clips] == ["a", "b"] == names(session)
    session.undo()
    assert names(session) == [], "one step"
    session.document.add_sounds([tmp_path / "a.WAV", (tone.audio[0], 8000), (tone.audio, 8000), tone])
    assert names(session) == ["a", "array", "array 2", "tone 0"]
    assert len({clip.id for clip in session.state.clips}) == 4
    for clip in session.state.clips:
        np.testing.assert_allclose(clip.sound.audio, tone.audio, atol=1e-6)
    session.encode(wait=True)
    assert len(session.sounds.encoded) == 4
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    with pytest.raises(SoundError, match=r"2 sounds were added, 1 were not: bad could not be read as sound"):
        session.document.add_sounds(tmp_path)
    assert len(session.state.clips) == 6
    (tmp_path / "empty").mkdir()
    for place, reason in (("empty", "holds no sound file"), ("nowhere", "there is no folder")):
        with pytest.raises(SoundError, match=reason):
            session.document.add_sounds(tmp_path / place)
    with pytest.raises(SoundError, match="together with its sample rate"):
        session.add_sound((tone.audio,))
    session.close()
