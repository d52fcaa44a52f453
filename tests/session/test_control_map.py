"""The control map: points, a fitted map that plays all modulators, files, and what strangers send."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from terrain_widgets.audio.control_map import ControlMap
from terrain_widgets.core.modulation.shaping import curved
from terrain_widgets.io.session_file import read_session
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.modulation.control_map import ControlMapFileError
from tests.session.doubles import LevelCodec, tones


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(1))
    yield made
    made.close()


def playground(**changes: Any) -> dict[str, Any]:
    """A mapping as Latent-Playground writes it: nine points, whose eight offsets vary."""
    rng = np.random.default_rng(4)
    rest = [0.0, 0.0, 0.55, 0.0, 0.0, 0.5, *[0.0] * 8]
    content: dict[str, Any] = {
        "xy": {"cols": 2, "data": {f"point-{k}": rng.random(2).tolist() for k in range(1, 10)}},
        "params": {"cols": 22, "data": {f"point-{k}": [*rest, *rng.random(8).tolist()] for k in range(1, 10)}},
        "mlp": {"layers": []},
    }
    return content | changes


def test_the_hand_leads_from_one_point_to_another_and_undo_takes_that_back(session: Session) -> None:
    control, modulators, hand = session.stage.control_map, session.stage.modulators, session.stage.hand
    modulators.set(energy=1.0)
    hand.steer((-1.0, 0.0), on=False)
    assert control.add() == 0 and control.now.points[0].place == (-1.0, 0.0)
    modulators.set(energy=3.0, jump=50.0)
    control.add((1.0, 0.0))
    modulators.set(energy=0.0, jump=-50.0)
    with pytest.raises(ValueError, match="not trained yet"):
        control.go((0.0, 0.0))
    control.choose("idw")
    assert control.train() < 1e-6 and control.trained
    dim = session.codec.info.latent_dim
    control.go((1.0, 0.0))
    assert modulators["energy"] == pytest.approx((3.0,) * dim)
    assert modulators["jump"] == -50.0  # its group is off
    session.undo()
    control.lead()
    assert control.follows and session.stage.setup.patch["control.leads"] and "control" in session.stage.setup.assets
    for x in np.linspace(-1, 1, 50):  # faster than anything would be sent
        hand.steer((x, 0.0), on=True)
    assert control.values["modulators.energy"] == pytest.approx((3.0,) * dim), "the last place counts"
    assert modulators["energy"] == 0.0, "the engine sets it, and not the document"
    hand.steer((1.0, 0.0), on=False)
    assert session.stage.patch["control.place"] == (1.0, 0.0)
    assert (
        control.add((0.5, 0.5)) == 2
        and control.now.points[2].values["modulators.energy"] == control.values["modulators.energy"]
    )
    session.undo()
    control.lead(False)
    assert modulators["energy"] == pytest.approx((3.0,) * dim), "all stays as it was under the hand"
    session.undo()
    assert control.follows and modulators["energy"] == 0.0
    session.undo()
    assert not control.follows and control.near((0.97, 0.02)) == 1 and control.near((0.5, 0.0)) is None


def test_a_gesture_of_any_kind_leads(session: Session) -> None:
    control = session.stage.control_map
    session.stage.modulators.set(energy=1.0)
    control.add((0.0, 0.0))
    control.follows = True
    session.stage.hand.move((0.25, 0.5), hand=0, played=True)
    assert control.asked == (0.25, 0.5)
    session.stage.hand.move((0.75, 0.5), hand=1)
    session.stage.hand.move((0.5, 0.5), on=False)
    assert control.asked == (0.25, 0.5) and control.place == (0.5, 0.5)
    session.sound.move((-0.5, 0.1))
    session.sound.lift()
    assert session.stage.patch["control.place"] == (-0.5, 0.1)
    with pytest.raises(ValueError, match="needs a point at least"):
        Session(codec=LevelCodec(), sounds=[]).stage.control_map.lead()


def test_a_file_a_preset_and_undo_lead_again_with_a_map_that_is_trained(tmp_path: Path) -> None:
    session = Session(sounds=[])
    control, presets = session.stage.control_map, session.stage.presets
    session.stage.modulators.set(energy=2.0)
    control.add((0.0, 0.0))
    control.choose("nearest")
    control.follows = True
    session.stage.hand.move((0.3, 0.3))
    presets.keep("led")
    session.stage.hand.move((0.3, 0.3), on=False)
    session.save(tmp_path / "s.zip")
    control.reset()
    assert not control.follows and not control.trained and "control" not in session.stage.setup.assets
    presets.recall("led")
    assert (
        control.follows and control.trained and control.asked == (0.3, 0.3) and "control" in session.stage.setup.assets
    )
    session.undo()
    assert not control.follows
    session.open(tmp_path / "s.zip")
    assert control.follows and control.values["modulators.energy"] == pytest.approx((2.0,) * 8)
    assert control.asked == (0.3, 0.3)
    session.stage.forget_codec()
    assert not control.follows and not control.trained and control.now.points
    session.close()


def test_points_are_updated_deleted_reset_recalled_and_kept_in_files(session: Session, tmp_path: Path) -> None:
    control, modulators = session.stage.control_map, session.stage.modulators
    modulators.set(deviation=1.0)
    control.add((0.0, 0.0))
    modulators.set(deviation=2.0)
    control.update(0, (0.5, 0.5))
    control.add((-0.5, 0.0))
    control.delete(1)
    modulators.reset()
    control.recall(0)
    assert modulators["deviation"] == 2.0
    control.save(tmp_path / "map.json")
    session.save(tmp_path / "s.zip")
    control.reset()
    assert control.now.points == ()
    assert control.load(tmp_path / "map.json") == 1 and control.now.points[0].place == (0.5, 0.5)
    kept = ControlMap.from_json(read_session(tmp_path / "s.zip").control_map)
    assert kept.points[0].values["modulators.deviation"] == 2.0
    session.undo()
    assert control.now.points == ()


def test_nine_points_of_latent_playground_are_met_and_its_curve_is_applied_once(session: Session) -> None:
    control = session.stage.control_map
    content = playground()
    assert control.take("map.json", json.dumps(content).encode()) == 9
    assert control.now.groups == {"deviation"}
    fitted = control.now.fit(8)
    errors = []
    for key, (x, y) in content["xy"]["data"].items():
        given = curved(fitted.at((2 * x - 1, 2 * y - 1))["modulators.deviation"])
        errors.append(np.abs((given + 3) / 6 - np.array(content["params"]["data"][key][14:])).mean())
    assert np.mean(errors) <= 0.02
    with_seeds = playground()
    for row in with_seeds["params"]["data"].values():
        row[:2] = [row[14], row[15]]
    assert control.take("map.json", json.dumps(with_seeds).encode()) == 9
    assert control.now.groups == {"seed", "deviation"}
    assert len({point.values["modulators.seed"] for point in control.now.points}) > 3


def test_a_strangers_file_is_refused_in_one_sentence_and_nothing_changes(session: Session) -> None:
    control = session.stage.control_map
    control.add((0.0, 0.0))
    before = control.now
    many = {f"p{k}": [0.5, 0.5] for k in range(10_000)}
    own = before.to_json()
    nan = playground()
    nan["params"]["data"]["point-3"][15] = float("nan")
    short = playground()
    short["xy"]["data"]["point-3"] = [0.1]
    strangers: list[Any] = [
        playground(xy={"cols": 2, "data": many}),
        playground(params={"cols": 21, "data": {}}),
        playground(xy={"cols": 2, "data": {"other": [0.1, 0.2]}}),
        nan,
        short,
        own | {"points": [{"place": [0.0, float("nan")], "values": {}}]},
        own | {"points": [{"place": [0.0, 0.0], "values": {"modulators.magic": 1.0}}]},
        own | {"points": [{"place": [0.0, 0.0, 0.0], "values": {}}]},
        own | {"points": [{"place": [0.0, 1e300], "values": {}}]},
        own | {"points": [{"place": [0.0, 0.0], "values": {"modulators.energy": 1e9}}]},
        own | {"points": own["points"] * 10_000},
        own | {"method": "magic"},
        own | {"version": 9},
        [1, 2],
    ]
    for content in strangers:
        with pytest.raises(ControlMapFileError) as told:
            control.take("map.json", json.dumps(content).encode())
        assert len(str(told.value)) < 400 and "\n" not in str(told.value)
        assert control.now is before
    with pytest.raises(ControlMapFileError):
        control.take("map.json", b"\xff\xfe not json")


def test_a_mapping_of_one_place_keeps_its_values(session: Session) -> None:
    one = {
        key: {**playground()[key], "data": {"point-1": playground()[key]["data"]["point-1"]}}
        for key in ("xy", "params")
    }
    assert session.stage.control_map.take("mapping.json", json.dumps(one).encode()) == 1
    (point,) = session.stage.control_map.now.points
    assert any(point.values["modulators.deviation"]) and session.stage.control_map.now.groups == {"energy", "deviation"}


def test_what_was_trained_goes_with_its_map(session: Session) -> None:
    control = session.stage.control_map
    control.add((0.0, 0.0))
    control.train()
    session.undo()
    assert not control.now.points and not control.trained
    with pytest.raises(ValueError, match="not trained"):
        control.go((0.0, 0.0))
