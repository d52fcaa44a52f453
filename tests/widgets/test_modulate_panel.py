"""The panel of modulators: what is set there is set in the session, for all latents or one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.panels.modulate.modulate_panel import ModulatePanel
from tests.protocol import example
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def panel() -> Iterator[ModulatePanel]:
    session = Session(codec=LevelCodec(), sounds=tones(1))
    made = ModulatePanel(session)
    yield made
    made.close()
    session.close()


def done() -> None:
    """What was pressed is done, and shown."""
    for _ in range(3):
        assert ui.flush()


def test_a_slider_moves_all_latents_or_the_chosen_one_and_undo_brings_it_back(panel: ModulatePanel) -> None:
    modulators = panel.session.stage.modulators
    assert "raise the energy" in panel.curves.words
    panel._fields["energy"].value = 2.0
    done()
    assert modulators["energy"] == 2.0
    dim = panel.session.codec.info.latent_dim
    assert panel.curves.words == f"All {dim} latents move."
    assert panel.curves.values == {"modulators.energy": 2.0} and panel.curves.dim == dim
    panel._latent.value = 1
    panel._fields["basis"].value = "sine"
    done()
    assert modulators["basis"][:2] == ("simplex", "sine")
    panel._latent.value = 0
    assert panel._fields["basis"].value == "simplex"
    panel.session.undo()
    panel.session.undo()
    done()
    assert modulators.values == {}
    assert panel._fields["energy"].value == 0.0


def test_its_buttons_trigger_shuffle_and_reset(panel: ModulatePanel) -> None:
    modulators = panel.session.stage.modulators
    panel.offers["trigger"].click()
    panel.offers["shuffle"].click()
    done()
    assert modulators["triggers"] == 1 and len(set(modulators["seed"])) > 1
    panel.offers["reset"].click()
    done()
    assert modulators["seed"] == 0


def test_a_click_on_the_seed_map_gives_latents_the_nearest_seeds(panel: ModulatePanel) -> None:
    modulators, picture = panel.session.stage.modulators, panel.seeds.picture
    dim = panel.session.codec.info.latent_dim
    assert len(picture.places) == 4 * 256 and len(picture.heat) == 256 and picture.chosen == []
    message = example("seeds", "to_kernel", "pick")
    picture._receive(picture, message, [])
    done()
    assert modulators["seed"] == modulators.seed_map().nearest((message["x"], message["y"]), dim)
    assert len(picture.chosen) == dim and picture.at == [message["x"], message["y"]]
    panel.seeds._link.value = True
    panel.seeds._layout.value = "pca"
    picture._receive(picture, {"type": "pick", "x": float("nan"), "y": 0.0}, [])
    picture._receive(picture, {"type": "pick", "x": 0.5, "y": -0.5}, [])
    done()
    assert modulators["seed"] == modulators.seed_map("pca").nearest((0.5, -0.5), 1) * dim and len(picture.chosen) == 1
    panel.session.undo()
    done()
    assert modulators["seed"] == 0 and picture.chosen == []
    modulators.set(basis="sine")
    done()
    assert picture.places == b"" and "Only noise has seeds" in picture.words


def test_it_adds_a_mover_and_shows_how_that_moves(panel: ModulatePanel) -> None:
    movers, part = panel.session.stage.movers, panel.movers
    part._target.value = "place y"
    part.offers["move"].click()
    done()
    part._fields["depth"].value = 0.25
    part._fields["basis"].value = "cell"
    done()
    assert movers.now["1"]["depth"] == 0.25 and movers.now["1"]["basis"] == "cell"
    part.offers["still"].click()
    done()
    assert movers.now == {} and part._which.value is None
    panel.session.undo()
    done()
    assert part._which.value == "1" and part._fields["depth"].value == 0.25


def test_its_control_map_has_the_hand_set_the_modulators(panel: ModulatePanel) -> None:
    stage, part = panel.session.stage, panel.control
    for place, energy in (((-0.5, 0.0), 1.0), ((0.5, 0.0), 3.0)):
        stage.hand.steer(place, on=False)
        panel._fields["energy"].value = energy
        done()
        part.offers["add a place"].click()
        done()
    part._method.value = "nearest"
    part.offers["train the map"].click()
    done()
    assert "off by 0.0%" in part._said.value
    part._predict.value = True
    done()
    stage.hand.steer((-0.6, 0.1), on=True)
    done()
    assert panel._fields["energy"].value == pytest.approx(1.0) and panel._fields["energy"].disabled
    assert panel.curves.values["modulators.energy"] == pytest.approx([1.0] * panel.session.codec.info.latent_dim)
    stage.hand.steer((0.52, 0.0), on=False)
    part._predict.value = False
    done()
    assert stage.modulators["energy"] == pytest.approx((1.0,) * panel.session.codec.info.latent_dim)
    assert not panel._fields["energy"].disabled
    part._near()
    assert part._which.value == 1


def test_a_map_that_is_opened_or_undone_is_shown_and_not_taken_for_a_choice(panel: ModulatePanel) -> None:
    control, document = panel.session.stage.control_map, panel.session.document
    control.add((0.0, 0.0))
    first = control.now.groups
    control.choose("rbf", ("seed", "time", "jump"))
    content = control.to_bytes()
    document.undo()
    done()
    assert control.now.groups == first and control.now.method != "rbf"
    assert {name for name, box in panel.control._groups.items() if box.value} == first
    control.take("other.json", content)
    done()
    assert control.now.groups == {"seed", "time", "jump"} and control.now.method == "rbf"
    document.undo()
    done()
    assert control.now.groups == first, "opening was one step"
