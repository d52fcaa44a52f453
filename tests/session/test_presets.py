"""Presets of a performance: kept, recalled at once or by a glide, between two, in files, and with undo."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from terrain_widgets.audio.between import Way
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.session.session import Session
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


def test_values_that_this_version_does_not_know_are_left_out_and_another_codecs_preset_is_refused(
    session: Session,
) -> None:
    entry = {"name": "odd", "codec": "level", "patch": {"no.such": 1, "clip.wet": "NaN", "clock.tempo": 90.0}}
    content = {
        "format": "terrain_widgets/presets",
        "version": 1,
        "presets": [entry, {**entry, "name": "b", "codec": "x"}],
    }
    assert session.stage.presets.take("p.json", json.dumps(content).encode()) == 2
    session.stage.presets.recall("odd")
    assert session.stage.modulators.tempo == 90.0
    with pytest.raises(ValueError, match="the preset 'b' is of the codec 'x', and this session plays 'level'"):
        session.stage.presets.recall("b")


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
    panel._which.value, panel._name.value = "1", "half"
    panel.offers["rename"].click()
    done()
    assert [pad["label"] for pad in panel.pads.pads] == ["calm", "wild", "half"]
    panel.close()
