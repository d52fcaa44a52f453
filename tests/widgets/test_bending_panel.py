"""The Bend panel: what is pressed and drawn is an edit, and what it shows is how the layer stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.codecs.pebble.decoder import OUTPUTS
from terrain_widgets.core.bending.edits import Curve, Flip, Scale
from terrain_widgets.core.bending.output_edit import Output
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.bending.bending_panel import BendingPanel
from tests.session.doubles import LevelCodec, tones

LAST = "net.9.weight"


@pytest.fixture
def panel() -> Iterator[BendingPanel]:
    session = Session(codec=PebbleCodec(), sounds=tones(1))
    made = BendingPanel(session)
    yield made
    made.close()
    session.close()


def settle() -> None:
    """What was pressed is done, and shown."""
    assert ui.flush() and ui.flush()


def edits(panel: BendingPanel) -> list[object]:
    settle()
    return [step.edit for step in panel.session.stage.bending.bend.steps]


def test_it_shows_every_layer_and_the_chosen_one_large(panel: BendingPanel) -> None:
    view = panel.view
    assert [layer["name"] for layer in view.layers] == [*PebbleCodec().tensors(), *OUTPUTS] and view.selected == LAST
    assert len(view.own_curve) == 65 and view.own_curve == view.bent_curve == sorted(view.own_curve)
    view._receive(view, {"type": "select", "layer": "net.0.bias"}, [])
    settle()
    assert view.selected == "net.0.bias" and view.words.startswith("What is added to the first layer's")
    view._receive(view, {"type": "select", "layer": "nothing"}, [])
    assert view.selected == "net.0.bias"


def test_a_drag_of_a_slider_is_one_edit_and_one_undo(panel: BendingPanel) -> None:
    panel.offers["flip"].click()
    for value in (0.9, 0.6, 0.4):
        panel._weights.scale.value = value
    assert edits(panel) == [Flip(), Scale(0.4)]
    assert [label for label, _ in panel._steps.options] == [f"1  {LAST}  flip", f"2  {LAST}  scale 0.40"]
    panel._weights.clip.value = True
    assert edits(panel) == [Flip(), Scale(0.4, clipped=True)]
    panel.session.undo()
    panel.session.undo()
    assert edits(panel) == [Flip()] and panel._weights.scale.value == 1.0 and not panel._weights.clip.value
    panel._weights.kind.value = "beta"
    assert edits(panel) == [Flip()], "there is no chaos yet"
    panel._weights.chaos.value = 0.5
    panel._weights.kind.value = "laplace"
    assert [(edit.name, edit.chaos) for edit in edits(panel)[1:]] == [("laplace", 0.5)]
    panel.session.undo()
    panel.offers["clear"].click()
    assert edits(panel) == [] and panel.offers["clear"].disabled and panel.offers["revert"].disabled


def test_a_curve_that_is_drawn_is_heard_while_it_is_and_is_one_undo(panel: BendingPanel) -> None:
    view = panel.view
    for end in (0.2, 0.5):
        view._receive(view, {"type": "curve", "stroke": 1, "points": [-0.1, end]}, [])
    assert edits(panel) == [Curve((-0.1, 0.5))] and next(
        layer["bent"] for layer in view.layers if layer["name"] == LAST
    )
    view._receive(view, {"type": "curve", "stroke": 2, "points": ["no"]}, [])
    assert len(edits(panel)) == 1
    panel.session.undo()
    panel._weights.order.value = "raw"
    settle()
    assert view.draws and view.captions[1] == "Weights as they lie in memory; draw here"
    assert view.own_curve == view.bent_curve != sorted(view.own_curve)
    view._receive(view, {"type": "curve", "stroke": 3, "points": [-0.1, 0.5]}, [])
    assert edits(panel) == [Curve((-0.1, 0.5), "raw")] and view.bent_curve == sorted(view.bent_curve)
    panel.session.undo()
    assert edits(panel) == []


def test_edits_are_switched_moved_and_removed_in_their_list(panel: BendingPanel) -> None:
    panel.offers["flip"].click()
    panel._weights.scale.value = 2.0
    settle()
    panel._steps.value = 1
    panel.offers["earlier"].click()
    assert edits(panel) == [Scale(2.0), Flip()] and panel._steps.value == 0
    panel.offers["switch"].click()
    settle()
    assert "(off)" in panel._steps.options[0][0]
    panel.offers["remove"].click()
    assert edits(panel) == [Flip()]


def test_a_codec_without_weights_is_said_and_nothing_can_be_pressed() -> None:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    panel = BendingPanel(session)
    assert (
        "has no weights that could be bent" in panel._none.value
        and panel.offers["flip"].disabled
        and panel.view.layers == []
    )
    panel.close()
    session.close()


def test_edits_leave_as_a_file_and_come_back_and_a_model_goes_towards_another(panel: BendingPanel) -> None:
    panel.offers["flip"].click()
    assert edits(panel) == [Flip()]
    name, data = panel.offers["save"].transfers._give()
    panel.offers["clear"].click()
    assert edits(panel) == [] and panel.offers["save"].disabled
    assert panel.offers["open"].transfers._take(name, data) == "1 edit of bend.safetensors."
    assert edits(panel) == [Flip()]
    panel._other.value = "pebble"
    for share in (0.2, 0.4):
        panel._share.value = share
    shares = {edit.share for edit in edits(panel)[1:]}
    assert shares == {0.4} and panel._share.value == 0.4
    panel.session.undo()
    assert edits(panel) == [Flip()] and panel._share.value == 0.0


def test_an_output_is_bent_by_its_own_sliders_in_the_channels_that_are_typed(panel: BendingPanel) -> None:
    view, row = panel.view, panel._output
    assert not row.box.visible and panel._weights.box.visible
    view._receive(view, {"type": "select", "layer": "net.5.output"}, [])
    settle()
    assert row.box.visible and not panel._weights.box.visible and panel.offers["flip"].disabled
    assert view.captions[0] == "Gain of the channels" and not view.draws
    assert view.own_curve == view.bent_curve and view.words.endswith(
        "next layer hears them. net.5.output: 0 of 256 channels of this output are changed."
    )
    row.channels.value = "0-2, 9"
    for value in (0.5, 1.0):
        row._sliders["fold"].value = value
    assert edits(panel) == [Output(fold=1.0, channels=(0, 1, 2, 9))]
    assert max(view.bent_curve) == pytest.approx(0.5) and "net.5.output: 4 of 256" in view.words
    row.channels.value = "two"
    row._sliders["gain"].value = 2.0
    settle()
    assert "numbers and spans" in panel._notice.value and len(edits(panel)) == 1
    panel.session.undo()
    assert edits(panel) == []


def test_a_and_b_are_heard_in_turn_at_the_amount_that_was_set(panel: BendingPanel) -> None:
    assert panel.offers["hear-own"].disabled
    panel._weights.scale.value = 0.5
    settle()
    panel.session.stage.bending.set_amount(0.7)
    for control, amount in ((panel.offers["hear-own"], 0.0), (panel.offers["hear-bent"], 0.7)):
        control.click()
        settle()
        assert panel.session.stage.bending.amount == amount


def test_edits_wait_for_send_where_live_is_off_and_sounds_go_through_the_bent_encoder(panel: BendingPanel) -> None:
    bending, row = panel.session.stage.bending, panel._heard
    assert panel.offers["send"].disabled and panel.offers["encode-bent"].disabled
    row.live.value = False
    settle()
    panel.offers["flip"].click()
    settle()
    assert bending.waiting and not panel.offers["send"].disabled
    panel.offers["send"].click()
    settle()
    assert not bending.waiting and panel.offers["send"].disabled and not row.live.value
    panel.session.undo()
    panel.session.undo()
    panel.session.undo()
    settle()
    assert row.live.value and bending.live
    panel.session.sounds.encode(wait=True)
    settle()
    (latents,) = panel.session.latents.values()
    bending.add("encoder.timbre.out.weight", "scale", factor=0.0)
    settle()
    panel.offers["encode-bent"].click()
    settle()
    panel.session.jobs._job.wait(60.0)
    settle()
    (bent,) = panel.session.latents.values()
    assert (bent.values[:, 2:] == bent.values[0, 2:]).all() and (bent.values != latents.values).any()
    assert not panel.offers["encode-bent"].disabled and row._progress.value == ""


def test_which_of_the_two_sounds_is_heard_is_seen(panel: BendingPanel) -> None:
    def in_use() -> list[bool]:
        settle()
        return [panel.offers[name].button_style == "success" for name in ("hear-own", "hear-bent")]

    assert in_use() == [False, False], "nothing is bent"
    panel.offers["flip"].click()
    assert in_use() == [False, True]
    panel.offers["hear-own"].click()
    assert in_use() == [True, False] and panel.offers["hear-own"].tooltip.endswith("this one is heard")
    panel.session.undo()
    assert in_use() == [False, True]


def test_that_a_drawn_curve_is_sorted_is_said_where_it_is(panel: BendingPanel) -> None:
    assert panel.view.captions[1] == "Weights from smallest to largest; draw here; what is drawn is sorted too"


def test_a_codec_without_weights_shows_one_sentence_and_no_dead_controls() -> None:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    panel = BendingPanel(session)
    assert panel._none.value
    shown = [*panel._parts, panel._weights.box, panel._output.box]
    assert not any(part.visible for part in shown)
    panel.close()
    session.close()
