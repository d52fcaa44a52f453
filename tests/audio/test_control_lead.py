"""A hand that leads: the engine sets the modulators as the control map says of where it is, frame by frame."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.assets import CONTROL, ControlAsset, unpack_asset
from terrain_widgets.audio.control_map import ControlMap, MapPoint
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.fitted_control_map import FittedControlMap
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Update
from tests.audio.doubles import Plane, ToneCodec, splits, wander
from tests.audio.test_takes import Performer

DIM = ToneCodec().info.latent_dim
GROUPS = frozenset({"seed", "time", "jump", "energy", "deviation"})


def fitted(method: str = "idw", dim: int = DIM) -> FittedControlMap:
    """A map of three places that differ in everything."""
    patches = [
        {"energy": 1.0, "jump": -50.0, "seed": 1, "loop_in": "free"},
        {"energy": 3.0, "jump": 50.0, "seed": (7, 9), "loop_in": "seconds", "loop": 0.3},
        {"energy": -2.0, "jump": 0.0, "deviation": 1.0, "chaos": 0.5},
    ]
    points = (
        MapPoint.of(place, Patch({f"modulators.{word}": value for word, value in values.items()}))
        for place, values in zip(((-1.0, 0.0), (1.0, 0.0), (0.0, 1.0)), patches, strict=True)
    )
    return ControlMap(tuple(points), method, GROUPS).fit(dim)


def led(engine: Engine, address: str) -> object:
    return engine.motion.sounding[address]


def test_a_hand_that_is_down_leads_and_one_that_is_up_leaves_all_as_it_was_there() -> None:
    engine, control = Engine(ToneCodec(), Plane()), fitted()
    engine.update(Update({"modulators.energy": 0.5, "control.leads": True}, {CONTROL: ControlAsset(control)}))
    places = np.array([[-1, 0], [1, 0], [0.3, 0.4]], np.float32)
    engine.render(places[:1], 0.0)
    assert led(engine, "modulators.energy") == control.at((0.0, 0.0))["modulators.energy"], (
        "asked where control.place is"
    )
    for place in places:
        engine.render(place[None], 1.0)
        assert {address: led(engine, address) for address in control.at(place)} == control.at(place)
    engine.render(np.ones((3, 2), np.float32), 0.0)
    assert led(engine, "modulators.energy") == control.at(places[-1])["modulators.energy"]
    assert engine.patch["modulators.energy"] == 0.5, "what is set stays"
    engine.update(Update({"control.place": (1.0, 0.0)}))
    engine.render(np.ones((1, 2), np.float32), 0.0)
    assert led(engine, "modulators.seed") == (7, 9) and led(engine, "modulators.loop_in") == "seconds"
    engine.update(Update({"control.leads": False}))
    engine.render(np.ones((1, 2), np.float32), 1.0)
    assert led(engine, "modulators.energy") == 0.5 and led(engine, "modulators.seed") == 0


def test_blocks_of_any_size_and_an_engine_that_goes_on_from_another_sound_the_same() -> None:
    def played(sizes: list[int], handed_over: int = -1) -> np.ndarray:
        engine, at, parts = Engine(ToneCodec(), Plane()), 0, []
        engine.update(Update({"control.leads": True}, {CONTROL: ControlAsset(fitted("networks"))}))
        way = wander(120)
        for size in sizes:
            if at == handed_over:
                state, other = engine.snapshot(), Engine(ToneCodec(), Plane())
                other.update(state)
                assert other.motion.now["control.place"] == engine.motion.now["control.place"]
            gate = float(at < 40 or at >= 80)
            engine.update(Update({"control.place": (0.9, -0.9)}) if at == 60 else Update({"clock.tempo": 99.0}))
            parts.append(engine.render(way[at : at + size], gate))
            at += size
        return np.concatenate(parts, axis=1)

    whole = played([20] * 6, handed_over=40)
    assert np.abs(whole).max() > 0.05
    np.testing.assert_allclose(played([1] * 120), whole, atol=1e-6)
    np.testing.assert_allclose(played([size for part in range(6) for size in splits(20, part, 7)]), whole, atol=1e-6)


def test_a_take_of_a_hand_that_leads_is_played_again_exactly_from_its_file(tmp_path: Path) -> None:
    one = Performer(ToneCodec(), 5)
    one.map(Plane())
    one.change({"control.leads": True}, control=ControlAsset(fitted("rbf")))
    one.move(coordinates=(0.5, 0.5), gate=True)
    one.play(5)
    one.move(gate=False)
    one.play(5)  # the take begins where the map was asked last, with the hand up
    one.loop.record(tmp_path / "t", 60.0)
    for turn, place in enumerate(wander(20).tolist()):
        one.move(coordinates=tuple(place), gate=turn % 6 != 5)
        if turn == 8:
            one.change({}, control=ControlAsset(fitted("nearest")))
        if turn == 14:
            one.change({"control.leads": False})
        if turn == 16:
            one.change({"control.leads": True, "control.place": (0.2, 0.1)})
        one.play(4)
    one.loop.stop_recording()
    take = read_take(tmp_path / "t.json")
    sound = soundfile.read(tmp_path / "t.wav", dtype="float32", always_2d=True)[0].T
    assert take.settings.changes["control.place"] == (0.5, 0.5)
    for block in (1, 16):
        np.testing.assert_allclose(replay(take, ToneCodec(), block=block), sound, atol=1e-5)


def test_a_map_travels_as_plain_data_and_one_that_does_not_fit_is_refused() -> None:
    for method in ("networks", "nearest"):
        asset = ControlAsset(fitted(method))
        config, arrays = asset.pack()
        again = unpack_asset("control", config, arrays)
        assert isinstance(again, ControlAsset)
        assert again.control.at((0.3, -0.2)) == asset.control.at((0.3, -0.2))
    engine = Engine(ToneCodec(), Plane())
    with pytest.raises(ValueError, match="sets 5 modulators, but the codec 'tone' has 2 latents"):
        engine.update(Update({"control.leads": True}, {CONTROL: ControlAsset(fitted(dim=5))}))
    assert not engine.patch["control.leads"] and not engine.motion.now.get("control.place")
    config, arrays = ControlAsset(fitted()).pack()
    for wrong in ({"numbers": [{"word": "seed"}, {"word": "basis"}]}, {"choices": {"seed": [1]}}, {"latent_dim": 3}):
        with pytest.raises(ValueError, match=r"control map|nothing between|needs"):
            unpack_asset("control", config | wrong, arrays)
