"""Exploring: the map plays, attributes are absolute, ways sound by themselves, and all of it is undone and kept."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.audio.assets import SoundAsset, unpack_asset
from terrain_widgets.core.exploration.endless_walk import Walker
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.io.sound_files import sounds as bundled
from terrain_widgets.process.worker import WorkCancelled
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


@pytest.fixture(scope="module")
def pebble():
    made = Session(codec="pebble", sounds=bundled()[:6])
    made.encode(wait=True)
    with_hands(made)
    yield made
    made.close()


# --- the map


def test_a_map_of_sounds_frames_grains_or_random_latents_is_made_with_progress(session):
    told = []
    session.jobs.observe(lambda change: told.append(change["new"]), names="status")
    for of, count in (("sounds", 4), ("frames", sum(map(len, session.latents.values()))), ("random", 50)):
        session.explore.map.make(of, count=50, wait=True)
        made = session.explore.map.now
        assert len(made) == count and made.places.min() >= 0 and made.places.max() <= 1
        assert set(made.measured) == {"loudness", "brightness", "noisiness", "pitch", "roughness"}
    session.explore.map.make("grains", wait=True)
    grains = session.explore.map.now
    assert 4 <= len(grains) and [int(grains.frames[grains.group == k].sum()) for k in range(4)] == [
        len(session.latents[clip.id]) for clip in session.state.clips
    ]
    assert told[0].kind == "map" and told[-1].state == "done"
    assert session.explore.map.now.name_of(0).startswith("tone 0")


def test_the_map_plays_snapped_and_blended_and_each_change_is_undone(session):
    explore, sources = session.explore, session.stage.sources
    with pytest.raises(ValueError, match="no map of sounds yet"):
        explore.map.play()
    explore.map.make(wait=True)
    explore.map.play()
    places = np.stack([explore.map.place(n) for n in range(4)])
    latents = explore.map.now.latents
    assert sources.source == "map" and np.allclose(sources.playing.mapping(places), latents)
    between = places[:2].mean(axis=0, keepdims=True)
    blended = sources.playing.mapping(between)
    session.stage.map.snap()
    assert session.stage.map.neighbours == 1
    assert (sources.playing.mapping(between)[0] == latents).all(axis=1).any() and (blended != latents).any()
    session.undo()
    assert (sources.playing.mapping(between) == blended).all()
    assert explore.map.nearest(places[2] + 0.01) == 2
    session.undo()
    assert explore.map.now is None and sources.latest("map") is None
    session.redo()
    assert len(explore.map.now) == 4


def test_a_map_that_is_cancelled_leaves_the_old_one(session):
    session.explore.map.make(wait=True)
    old = session.explore.map.now
    session.jobs.observe(lambda _change: session.jobs.cancel(), names="status")
    session.explore.map.make("frames", wait=True)
    assert session.explore.map.now is old and session.jobs.status.state == "cancelled"


def test_a_terrain_is_made_of_it_every_frame_at_its_own_place(session):
    session.explore.map.make("frames", wait=True)
    session.explore.map.draw_paths()
    made = session.explore.map.now
    for number, clip in enumerate(session.state.clips):
        drawing = session.state.drawing_of(clip.id)
        assert drawing.rule is PairingRule.SPEED
        pair = session.training.dataset.pairs[number]
        wanted = made.on(session.document.boundary)[made.group == number]
        assert np.allclose(pair.spatial.values, wanted, atol=1e-4)
        assert np.allclose(pair.latent.values, session.latents[clip.id].values)
    session.undo()
    assert not session.state.paths
    session.explore.map.make("sounds", wait=True)
    session.explore.map.draw_paths()
    assert len(session.state.paths) == 4
    session.explore.map.make("random", count=10, wait=True)
    with pytest.raises(ValueError, match="no sounds in the session"):
        session.explore.map.draw_paths()


def test_a_point_is_taken_out_of_the_map_as_a_path_or_as_a_labelled_point(session):
    explore, document = session.explore, session.document
    explore.map.make("frames", wait=True)
    found = explore.map.now
    point = int(np.flatnonzero(found.group == 2)[3])
    before = document.state
    clip_id = explore.points.to_drawing(point, (0.25, -0.5))
    drawing = session.state.drawing_of(clip_id)
    assert clip_id == session.state.clips[2].id and drawing.rule is PairingRule.SPEED
    shape = found.on(document.boundary)[found.group == 2]
    assert np.allclose(drawing.path.values[3], (0.25, -0.5), atol=1e-6)
    assert np.allclose(np.diff(drawing.path.values, axis=0), np.diff(shape, axis=0), atol=1e-6)
    session.undo()
    assert session.state == before
    explore.map.make("sounds", wait=True)
    clip_id = explore.points.to_drawing(1, (0.95, 0.95))
    values = session.state.drawing_of(clip_id).path.values
    assert clip_id == session.state.clips[1].id and values.min() > 0.3 and values.max() <= 1.0, "near, and on the plane"
    label = explore.points.to_point(3)
    placed = next(p for p in session.state.points if p.id == label)
    assert np.allclose(placed.control, explore.map.place(3)) and placed.label == "tone 3"
    assert np.allclose(placed.latent, explore.map.now.latents[3])
    explore.map.make("random", count=5, wait=True)
    latents = explore.map.now.latents[4]
    clip_id = explore.points.to_drawing(4)
    assert session.state.clips[-1].name == "random 5" and np.allclose(session.latents[clip_id].values, latents)
    assert session.state.drawing_of(clip_id) is not None
    sounds = len(session.state.clips)
    assert explore.points.to_drawing(4) == clip_id and len(session.state.clips) == sounds, "it is one sound"
    before = session.state
    explore.points.to_drawing(2)
    assert len(session.state.clips) == sounds + 1
    session.undo()
    assert session.state == before, "the sound and its path are one step of undo"


def test_a_point_whose_sound_has_gone_is_drawn_as_that_point_alone(session):
    session.explore.map.make("frames", wait=True)
    found = session.explore.map.now
    session.document.remove_sound(session.state.clips[2].id)
    clip_id = session.explore.points.to_drawing(int(np.flatnonzero(found.group == 2)[3]))
    assert session.state.drawing_of(clip_id).path.times is None


def test_where_a_sound_is_found(pebble):
    explore = pebble.explore
    explore.map.make("sounds", wait=True)
    explore.map.play()
    for number, clip in enumerate(pebble.state.clips[:3]):
        assert explore.like(explore.map.now.latents[number])[0][0] == number
        found = explore.find(explore.map.now.latents[number])
        assert np.abs(found.ranked[0].place - explore.map.place(number)).max() < 0.1
        assert explore.find(clip.id) is explore.found is explore.on_map.places
    terrain = ConstantMapping(2, np.zeros(pebble.codec.info.latent_dim))
    pebble.stage.sources.publish("terrain", terrain)
    pebble.stage.sources.select("terrain")
    pebble.explore.map.make("frames", wait=True)
    assert explore.on_map is None, "what was found was of another map"
    found = explore.find(pebble.state.clips[2].id, most=3)  # on the stage, and on the map that does not play
    alike = explore.on_map.sounds
    assert found.searched is terrain and explore.on_map.places.searched is not terrain
    assert alike[0].distance < 1e-6 and explore.map.now.group[alike[0].point] == 2
    assert len({explore.map.now.group[sound.point] for sound in alike}) == len(alike) == 3, "each sound once"
    explore.forget()
    assert explore.found is None and explore.on_map is None
    assert explore.map.audio(0)[1] == pebble.state.clips[0].sound.sample_rate


def test_a_sound_of_another_file_is_reconstructed_by_codec_and_map_and_goes_on_from_there(pebble):
    explore = pebble.explore
    explore.map.make("frames", wait=True)
    explore.map.play()
    other = bundled()[7]
    explore.reconstruction.make(other, wait=True)
    made = explore.reconstruction.now
    assert made.followed.places.shape == (len(made.latents), 2) and set(made.codecs) == {"pebble", "brook", "mosaic"}
    assert 0.1 < made.errors["codec"] < made.errors["terrain"] < 20 and made.codecs["mosaic"] < made.codecs["pebble"]
    # what the map plays at those places is what was decoded
    there = pebble.stage.sources.shown(made.followed.places)
    np.testing.assert_allclose(there, made.followed.latents, atol=1e-4)
    before = len(pebble.state.clips)
    clip_id = explore.reconstruction.to_drawing()
    assert len(pebble.state.clips) == before + 1 and len(pebble.latents[clip_id]) == len(made.latents)
    drawn = pebble.state.drawing_of(clip_id).path
    assert np.allclose(drawn.values[[0, -1]], made.followed.places[[0, -1]])
    explore.reconstruction.to_sliders()
    assert np.allclose(pebble.stage.sliders.now.values, np.clip(made.latents.mean(axis=0), -3, 3))
    point = explore.reconstruction.to_point()
    assert any(p.id == point and p.label == other.name for p in pebble.state.points)
    pebble.document.remove_sound(clip_id)


def test_what_is_found_is_hottest_at_the_best_place(pebble):
    pebble.explore.map.make("sounds", wait=True)
    pebble.explore.map.play()
    found = pebble.explore.find(pebble.state.clips[0].id)
    assert found.nearness.shape == (64, 64) and found.nearness.min() == 0.0 and found.nearness.max() == 1.0
    row, column = np.unravel_index(found.nearness.argmax(), found.nearness.shape)
    unit = pebble.document.boundary.to_unit(found.ranked[0].place[None])[0]
    assert np.allclose(unit, [(column + 0.5) / 64, (row + 0.5) / 64], atol=1e-6)


# --- attributes


def test_amounts_are_absolute_leave_the_offset_alone_and_are_undone(session):
    bank, document = session.explore.attributes, session.document
    session.stage.shape(offset=[0.5, 0.0, 0.0])
    bank.define("x", [[1, 0, 0]], [[0, 0, 0]])
    bank.define("y", ["c1"], [np.array([0.0, 0.0, 0.0])])
    direction = bank.now["y"].direction
    bank.set("x", 2.0)
    bank.set("x", 3.0)
    bank.set("y", -1.0)
    assert np.allclose(document.patch["latents.offset"], [3.5, 0, 0] - direction, atol=1e-6)
    assert bank.amounts == {"x": 3.0, "y": -1.0}
    bank.remove("y")
    assert np.allclose(document.patch["latents.offset"], [3.5, 0, 0], atol=1e-6)
    bank.define("x", [[0, 1, 0]], [[0, 0, 0]])  # another direction: as much of it
    assert np.allclose(document.patch["latents.offset"], [0.5, 3, 0], atol=1e-6)
    session.undo()
    session.undo()
    assert bank.amounts == {"x": 3.0, "y": -1.0}
    assert np.allclose(document.patch["latents.offset"], [3.5, 0, 0] - direction, atol=1e-6)
    bank.set("x", 0)
    bank.set("y", 0)
    assert np.allclose(document.patch["latents.offset"], [0.5, 0, 0], atol=1e-6)
    assert bank.read([1, 0, 0])["x"] == 1.0
    for act, error in ((lambda: bank.set("z", 1), KeyError), (lambda: bank.set("x", 11), ValueError)):
        with pytest.raises(error):
            act()
    for name in ("", "a.b"):
        with pytest.raises(ValueError, match="without a dot"):
            bank.define(name, [[1, 0, 0]], [[0, 0, 0]])


def test_measured_attributes_of_a_codec_say_how_well_they_predict(pebble):
    bank = pebble.explore.attributes
    bank.measure(wait=True)
    loud = bank.now["loudness"]
    assert loud.r2 > 0.5 and loud.steers == 1.0 and set(bank.now) >= {"loudness", "brightness", "noisiness", "pitch"}
    # more of it is louder, heard
    frames = np.concatenate([trajectory.values for trajectory in pebble.latents.values()])
    start = np.repeat(np.median(frames, axis=0)[None], 40, axis=0)
    levels = [np.sqrt(np.mean(pebble.codec.decode(start + amount * loud.direction) ** 2)) for amount in (-1, 0, 1)]
    assert levels[0] < levels[1] < levels[2]


# --- ways


def test_a_way_sounds_by_itself_and_the_hand_can_steer_it(session):
    ways, stage = session.explore.ways, session.stage
    name = ways.morph(["c1", [1, 2, 3], ("c2", 0)], seconds=1.0)
    way = ways.now[name]
    assert name == "morph 1" and len(way) == 80
    assert np.allclose(way[0], session.latents["c1"].values.mean(axis=0)) and np.allclose(
        way[-1], session.latents["c2"].values[0]
    )
    ways.play(name)
    assert stage.patch["clip.sound"] == name and stage.patch["clip.modes"] == "keep"
    assert (stage.setup.assets[f"sounds/{name}"].latents == way).all()
    ways.play(name, steered=True)
    assert stage.patch["clip.modes"] == "add"
    ways.remove(name)
    assert stage.patch["clip.sound"] == "" and not ways.now
    session.undo()
    assert name in ways.now and stage.patch["clip.sound"] == name
    stepped = ways.morph([[0, 0, 0], [1, 1, 1]], steps=5)
    assert len(ways.now[stepped]) == 5 * 20
    for act in (lambda: ways.morph([[0, 0, 0]]), lambda: ways.morph([[0, 0, 0]] * 2, steps=2), lambda: ways.at([1])):
        with pytest.raises(ValueError):
            act()
    with pytest.raises(KeyError, match="no way"):
        ways.play("morph 9")


def test_what_plays_of_a_way_is_the_codec_s_sound_of_it(pebble, tmp_path):
    ways, one, two = pebble.explore.ways, pebble.state.clips[0].id, pebble.state.clips[1].id
    name = ways.morph([one, two], seconds=0.5)
    alone = pebble.explore.ways.render(name)
    ways.save(name, tmp_path / "morph.wav")
    assert (tmp_path / "morph.wav").stat().st_size > 2 * alone.shape[1]
    with pytest.raises(WorkCancelled):
        ways.save_all(tmp_path / "all.zip", cancelled=lambda: True)
    assert [file.name for file in tmp_path.iterdir()] == ["morph.wav"], "no half of a zip file"
    clip = ways.add_as_sound(name)
    assert (pebble.latents[clip.id].values == ways.now[name]).all()
    pebble.undo()
    # heard, with noise of its own
    pebble.explore.map.make(wait=True)
    pebble.explore.map.play()
    ways.play(name, loop=False)
    heard = pebble.stage.render(0.5)
    middle = slice(4000, 20000)
    part, own = heard[0, middle], alone[0, middle]
    assert np.corrcoef(part, own)[0, 1] > 0.95
    pebble.stage.clip.stop()


def test_a_walk_begins_where_it_should_and_stays_near_the_sounds(session):
    ways = session.explore.ways
    frames = np.concatenate([latent.values for latent in session.latents.values()])
    name = ways.walk("c1", seconds=3.0, within="range", step=1.0)
    way = ways.now[name]
    assert len(way) == 240 and np.allclose(way[0], session.latents["c1"].values.mean(axis=0), atol=1e-5)
    assert (way >= frames.min(axis=0) - 1e-5).all() and (way <= frames.max(axis=0) + 1e-5).all()
    one, same = (ways.walk("c1", seconds=3.0, within="nothing", seed=4) for _ in range(2))
    assert one != same and (ways.now[one] == ways.now[same]).all()
    some = ways.variations("c1", 0.5)
    assert some.shape == (9, 3) and np.allclose(some[4], way[0], atol=1e-5)


# --- presets and files


def test_a_walk_without_end_is_made_by_what_plays_it(session):
    ways, rate = session.explore.ways, session.codec.info.frame_rate
    first = session.state.clips[0].id
    name = ways.walk(first, seconds=None, seed=1, within="reach")
    same = ways.walk(first, seconds=20.0, seed=1, within="reach")
    assert np.allclose(ways.table(name, 20.0), ways.now[same], atol=1e-6)
    ways.play(name)
    walk = session.stage.setup.assets[f"sounds/{name}"].walk
    far, minutes = Walker(walk), round(11 * 60 * rate)
    passed = far.frames(minutes, 200)
    assert np.abs(np.diff(passed, axis=0)).max() > 0 and not np.allclose(passed[0], ways.now[same][0])
    there = unpack_asset(SoundAsset.kind, *session.stage.setup.assets[f"sounds/{name}"].pack())
    assert np.allclose(Walker(there.walk).frames(0, 500), ways.table(name, 20.0)[:500])
    clip = ways.add_as_sound(name, 2.0)
    assert len(session.latents[clip.id]) == round(2 * rate)


def test_a_grid_passes_what_spans_it(session):
    ways = session.explore.ways
    first, second, third = (clip.id for clip in session.state.clips[:3])
    name = ways.grid(first, second, third, side=3, every=0.25)
    grid = ways.now[name]
    every = round(0.25 * session.codec.info.frame_rate)
    assert np.allclose(grid[4 * every], ways.at(first), atol=1e-6)
    assert np.allclose(grid[3 * every], ways.at(second), atol=1e-6)
    assert np.allclose(grid[7 * every], ways.at(third), atol=1e-6)
