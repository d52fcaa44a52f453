"""Any number that moves by itself: in the engine, in undo, session file and take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.assets import PathAsset, path_key
from terrain_widgets.audio.engine import resolution
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Update
from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.io.session_file import read_session
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.modulation.targets import targets
from tests.audio.doubles import Plane, ToneCodec, splits
from tests.audio.test_takes import Performer
from tests.session.doubles import LevelCodec, tones

_LINE = np.stack([np.linspace(-1, 1, 40), np.zeros(40)], axis=1)


def mover(target: str, depth: float, **values: object) -> Update:
    changes = {"target": target, "depth": depth, "loop": 0.4, **values}
    return Update({f"movers.m.{word}": value for word, value in changes.items()})


def played(engine: Engine, frames: int = 100) -> np.ndarray:
    """Where the engine says that it sounded, ``[T, 2]``: at 250 frames a second, a loop of 0.4 s has 100."""
    rows = []
    for _ in range(frames):
        engine.render(np.full((1, 2), 0.1, np.float32), 1.0)
        rows.append(engine.heard[0].places[0])
    return np.stack(rows)


def test_a_hand_wanders_around_where_it_is_along_one_axis_or_both() -> None:
    engine = Engine(ToneCodec(), Plane())
    engine.update(mover("hand.offset", 0.5, along=(1.0, 0.0)))
    places = played(engine)
    np.testing.assert_allclose(places[:, 0], 0.1 + 0.5 * np.sin(2 * np.pi * np.arange(100) / 100), atol=1e-6)
    np.testing.assert_allclose(places[:, 1], 0.1, atol=1e-6)
    engine.update(Update({"movers.m.along": 1.0}))
    np.testing.assert_allclose(np.ptp(played(engine), axis=0), 1.0, atol=1e-3)
    engine.update(Update({"movers.m": None}))
    np.testing.assert_allclose(played(engine, 3), 0.1, atol=1e-6)


def test_a_playhead_is_moved_along_its_path_and_panic_keeps_it_silent() -> None:
    engine = Engine(ToneCodec(), Plane())
    heads = {"playheads.a.path": "p", "playheads.a.speed": 0.0, "playheads.a.seeks": 1, "playheads.a.start": 20.0}
    engine.update(Update(heads, {path_key("p"): PathAsset(_LINE.astype(np.float32))}))
    engine.update(mover("playheads.a.shift", 10.0))
    positions = []
    for _ in range(100):
        engine.render(np.zeros((1, 2), np.float32), 0.0)
        positions.append(engine.positions[0])
    assert min(positions) == pytest.approx(10.0, abs=0.1) and max(positions) == pytest.approx(30.0, abs=0.1)
    engine.panic()
    engine.render(np.zeros((40, 2), np.float32), 0.0)
    assert engine.silent
    engine.update(Update({"playheads.a": None}))  # the mover has nothing to move any more
    engine.render(np.zeros((4, 2), np.float32), 1.0)
    assert engine.error == "" and engine.patch.members("playheads") == ()


def test_a_level_stays_in_its_range_and_blocks_of_any_size_sound_alike() -> None:
    def run(sizes: list[int]) -> np.ndarray:
        engine = Engine(ToneCodec(), Plane())
        engine.update(mover("output.level", 5.0, basis="square"))
        return np.concatenate([engine.render(np.full((n, 2), 0.3, np.float32), 1.0) for n in sizes], axis=1)

    whole = run([120])
    np.testing.assert_allclose(run(splits(120, 3, 17)), whole, atol=1e-6)
    loud, silent = np.abs(whole[0, 40 * 64 : 50 * 64]).max(), np.abs(whole[0, 80 * 64 : 90 * 64]).max()
    assert 0.05 < loud <= 1.0 and silent < 1e-4


def test_a_playhead_begins_again_on_the_next_beat() -> None:
    engine = Engine(ToneCodec(), Plane())
    engine.update(Update({"clock.tempo": 300.0, "clock.quantise": "beat"}))  # a beat has 50 frames
    engine.update(Update({"playheads.a.path": "p"}, {path_key("p"): PathAsset(_LINE.astype(np.float32))}))
    engine.render(np.zeros((30, 2), np.float32), 0.0)
    engine.update(Update({"playheads.a.seeks": 1, "playheads.a.start": 5.0}))
    engine.render(np.zeros((20, 2), np.float32), 0.0)
    assert engine.positions[0] == pytest.approx(10.0)  # 50 frames on a path of 40
    engine.render(np.zeros((3, 2), np.float32), 0.0)
    assert engine.positions[0] == pytest.approx(8.0)


def test_a_take_is_played_again_exactly_with_all_that_moves(tmp_path: Path) -> None:
    one = Performer(ToneCodec(), 3)
    one.map(Plane())
    one.change({"modulators.energy": 1.0, "clip.wet": 0.5})
    for k, target in enumerate(("hand.offset", "output.level", "latents.scale", "latents.offset", "hand.width")):
        one.change({f"movers.{k}.target": target, f"movers.{k}.depth": 0.4, f"movers.{k}.loop": 0.3 + 0.1 * k})
    one.move(coordinates=(0.1, 0.2), gate=True, pressure=0.5)
    one.play(20)
    one.loop.record(tmp_path / "t", 60.0)
    for changes in ({"movers.1.smooth": 40.0}, {"modulators.triggers": 1}, {"movers.0": None}, {"clock.tempo": 90.0}):
        one.play(10)
        one.change(changes)
    one.play(10)
    one.loop.stop_recording()
    take = read_take(tmp_path / "t.json")
    sound = soundfile.read(tmp_path / "t.wav", dtype="float32", always_2d=True)[0].T
    assert take.settings.changes["movers.1.start"] > 0.0
    assert take.settings.changes.get("output.level", 1.0) == 1.0  # what is set, not where it was
    np.testing.assert_allclose(replay(take, ToneCodec()), sound, atol=1e-5)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(1))
    yield made
    made.close()


def test_movers_are_steps_of_undo_and_in_the_session_file(session: Session, tmp_path: Path) -> None:
    movers = session.stage.movers
    name = movers.add("place y", depth=0.2)
    movers.set(name, basis="fractal", loop_in="bars", loop=2)
    assert movers.words(name) == "place y" and movers.now[name]["along"] == (0.0, 1.0)
    session.save(tmp_path / "s.zip")
    assert read_session(tmp_path / "s.zip").patch["movers.1.basis"] == "fractal"
    session.undo()
    assert movers.now[name]["basis"] == "sine"
    movers.remove(name)
    assert movers.now == {}
    session.undo()
    session.undo()
    assert movers.now == {}


def test_a_mover_that_replaces_one_has_nothing_of_it(session: Session) -> None:
    movers = session.stage.movers
    movers.add("place x", "drift", depth=0.2, basis="fractal", smooth=7)
    movers.add("level", "drift")
    assert movers.words("drift") == "level" and movers.now["drift"]["basis"] == "sine"
    session.undo()
    assert movers.now["drift"]["smooth"] == 7


def test_an_attribute_does_not_hide_a_number_of_the_same_name() -> None:
    one = Attribute("level", [0.0, 1.0])
    found = targets(Patch(), {"level": one, "bright": one})
    assert found["level"].address == "output.level"
    assert found["attribute level"].along == (0.0, 1.0) == found["bright"].along


def test_what_cannot_be_moved_is_refused_in_one_sentence(session: Session) -> None:
    movers = session.stage.movers
    for target in ("clock.tempo", "playheads.a.loop", "nothing"):
        with pytest.raises(ValueError, match=f"'{target}' cannot be moved; there are place x, place y"):
            movers.add(target)
    with pytest.raises(TypeError, match="no keyword argument 'speed'"):
        movers.add("level", speed=1.0)
    with pytest.raises(KeyError, match="there is no mover '7'"):
        movers.remove("7")
    with pytest.raises(ValueError, match="depth must be a number"):
        movers.add("level", depth=float("nan"))
    assert movers.now == {}


def test_a_star_is_no_playhead() -> None:
    with pytest.raises(ValueError, match="cannot move"):
        resolution.movers(Patch({"movers.m.target": "playheads.*.speed"}))
