"""Exploring: what is kept travels in files, to LatentAudio and back, and with the session."""

from __future__ import annotations

import json

import numpy as np
import pytest

from terrain_widgets.audio.takes.render import render
from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.io.sound_files import sounds as bundled
from terrain_widgets.session.document import exploration_commands
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=tones(4))
    made.encode(wait=True)
    with_hands(made)
    yield made
    made.close()


def test_presets_are_found_recalled_and_travel_to_latent_audio_and_back(session, tmp_path):
    shelf = session.explore.presets
    session.stage.sliders.take([0.1, -0.2, 3.0])
    shelf.keep("warm", description="like wood", tags=["soft", "low"])
    shelf.keep("cold", [1, 2, 3], tags=["hard"])
    assert [p.name for p in shelf.search("soft WOOD")] == ["warm"]
    shelf.recall("cold")
    assert session.stage.sliders.now.values.tolist() == [1, 2, 3]
    shelf.save(tmp_path / "presets.json")
    entry = json.loads((tmp_path / "presets.json").read_text())["warm"]
    assert set(entry) == {"name", "latent_vector", "description", "tags", "created_at"}
    kept = shelf.now["warm"]
    shelf.remove("warm")
    assert shelf.load(tmp_path / "presets.json") == 2 and (shelf.now["warm"].latent == kept.latent).all()
    assert shelf.now["warm"].tags == ("soft", "low") and shelf.now["warm"].created == kept.created
    for content in ("{}[", '{"a": 1}', '{"a": {"latent_vector": [1, "x"]}}', '{"a": {"latent_vector": []}}'):
        (tmp_path / "bad.json").write_text(content)
        with pytest.raises(ForeignFileError):
            shelf.load(tmp_path / "bad.json")
    (tmp_path / "other.json").write_text('{"a": {"latent_vector": [1, 2]}}')
    with pytest.raises(ValueError, match="2 latents"):
        shelf.load(tmp_path / "other.json")


def test_a_map_travels_to_latent_audio_and_back(session, tmp_path):
    session.explore.map.make("frames", wait=True)
    made = session.explore.map.now
    session.explore.map.save(tmp_path / "sound_map.json")
    content = json.loads((tmp_path / "sound_map.json").read_text())
    assert content["latent_dim"] == 3 and content["sample_rate"] == 8000
    assert min(p["x"] for p in content["points"]) == -1 and max(p["y"] for p in content["points"]) == 1
    session.explore.map.load(tmp_path / "sound_map.json")
    there = session.explore.map.now
    assert (there.latents == made.latents).all() and np.allclose(there.places, made.places, atol=1e-6)
    content["points"][0]["latent"] = [0.0]
    (tmp_path / "bad.json").write_text(json.dumps(content))
    with pytest.raises(ForeignFileError, match="point 0"):
        session.explore.map.load(tmp_path / "bad.json")
    assert session.explore.map.now is there


def test_all_of_it_is_in_the_session_file_and_another_codec_keeps_the_presets_only(tmp_path):
    session = Session(codec="pebble", sounds=bundled()[:3])
    session.encode(wait=True)
    with_hands(session)
    explore, one = session.explore, session.state.clips[0].id
    explore.map.make(wait=True)
    explore.map.play()
    session.stage.map.blend(3, 4.0)
    way = explore.ways.morph([one, session.state.clips[1].id], seconds=1.0)
    explore.ways.play(way)
    endless = explore.ways.walk(one, seconds=None)
    direction = np.eye(8, dtype=np.float32)[2]
    session.document.apply(exploration_commands.add_attributes, [Attribute("mine", direction, 0.5, 0.75)])
    explore.attributes.set("mine", 1.5)
    explore.presets.keep("p", np.arange(8) / 8, tags=["t"])
    session.save(tmp_path / "kept.zip")
    there = Session.load(tmp_path / "kept.zip")
    again, made = there.explore, explore.map.now
    assert (again.map.now.places == made.places).all() and again.map.now.ids == made.ids
    assert (again.map.now.measured["loudness"] == made.measured["loudness"]).all()
    assert there.stage.sources.source == "map" and there.stage.map.neighbours == 3
    assert (again.ways.table(endless, 9.0) == explore.ways.table(endless, 9.0)).all()
    assert (again.ways.now[way] == explore.ways.now[way]).all() and there.stage.patch["clip.sound"] == way
    assert again.attributes.amounts == {"mine": 1.5} and again.attributes.now["mine"].r2 == 0.5
    assert again.attributes.now["mine"].steers == 0.75
    assert again.presets.now["p"].tags == ("t",) and again.presets.now["p"].codec == "pebble"
    walk = np.stack([made.on(session.document.boundary)[k % len(made)] for k in range(8)])
    for one_session in (session, there):
        mapping = one_session.stage.sources.latest("map")
        sounds = render(mapping, one_session.codec, walk, latents=one_session.stage.latents)
        assert np.abs(sounds).max() > 0
    there.sounds.use_loaded(LevelCodec(), "level")
    assert again.map.now is None and not again.ways.now and not again.attributes.now and "p" in again.presets.now
    assert there.document.patch["latents.offset"] == 0 and there.stage.patch["clip.sound"] == ""
    session.close()
    there.close()
