"""The panel of exploring without a page: every button is a method, and nonsense from a page does nothing."""

from __future__ import annotations

import io
import time
import zipfile

import numpy as np
import pytest

from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.core.mapping import ConstantMapping
from terrain_widgets.io.sound_files import write_wav
from terrain_widgets.session.document import exploration_commands
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.files.by_path import written
from terrain_widgets.widgets.panels.drawing.drawing_canvas import DrawingCanvas
from terrain_widgets.widgets.panels.explore.explore_panel import ExplorePanel
from terrain_widgets.widgets.panels.points.points_panel import PointsPanel
from tests.protocol import assert_stated, example
from tests.session.doubles import LevelCodec, tones
from tests.session.hands import with_hands


@pytest.fixture
def panel():
    session = Session(codec=LevelCodec(), sounds=tones(4))
    session.encode(wait=True)
    made = ExplorePanel(session)
    yield made
    made.close()
    session.close()


def settle():
    assert ui.flush() and ui.flush() and ui.flush()


def press(button):
    button.click()
    settle()


def say(panel, **content):
    panel.canvas._receive(panel.canvas, content, [])
    settle()


def made(panel):
    panel.session.explore.map.make(panel._of.value, panel._by.value, wait=True)
    settle()


def test_the_map_is_shown_coloured_and_taken_back(panel):
    made(panel)
    places = np.frombuffer(panel.canvas.places, "<f4").reshape(-1, 2)
    assert np.allclose(places, [panel.session.explore.map.place(n) for n in range(4)])
    assert panel.canvas.names == ["tone 0", "tone 1", "tone 2", "tone 3"] and "4 points" in panel._state.value
    by_sound = (panel.canvas.palette, panel.canvas.shades)
    panel._colours.value = "loudness"
    settle()
    assert (panel.canvas.palette, panel.canvas.shades) != by_sound
    assert max(panel.canvas.shades) < len(panel.canvas.palette)
    panel.session.undo()
    settle()
    assert panel.canvas.places == b""


def test_hovering_plays_the_map_and_a_click_a_whole_sound(panel):
    host = with_hands(panel.session)
    made(panel)
    place = panel.session.explore.map.place(1)
    hover = {"type": "hand", "x": float(place[0]), "y": float(place[1]), "on": True, "played": False}
    assert_stated("map", "to_kernel", hover)
    say(panel, **hover)  # the first touch has the map play
    assert panel.session.stage.sources.source == "map"
    say(panel, **hover)
    assert np.allclose(host.places[-1][0], place) and host.gate_open
    say(panel, **{**hover, "on": False})
    assert not host.gate_open
    say(panel, type="audition", point=2)
    patch = panel.session.stage.patch
    assert patch["clip.sound"] == "c3" and patch["clip.modes"] == "keep" and not patch["clip.loop"]
    say(panel, **hover)
    panel.session.stage.sources.publish("terrain", ConstantMapping(2, np.zeros(panel.session.codec.info.latent_dim)))
    panel.session.stage.sources.select("terrain")
    say(panel, **{**hover, "on": False})
    assert not host.places[-1][1], "a hand that has lost its map sticks"


