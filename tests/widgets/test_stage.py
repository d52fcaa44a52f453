"""The studio's stage without a page: one plane for all, what is said below it, what it shows at first."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.session import Session
from terrain_widgets.studio import Studio
from terrain_widgets.widgets.base.panel import _charts
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.plane.heat import heat_picture, seen_box
from terrain_widgets.widgets.shell.help import TOUR
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def studio(monkeypatch):
    made = Studio(Session(codec=LevelCodec(), sounds=tones()))
    monkeypatch.setattr(made.play, "_prepare", lambda: None)  # no page, no sound
    yield made
    made.close()


def settle() -> None:
    for _ in range(3):
        assert ui.flush()


def trained(studio: Studio) -> Session:
    session = studio.session
    session.encode(wait=True)
    session.arrange()
    session.training.adopt(Terrain(2, 3, 1.0))
    settle()
    return session


def drawn(studio: Studio, monkeypatch: Any, what: str) -> list[Any]:
    """What is handed to a drawing of the plane's layers from now on: the first argument, or the last."""
    found: list[Any] = []
    monkeypatch.setattr(studio.plane._layers, what, lambda *given: found.append(given))
    return found


def test_in_look_the_stage_shows_what_the_explorer_says_and_there_is_no_other_picture(studio, monkeypatch):
    session = trained(studio)
    session.stage.sources.shown_channel = 0
    studio.take_mode("look")
    explorer = studio.heatmap
    assert list(_charts(explorer)) == []
    shown = drawn(studio, monkeypatch, "draw_terrain")
    studio.plane.grip.use_tool("contours")
    settle()
    layers = shown[-1][0]
    assert layers.limits is not None and len(layers.contours) >= 9 and explorer._surface.value == "contours"
    assert [item.on for item in studio.plane.grip.tools()] == [False, True, False, False]
    for line in layers.contours[::7]:
        heights = session.stage.sources.shown(line.astype(np.float32))[:, 0]
        assert np.ptp(heights) < 0.1 * (layers.limits[1] - layers.limits[0]), "a contour lies at one height"
    studio.plane.grip.use_tool("distance")
    studio.plane.look_closer(2.0, (0.25, 0.25))
    settle()
    layers, view = shown[-1][:2]
    assert view.left == pytest.approx(-0.75) and layers.veil is not None and layers.veil[..., 3].max() > 0
    studio.take_mode("draw")
    settle()
    assert shown[-1][0].veil is not None, "one plane: it looks the same in every mode"


def test_where_a_sound_was_found_is_seen_on_the_stage_until_something_else_plays(studio, monkeypatch):
    session = trained(studio)
    shown, drawing = drawn(studio, monkeypatch, "draw_terrain"), studio.plane._layers.draw_terrain
    found = session.explore.find("c1")
    settle()
    assert shown[-1][4] is found
    row, column = np.unravel_index(heat_picture(found)[..., 3].argmax(), (64, 64))
    assert np.allclose(session.document.boundary.to_unit(found.ranked[0].place), (np.array([column, row]) + 0.5) / 64)
    assert np.allclose(seen_box(found, session.document.boundary.zoomed(2.0, (0.0, 0.0))), (0.0, 0.0, 2.0, 2.0))
    monkeypatch.undo()
    drawing(*shown[-1])  # ipycanvas takes it
    shown = drawn(studio, monkeypatch, "draw_terrain")
    session.training.adopt(Terrain(2, 3, 2.0))
    settle()
    assert shown[-1][4] is None, "it was found on another terrain"


def test_in_look_the_latents_are_read_below_the_stage(studio):
    session = trained(studio)
    studio.take_mode("look")
    sheet = studio.plane.sheet
    sheet._receive(sheet, {"type": "move", "x": 0.75, "y": 0.5, "pressure": 0.5, "on": False}, [])
    settle()
    latents = session.stage.sources.shown(np.float32([[0.5, 0.0]]))[0]
    like = session.stage.territory.names(latents)[0]
    numbers = " ".join(f"{value:+.2f}" for value in latents)
    assert studio.plane.reading.value == f"x 0.50, y 0.00, like “{like}”: {numbers}"
    studio.take_mode("play")
    assert studio.plane.reading.value == ""


def test_what_the_stage_has_to_say_is_below_it_whatever_tab_is_seen(studio):
    studio.take_mode("play")
    studio.show("training")
    sheet = studio.plane.sheet
    sheet._receive(sheet, {"type": "move", "x": 0.5, "y": 0.5, "pressure": 0.5, "on": True}, [])
    settle()
    assert "no terrain to play yet" in studio._notice.value
    studio.session.jobs.notices.say("play", None)
    settle()
    assert studio._notice.value == ""


def test_a_panel_that_is_seen_says_its_own_and_one_that_is_hidden_has_it_said_below_the_stage(studio):
    say = studio.session.jobs.notices.say
    say("sounds", Failed("no such file"))
    settle()
    assert studio._notice.value == "" and studio.encoder._notice.value == "no such file"
    studio.show("files")
    settle()
    assert studio._notice.value == "", "it was read"
    say("sounds", Failed("the codec has gone"))
    settle()
    assert studio._notice.value == "the codec has gone"
    studio.show("sounds")
    settle()
    assert studio._notice.value == ""


