"""Presets of a performance: kept, recalled at once or by a glide, between two, in files, and with undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from terrain_widgets.audio.between import Way
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.takes.automation import Automation, AutomationError
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.modulation.control_map import ControlMapFileError
from terrain_widgets.session.stage.presets import PresetFileError
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.presets.presets_panel import PresetsPanel
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session() -> Iterator[Session]:
    """Two presets: calm and wild."""
    made = Session(codec=LevelCodec(), sounds=tones(1))
    made.stage.presets.keep("calm")
    made.stage.modulators.set(energy=2.0, basis="cell")
    made.stage.modulators.tempo = 60
    made.stage.presets.keep("wild", ["loud", "fast"])
    yield made
    made.close()


def test_a_recall_sets_all_as_it_was_and_is_one_step_of_undo(session: Session) -> None:
    stage = session.stage
    stage.modulators.trigger()
    stage.presets.recall("calm")
    assert stage.modulators["energy"] == 0.0 and stage.modulators.tempo == 120.0
    assert stage.patch["modulators.triggers"] == 1 and stage.patch["glide.recalls"] == 0
    session.undo()
    assert stage.modulators["energy"] == 2.0 and stage.modulators.tempo == 60.0
    stage.presets.recall("wild")  # as it stands: no step, so that undo takes back the keeping
    session.undo()
    assert list(stage.presets.now) == ["calm"] and stage.presets.recalled == ""


def test_a_glide_is_the_engines_and_bars_count_at_the_presets_tempo(session: Session) -> None:
    stage = session.stage
    stage.presets.recall("calm", 1.5)
    assert (stage.patch["glide.seconds"], stage.patch["glide.recalls"]) == (1.5, 1)
    stage.presets.recall("wild", bars=2)
    assert (stage.patch["glide.seconds"], stage.patch["glide.recalls"]) == (8.0, 2)
    with pytest.raises(ValueError, match="seconds must be a number from 0 to 600"):
        stage.presets.recall("calm", 1e9)
    assert stage.modulators["energy"] == 2.0


def test_limits_of_latents_do_not_glide_as_they_could_meet_on_the_way(session: Session) -> None:
    assert Way.of(PARAMETERS.at("latents.low"), -1.0, 2.0) is None
    assert Way.of(PARAMETERS.at("latents.high"), -1.0, 2.0) is None
    assert Way.of(PARAMETERS.at("latents.scale"), 1.0, 2.0) is not None


def test_a_session_that_is_opened_does_not_glide_to_where_it_was_saved(session: Session) -> None:
    session.stage.presets.recall("calm", 60.0)
    saved = session.files.content().patch
    assert "glide.seconds" not in saved and "glide.recalls" not in saved


def test_between_two_presets_a_drag_is_one_step_of_undo(session: Session) -> None:
    stage = session.stage
    for share in (0.1, 0.3, 0.75):
        stage.presets.morph("calm", "wild", share)
    assert stage.modulators["energy"] == 1.5 and stage.modulators["basis"] == "cell" and stage.modulators.tempo == 75.0
    session.undo()
    assert stage.modulators["energy"] == 2.0
    with pytest.raises(ValueError, match="a morph goes from 0 to 1, got 2"):
        stage.presets.morph("calm", "wild", 2)


def test_names_are_found_changed_and_taken_away_with_undo(session: Session) -> None:
    presets = session.stage.presets
    assert presets.keep().name == "1" and [p.name for p in presets.search("LOUD wil")] == ["wild"]
    presets.rename("calm", "still")
    assert list(presets.now) == ["still", "wild", "1"]
    with pytest.raises(ValueError, match="there is a preset 'wild' already"):
        presets.rename("still", "wild")
    presets.remove("wild")
    with pytest.raises(KeyError, match="there is no preset 'wild'; there are: still, 1"):
        presets.recall("wild")
    session.undo()
    assert list(presets.now) == ["still", "wild", "1"]


def test_they_are_in_the_session_file_and_in_one_of_their_own(tmp_path: Path) -> None:
    session = Session(sounds=[])
    session.stage.presets.keep("calm")
    session.stage.modulators.set(energy=2.0, basis="cell", limit=(1.0,) * session.codec.info.latent_dim)
    session.stage.presets.keep("wild", ["loud", "fast"])
    session.save(tmp_path / "s.zip")
    session.stage.presets.save(tmp_path / "p.json")
    for name in ("calm", "wild"):
        session.stage.presets.remove(name)
    assert session.stage.presets.load(tmp_path / "p.json") == 2
    before = session.stage.presets.now["wild"]
    session.open(tmp_path / "s.zip")
    after = session.stage.presets.now["wild"]
    assert (after.patch, after.tags, after.created) == (before.patch, before.tags, before.created)
    assert after.patch["modulators.basis"] == "cell"
    session.close()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"{", "holds no presets, or it is damaged"),
        (b"[]", "these are no presets"),
        (b'{"format": "terrain_widgets/presets", "version": 9}', "of version 9, this program reads 1"),
        (b'{"format": "terrain_widgets/presets", "version": 1, "presets": [{"name": ""}]}', "1 to 80 characters"),
        (b'{"format": "terrain_widgets/presets", "version": 1, "presets": [3]}', "a mapping with a name, got 3"),
        (json.dumps({"format": "terrain_widgets/presets", "version": 1, "presets": [{}] * 1001}).encode(), "1000"),
    ],
)
def test_a_strangers_file_is_refused_in_one_sentence(session: Session, content: bytes, why: str) -> None:
    before = session.state
    with pytest.raises(PresetFileError, match=why):
        session.stage.presets.take("p.json", content)
    assert session.state is before


def preset(**entry: Any) -> bytes:
    """A file of one preset, as somebody wrote it."""
    own = {"name": "odd", "codec": "level", "patch": {}}
    return json.dumps({"format": "terrain_widgets/presets", "version": 1, "presets": [own | entry]}).encode()


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"patch": {"clock.tempo": 90.0, "no.such": 1}}, "there is no parameter 'no.such'"),
        ({"patch": {"clip.wet": float("nan")}}, "wet must be a number from 0 to 1, got nan"),
        ({"patch": {"clip.wet": "NaN"}}, "wet must be a number from 0 to 1, got 'NaN'"),
        ({"patch": {"modulators.energy": [1.0] * 7}}, "modulators.energy needs one value or 3"),
        ({"patch": {"latents.scale": [1.0] * 7}}, "7"),
        ({"patch": [1, 2]}, "a patch is a mapping"),
        ({"points": [{"id": "q1", "control": [0, 0]}] * 10_000}, "at most 1000"),
        ({"points": [{"id": "q1", "control": [0, float("nan")]}]}, "finite"),
        ({"points": [{"id": "q1", "control": [0, 0], "latent": [1.0] * 9}]}, "9 latents, and 'level' has 3"),
        ({"points": [{"control": [0, 0]}, {"control": [1, 1]}]}, "an id of its own"),
        ({"control_map": {"format": "other"}}, "no control map"),
        ({"free_paths": {"p": [[0.0], [0.0, 1.0]]}}, "damaged"),
        ({"tags": "loud"}, "a list of words"),
    ],
)
def test_a_strangers_preset_is_taken_whole_or_not_at_all(session: Session, entry: dict[str, Any], why: str) -> None:
    before, patch = session.state, session.stage.patch
    with pytest.raises(PresetFileError, match=why) as told:
        session.stage.presets.take("p.json", preset(**entry))
    assert session.state is before and session.stage.patch is patch
    assert len(str(told.value)) < 400 and "\n" not in str(told.value)


def test_a_preset_of_another_codec_is_kept_and_not_recalled(session: Session) -> None:
    assert session.stage.presets.take("p.json", preset(codec="x", patch={"clock.tempo": 90.0})) == 1
    with pytest.raises(ValueError, match="the preset 'odd' is of the codec 'x', and this session plays 'level'"):
        session.stage.presets.recall("odd")


def test_points_and_control_map_are_part_of_a_preset_where_there_are_any(session: Session) -> None:
    stage, presets = session.stage, session.stage.presets
    presets.recall("calm")
    stage.points.place((0.1, 0.2), [0.0, 1.0, 2.0])
    stage.control_map.add((0.5, 0.5))
    stage.set(
        {"playheads.own.path": "way"}, state=replace(session.state, free_paths={"way": np.ones((2, 2), np.float32)})
    )
    presets.keep("made")
    stage.points.place((0.3, 0.4), [1.0, 1.0, 1.0])
    stage.control_map.reset()
    stage.playheads.clear()
    presets.recall("calm")
    assert len(session.state.points) == 2, "a preset without points leaves those that are there"
    presets.recall("made")
    assert len(session.state.points) == 1 and len(stage.control_map.now.points) == 1
    assert list(session.state.free_paths) == ["way"] and list(stage.playheads.now) == ["own"]
    session.undo()
    assert len(session.state.points) == 2 and not stage.control_map.now.points
    kept = presets.now["made"]
    presets.take("p.json", presets.to_bytes())
    again = presets.now["made"]
    assert again.points is not None and again.control_map is not None and again.patch == kept.patch
    np.testing.assert_array_equal(again.points["q1"].latent, kept.points["q1"].latent)
    assert again.control_map.to_json() == kept.control_map.to_json()
    np.testing.assert_array_equal(again.free_paths["way"], kept.free_paths["way"])
    presets.morph("calm", "made", 0.9)
    assert len(session.state.points) == 1


JUNK = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=9)
    | st.just([])
    | st.just({})
)


def with_junk(content: Any, draw: Callable[[Any], Any]) -> Any:
    """JSON with something else in one place of it."""
    keys = (
        list(content) if isinstance(content, dict) else list(range(len(content))) if isinstance(content, list) else []
    )
    if not keys or draw(st.integers(0, 4)) == 0:
        return draw(JUNK)
    at = draw(st.sampled_from(keys))
    changed = with_junk(content[at], draw)
    return {**content, at: changed} if isinstance(content, dict) else [*content[:at], changed, *content[at + 1 :]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_in_a_strangers_json_it_is_read_or_refused_in_a_sentence(
    session: Session, data: st.DataObject
) -> None:
    stage = session.stage
    if not stage.control_map.now.points:
        stage.points.place((0.1, 0.2), [0.0, 1.0, 2.0])
        stage.control_map.add((0.5, 0.5))
        stage.presets.keep("whole", ["tag"])
    automation = '{"0.5": {"clip.wet": 0.5, "latents.scale": [1.0, 2.0, 3.0], "playheads.a": null}}'
    readers: list[tuple[bytes, Callable[[bytes], object]]] = [
        (stage.presets.to_bytes(), lambda content: stage.presets.take("x.json", content)),
        (stage.control_map.to_bytes(), lambda content: stage.control_map.take("x.json", content)),
        (automation.encode(), lambda content: Automation.from_lines(content.decode())),
    ]
    whole, read = data.draw(st.sampled_from(readers))
    before = session.state
    try:
        read(json.dumps(with_junk(json.loads(whole), data.draw)).encode())
    except (PresetFileError, ControlMapFileError, AutomationError) as told:
        assert session.state is before and len(str(told)) < 600 and "\n" not in str(told)
    assert stage.render(0.05).shape[1] > 0
    while session.document.can_undo and session.state is not before:
        session.undo()


def test_the_panel_keeps_recalls_by_pad_and_morphs(session: Session) -> None:
    panel = PresetsPanel(session)

    def done() -> None:
        for _ in range(3):
            assert ui.flush()

    stage = session.stage
    assert [pad["label"] for pad in panel.pads.pads] == ["calm", "wild"] and panel.pads.held == "wild"
    assert panel.pads.pads[1]["hint"] == "Recall the preset “wild” (loud fast)"
    panel._time.value = 0.5
    panel.pads._receive(panel.pads, {"type": "strike", "id": "calm", "played": False}, [])
    done()
    assert stage.modulators["energy"] == 0.0 and stage.patch["glide.seconds"] == 0.5 and panel.pads.held == "calm"
    assert (panel._one.value, panel._other.value) == ("calm", "wild")
    panel._morph.value = 0.5
    panel.offers["keep"].click()
    done()
    assert stage.modulators["energy"] == 1.0 and list(stage.presets.now) == ["calm", "wild", "1"]
    panel._find.value = "loud"
    assert [pad["label"] for pad in panel.pads.pads] == ["wild"]
    panel._find.value = ""
    panel._which.value, panel._name.value = "1", "half"
    panel.offers["rename"].click()
    done()
    assert [pad["label"] for pad in panel.pads.pads] == ["calm", "wild", "half"]
    panel.close()