def test_a_morph_a_walk_and_variations_begin_at_the_point_that_is_meant(panel, monkeypatch):
    with_hands(panel.session)
    made(panel)
    ways = panel.ways
    say(panel, **{**example("map", "to_kernel", "mean"), "point": 0})
    assert "tone 0" in ways.offers["a"].description
    press(ways.offers["a"])
    say(panel, type="mean", point=3)
    press(ways.offers["b"])
    press(ways.offers["morph"])
    kept, latents = panel.session.explore.ways.now, panel.session.explore.map.now.latents
    assert np.allclose(kept["morph 1"][[0, -1]], latents[[0, 3]], atol=1e-5)
    assert panel.session.stage.patch["clip.sound"] == "morph 1" and ways._which.value == "morph 1"
    say(panel, type="mean", point=1)
    press(ways.offers["through"])
    ways._in_steps.value, ways._steps.value = True, 5
    press(ways.offers["morph"])
    stepped = kept_now(panel)["morph 2"]
    assert np.allclose(stepped[[0, len(stepped) // 2, -1]], latents[[0, 1, 3]], atol=1e-5)
    assert ways._said.value == "A: tone 0, through tone 1, B: tone 3"
    press(ways.offers["walk"])
    assert np.allclose(kept_now(panel)["walk 1"][0], latents[0], atol=0.01)  # as near as the sounds' own frames
    press(ways.offers["vary"])
    assert ways._grid[0].visible
    ways.offers["variation-2"].hover()
    settle()
    assert np.allclose(panel.session.stage.sliders.now.values, ways._made[1], atol=1e-6)
    assert ways._said.value.startswith("A: tone 0"), "what is hovered is heard, and A stays"
    assert panel.session.stage.sliders.hearing
    ways.offers["variation-2"].hover(False)
    settle()
    assert not panel.session.stage.sliders.hearing and panel.session.stage.sources.source != "sliders"
    ways.offers["variation-5"].hover()
    press(ways.offers["variation-5"])
    ways.offers["variation-5"].hover(False)
    settle()
    assert panel.session.stage.sliders.hearing and np.allclose(panel.session.stage.sliders.now.values, latents[0])
    press(ways.offers["keep-variation"])
    assert np.allclose(panel.session.explore.presets.now["variation 5"].latent, latents[0])
    samples = panel.session.stage.rendering.samples

    def half_way(order, told, cancelled, *, beside):
        told(0.5)
        settle()
        assert ways._progress.visible and ways._progress.value == 0.5 and "saving walk 1" in ways._far.value
        return samples(order, told, cancelled, beside=beside)

    with monkeypatch.context() as patched:
        patched.setattr(panel.session.stage.rendering, "samples", half_way)
        name, content = ways.offers["save-way"].transfers._give()
    settle()
    assert ways._far.value == "" and not ways._progress.visible, "it is done"
    assert name == "walk 1.wav" and content[:4] == b"RIFF"
    _, content = ways.offers["save-ways"].transfers._give()
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["morph 1.wav", "morph 2.wav", "walk 1.wav"]
    press(ways.offers["stop-way"])
    assert panel.session.stage.patch["clip.sound"] == ""


def kept_now(panel):
    return panel.session.explore.ways.now


def test_a_point_goes_to_the_stage_by_a_drag_by_a_key_and_by_buttons(panel):
    made(panel)
    session = panel.session
    canvas, points = DrawingCanvas(session), PointsPanel(session)
    for on, what in ((canvas, "map:1"), (canvas, "map:99"), (points, "map:2"), (points, "nonsense")):
        sheet = on.plane.sheet
        sheet._receive(sheet, {"type": "drop", "what": what, "x": 0.5, "y": 0.5, "view": list(sheet.view)}, [])
        settle()
    assert list(session.state.paths) == ["c2"] and [p.label for p in session.state.points] == ["tone 2"]
    assert np.allclose(session.state.points.points[0].control, (0.0, 0.0))
    sheet = canvas.plane.sheet  # on the line itself: the line is this sound's now
    x, y = session.document.boundary.to_unit(session.state.paths["c2"].values[5])
    sheet._receive(sheet, {"type": "drop", "what": "map:3", "x": x, "y": y, "view": list(sheet.view)}, [])
    settle()
    assert list(session.state.paths) == ["c4"]
    take = {**example("map", "to_kernel", "take"), "point": 0}
    say(panel, **take)
    say(panel, **{**take, "drawing": False})
    say(panel, type="mean", point=1)
    press(panel.offers["draw-point"])
    press(panel.offers["place-point"])
    assert set(session.state.paths) == {"c1", "c2", "c4"}
    assert [p.label for p in session.state.points] == ["tone 2", "tone 0", "tone 1"]
    canvas.close()
    points.close()


def test_attributes_and_presets_have_their_controls(panel):
    bank, part = panel.session.explore.attributes, panel.attributes
    assert part.offers["define"].disabled and part.offers["remove-attribute"].disabled
    for side, clips in (("more", ("c4", "c3")), ("less", ("c1",))):
        for clip in clips:
            panel.session.document.select(clip)
            settle()
            press(part.offers[f"has-{side}"])
    assert part._examples.value == "More: tone 3, tone 2. Less: tone 0"
    part._name.value = "big"
    press(part.offers["define"])
    means = [panel.session.latents[clip].values.mean(axis=0) for clip in ("c4", "c3", "c1")]
    difference = (means[0] + means[1]) / 2 - means[2]
    assert np.allclose(bank.now["big"].direction, difference / np.linalg.norm(difference), atol=1e-5)
    assert part._examples.value == "" and part.offers["define"].disabled
    part._sliders["big"].value = 2.5
    settle()
    assert bank.amounts == {"big": 2.5}
    panel.session.undo()
    settle()
    assert part._sliders["big"].value == 0.0
    press(part.offers["remove-attribute"])
    assert not bank.now and not part._sliders
    deaf, works = (Attribute(name, [1.0, 0, 0], 0.1, steers) for name, steers in (("pitch", 0.5), ("loudness", 1.0)))
    panel.session.document.apply(exploration_commands.add_attributes, [deaf, works])
    settle()
    assert list(part._sliders) == ["loudness"]
    assert part._idle.value == "This codec does not follow pitch (R² 0.10, steers 50% of the sounds): no slider."
    assert {"loudness", "pitch"} & set(panel.session.stage.movers.targets) == {"loudness"}
    shelf = panel.presets
    shelf._name.value, shelf._tags.value, shelf._description.value = "mine", "soft low", "like wood"
    press(shelf.offers["keep-preset"])
    assert shelf._which.value == "mine" and "like wood, soft low" in shelf._said.value
    shelf._search.value = "hard"
    settle()
    assert shelf._which.options == () and shelf.offers["recall-preset"].disabled
    shelf._search.value = "soft"
    press(shelf.offers["remove-preset"])
    assert not panel.session.explore.presets.now


def test_snap_find_and_paths(panel):
    made(panel)
    source = panel.session.stage.map
    panel.between.snap.value = True
    settle()
    assert source.neighbours == 1 and not panel.between.power.visible
    panel.between.snap.value = False
    panel.between.neighbours.value, panel.between.power.value = 3, 4.0
    settle()
    assert (source.neighbours, source.power) == (3, 4.0)
    panel.session.undo()
    settle()
    assert (panel.between.snap.value, panel.between.power.value) == (source.neighbours == 1, source.power)
    assert source.power == 2.0
    press(panel.find.offers["find"])
    assert len(panel.canvas.heat) == 64 * 64 and max(panel.canvas.heat) == 255 and panel.find._found.visible
    alike = panel.session.explore.on_map.sounds
    assert panel.canvas.found == [sound.place.tolist() for sound in alike] and alike[0].name == "tone 0"
    assert panel.find._alike.options[0] == ("1: tone 0 (0.00)", 0)
    panel.session.explore.map.play()
    press(panel.find.offers["hear-found"])
    assert panel.session.stage.patch["clip.sound"] == "c1"
    press(panel.offers["paths"])
    assert len(panel.session.state.paths) == 4
    panel.find._places.value = 0
    press(panel.find.offers["hear-place"])
    assert np.allclose(panel.session.sound.hand.place, panel.session.explore.found.ranked[0].place)
    press(panel.find.offers["forget"])
    assert panel.canvas.heat == b"" and not panel.find._found.visible
    say(panel, type="mean", point=2)
    press(panel.find.offers["find-point"])
    assert panel.session.explore.found.ranked[0].distance < 0.05
    tone = tones(4)[3]
    _, voice = written(lambda path: write_wav(path, tone.audio, tone.sample_rate), "voice.wav")
    assert "marked" in panel.find._take("a voice", voice)
    frames = len(panel.session.latents["c4"])
    assert panel.session.explore.found.ranked[0].frame < frames and len(panel.session.state.clips) == 4


def test_a_selected_sound_is_reconstructed_and_goes_to_the_sliders(panel):
    part = panel.reconstruction
    assert part.offers["reconstruction-to-sliders"].disabled
    press(part.offers["reconstruct"])
    end = time.monotonic() + 30
    while panel.session.jobs.working and time.monotonic() < end:
        time.sleep(0.02)
    settle()
    assert len(part._pictures.children) == 2 and "dB" in part._pictures.children[1].children[1].value
    assert part._listening.token and part._give()[1][:4] == b"RIFF"
    press(part.offers["reconstruction-to-sliders"])
    assert part.offers["reconstruction-to-drawing"].disabled, "nothing is trained that could be followed"
    made = panel.session.explore.reconstruction.now
    assert np.allclose(panel.session.stage.sliders.now.values, made.latents.mean(axis=0), atol=1e-6)


def test_a_map_and_presets_travel_as_files_of_the_page(panel):
    made(panel)
    name, content = panel._save.transfers._give()
    assert name == "sound_map.json"
    panel.session.explore.map.clear()
    assert "is the map now" in panel._open.transfers._take("theirs.json", content)
    assert len(panel.session.explore.map.now) == 4
    panel.session.explore.presets.keep("mine")
    name, content = panel.presets._save.transfers._give()
    panel.session.explore.presets.remove("mine")
    assert panel.presets._open.transfers._take(name, content) == "1 presets are here."


@pytest.mark.parametrize(
    "content",
    [
        "no dict",
        {"type": "hand", "x": float("nan"), "y": 0, "on": True},
        {"type": "hand", "x": "1", "y": 0, "on": True},
        {"type": "hand", "x": 0, "y": 0},
        {"type": "mean", "point": 99},
        {"type": "mean", "point": True},
        {"type": "audition", "point": -1},
        {"type": "audition"},
        {"type": "take", "point": 99, "drawing": True},
    ],
)
def test_nonsense_from_the_page_is_ignored(panel, content):
    made(panel)
    before = panel.session.document.snapshot
    panel.canvas._receive(panel.canvas, content, [])
    settle()
    assert panel.session.document.snapshot == before and panel.meant == -1