def test_before_anything_is_drawn_the_stage_shows_where_the_sounds_will_lie(studio, monkeypatch):
    session = studio.session
    shown = drawn(studio, monkeypatch, "draw_paths")
    studio.plane.show_paths()
    settle()
    suggested = shown[-1][-1]
    assert not session.state.paths and not session.document.can_undo, "nothing is drawn yet"
    session.arrange()
    settle()
    assert shown[-1][-1] == {}
    assert suggested.keys() == session.state.paths.keys()
    for clip, path in suggested.items():
        np.testing.assert_array_equal(path, session.state.paths[clip].values)


def test_mode_tab_and_zoom_are_no_edits(studio):
    studio.session.arrange()
    studio.take_mode("points")
    studio.show("training")
    studio.plane.look_closer(2.0)
    settle()
    view = studio.plane.view
    assert view != studio.session.document.boundary
    studio.session.undo()
    settle()
    assert not studio.session.state.paths, "the arrangement was the last edit"
    assert (studio.mode, studio.right.shown, studio.plane.view) == ("points", "training", view)


def test_help_knows_every_key_of_every_table_and_the_tour_every_part(studio):
    studio.help._receive(studio.help, {"type": "keys"}, [])
    settle()
    said = {title: dict(rows) for title, rows in studio.help.sections}
    assert "Silence, at once" in said["Everywhere"]["Esc"]
    for actions, title in ((studio.canvas.actions, "Draw"), (studio.panel("points").actions, "Points")):
        assert set(actions.help()) <= set(said[f"On the stage: {title}"].items())
    assert [part for part, _ in TOUR] == [".tw-left", ".tw-stage", ".tw-right"] and studio.help.first


def test_the_palette_lists_every_action_once_and_does_it_as_its_button_does(studio):
    def listed():
        studio.palette._receive(studio.palette, {"type": "rows"}, [])
        settle()
        return {row["id"]: row for row in studio.palette.rows}

    known = {row["title"] for row in studio.palette.rows}
    assert {"Sound on or off", "Encode 3 sounds"} <= known, "before it has ever been opened"
    assert not studio.palette.complete
    rows = listed()
    assert studio.palette.complete
    assert rows["sounds/encode"]["enabled"] and rows["sounds/encode"]["title"] == "Encode 3 sounds"
    assert rows["studio/begin"]["title"] == "Play it for me" and "Ctrl+Z" in rows["studio/undo"]["keys"]
    assert sum(name.endswith("/undo") for name in rows) == 1, "each panel has its own button for it"
    assert rows["training/train"]["group"] == "Train", "of panels that nobody has opened, too"
    assert {name.partition("/")[0] for name in rows} >= {"explore", "modulate", "bend", "presets", "ruggedness"}
    stops = ("morph", "walk", "play-way", "stop-way")
    assert not any(rows[f"explore/{name}"]["enabled"] for name in stops), "nothing is there to morph, play or stop"
    assert rows["studio/save"]["page"] and not rows["play/record"]["enabled"]
    for name in ("studio/show-training", "sounds/encode", "play/record", "gone/gone"):
        studio.palette._receive(studio.palette, {"type": "run", "id": name}, [])
        settle()
    deadline = time.monotonic() + 30
    while studio.session.jobs.working or not studio.session.sounds.encoded:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert not studio.session.sound.recording, "what cannot be done is not done"
    assert listed()["training/train"]["title"] == "Train"
    rows = listed()
    assert rows["presets/save"]["title"] == "Save as JSON" and rows["takes/save"]["title"] == "Save", (
        "others than the bar's"
    )


def test_undo_by_its_keys_is_one_step_and_makes_no_panel_that_nobody_has_opened(studio):
    session = studio.session
    session.document.remove_sound(session.state.clips[0].id)
    made = studio.panels
    studio.palette._receive(studio.palette, {"type": "run", "id": "studio/undo"}, [])
    settle()
    assert len(session.state.clips) == 3 and session.document.can_redo
    assert studio.panels == made


def test_the_shortest_way_is_offered_until_each_sound_has_a_path(studio):
    session, begin = studio.session, studio.actions["begin"]
    assert begin.offered()
    first, *others = session.state.clips
    session.draw(first.id, [[0, 0], [0.5, 0.5]])
    assert begin.offered(), "it lays out the others"
    for clip in others:
        session.draw(clip.id, [[0, 0], [0.5, 0.5]])
    assert not begin.offered()
    session.undo()
    assert begin.offered()


def test_in_play_the_stage_itself_plays_the_chosen_path_pauses_it_and_takes_all_away(studio):
    session = trained(studio)
    studio.take_mode("play")
    first = session.state.clips[0]

    def offered() -> list[tuple[str, bool]]:
        return [(item["title"], item["enabled"]) for item in studio.stage._tools.items]

    assert offered() == [(f"Play {first.name}", True), ("", False), ("Record", True)]
    studio.plane.grip.use_tool("play")
    settle()
    assert session.stage.playheads.now[first.id].playing
    assert offered()[:2] == [(f"Pause {first.name}", True), ("", True)]
    session.document.rename_sound(first.id, "a name that is longer than a button")
    settle()
    assert offered()[0][0] == "Pause a name that is lo…"
    second = session.state.clips[1]
    session.document.select(second.id)
    settle()
    assert offered()[0] == (f"Play {second.name}", True), "the one that is chosen in the list of sounds"
    studio.plane.grip.use_tool("stop-all")
    settle()
    assert not session.stage.playheads.now and not offered()[1][1]
