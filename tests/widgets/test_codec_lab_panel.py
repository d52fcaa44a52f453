"""The codec lab: what it asks of a training, and what it says while one runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from terrain_widgets.codecs.trainer.events import Progress, Validated
from terrain_widgets.codecs.trainer.recipe import Example
from terrain_widgets.codecs.trainer.settings import Settings
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.session.jobs.jobs import JobStatus
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.codec_lab.codec_lab_panel import CodecLabPanel
from terrain_widgets.widgets.panels.codec_lab.lab_figure import ErrorFigure
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def panel() -> Iterator[CodecLabPanel]:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    made = CodecLabPanel(session)
    yield made
    made.close()
    session.close()


def done() -> None:
    """What was pressed is done, and shown."""
    for _ in range(3):
        assert ui.flush()


def test_every_setting_has_a_field_and_only_changed_ones_are_asked_for(
    panel: CodecLabPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def train(recipe: str, out: str, sounds: Any, **given: Any) -> None:
        asked.update(given, recipe=recipe, out=out, sounds=sounds)

    monkeypatch.setattr(panel.session.sounds.codec_lab, "train", train)
    settings = panel._settings
    known = set(Settings.__dataclass_fields__) - {"processor_time", "device"}
    assert {*settings.fields, "cyclical"} == known
    settings.recipe.value, settings.preset.value, settings.folder.value = "one-shot", "fast", " hits "
    settings.fields["beta"].value, settings.fields["batch"].value, settings.cyclical.value = 0.0, 8, True
    assert "whole sound" in settings._about.value
    panel.offers["train-codec"].click()
    done()
    assert asked == {
        "recipe": "one-shot",
        "out": "mine.safetensors",
        "sounds": "hits",
        "preset": "fast",
        "licence": "unknown",
        "resume": True,
        "beta": 0.0,
        "batch": 8,
        "cyclical": True,
    }


def test_it_says_losses_latents_and_warnings_in_plain_words(panel: CodecLabPanel) -> None:
    lab = panel.session.sounds.codec_lab
    lab.status = JobStatus("codec lab", "running", 0.25, "step 40, loss 2.500")
    lab.progress = Progress(40, 2.5, 65.0, 0.25, 195.0, {"spectrum": 2.4, "kl": 0.1}, 1e-3, 1e-3)
    lab.losses = ((20, {"spectrum": 3.0, "kl": 0.0}), (40, {"spectrum": 2.4, "kl": 0.1}))
    lab.validated = Validated(40, 7.25, True, {"envelope": 0.93}, 3, 16, "only 3 of 16 latents carry something")
    lab.curve = np.array([[0.0, 20.0], [40.0, 7.25]])
    lab.report = ("3 sounds of 0.40 s", "kick is clipped in 5 places")
    done()
    assert panel._progress.visible and panel._progress.value == 0.25
    assert panel._said.value == "Step 40, epoch 2.5, 65 s so far, about 3 min left. Losses: spectrum 2.4 · kl 0.1."
    assert panel._latents.value == (
        "Error on held-back sounds: 7.25 dB (the best so far), envelope 0.93. 3 of 16 latents carry something."
    )
    assert panel._warning.value == "Only 3 of 16 latents carry something."
    assert panel._report.value == "3 sounds of 0.40 s. kick is clipped in 5 places."
    assert panel._terms.source.data["name"] == ["spectrum", "kl"]
    assert panel._terms.source.data["steps"] == [[20, 40], [40]]
    assert panel._errors.source.data["error"] == [20.0, 7.25]


def test_pause_goes_on_and_stop_are_there_only_while_it_trains(panel: CodecLabPanel) -> None:
    lab, offers = panel.session.sounds.codec_lab, panel.offers
    assert not offers["pause-codec"].visible and not offers["stop-codec"].visible and not offers["train-codec"].disabled
    lab.status = JobStatus("codec lab", "running", 0.25, "step 40")
    done()
    assert offers["pause-codec"].visible and offers["stop-codec"].visible and offers["train-codec"].disabled
    offers["pause-codec"].click()
    done()
    assert lab.paused and offers["pause-codec"].description == "Go on" and panel._status.value == "Paused: step 40"
    offers["pause-codec"].click()
    done()
    assert not lab.paused


def test_a_walk_is_heard_before_and_after_once_there_is_a_codec_and_a_terrain(
    panel: CodecLabPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, part = panel.session, panel._before_and_after
    lab, asked = session.sounds.codec_lab, []

    def side_by_side(mapping: Any, places: Any) -> dict[str, Any]:
        asked.append((mapping, places))
        return {name: np.full((1, 400 + 100 * k), 0.1, np.float32) for k, name in enumerate(("old", "new"))}

    monkeypatch.setattr(lab, "side_by_side", side_by_side)
    lab.result = "mine.safetensors"
    done()
    assert not part.visible and part._listening.token == ""
    terrain = Terrain(2, 3)
    session.training.adopt(terrain)
    done()
    assert part.visible and part._listening.token
    assert part._give()[1].startswith(b"RIFF")
    ((mapping, places),) = asked
    assert mapping is session.stage.sources.shown and places.shape == (480, 2)
    assert np.abs(places).max() == pytest.approx(0.7, abs=1e-3), "around the middle of the plane"


def test_examples_are_seen_and_heard(panel: CodecLabPanel) -> None:
    tone = np.sin(0.05 * np.arange(8000)).astype(np.float32)
    panel.session.sounds.codec_lab.examples = (
        Example("kick", 0.5 * tone, tone, 44100),
        Example("random latents", tone, None, 44100),
    )
    done()
    part = panel._examples
    assert [card.children[1].value for card in part._pictures.children] == [
        "kick: original",
        "kick: codec",
        "random latents",
    ]
    assert all(card.children[0].png.startswith(b"\x89PNG") for card in part._pictures.children)
    name, wav = part._give()
    assert name == "kick" and wav.startswith(b"RIFF")
    before = part._listening.token
    part._which.value = "random latents"
    assert part._listening.token != before and "as the codec makes it" in part._listening.about


def test_errors_that_are_nearly_the_same_have_room_for_their_labels() -> None:
    figure = ErrorFigure()
    figure.show(np.array([[1.0, 1.98545], [2.0, 1.98555]]))
    low, high = figure.plot.y_range.start, figure.plot.y_range.end
    assert high - low == pytest.approx(0.1) and low < 1.98545 < 1.98555 < high
    figure.show(np.array([[1.0, 9.0], [2.0, 3.0]]))
    assert figure.plot.y_range.start < 3.0 and figure.plot.y_range.end > 9.0
