"""Latents that move by themselves: in the engine, in undo, session file and take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.latents.modulators import Modulators
from terrain_widgets.audio.engine.resolution import modulator_settings
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.takes.render import replay
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Update
from terrain_widgets.io.session_file import read_session
from terrain_widgets.session.session import Session
from tests.audio.doubles import Plane, ToneCodec, splits
from tests.audio.test_takes import Performer
from tests.session.doubles import LevelCodec, tones

MOVING = {"energy": 2.0, "basis": ("simplex", "cell", "sine"), "smooth": 30.0, "jump": 20.0}


def bank(frame_rate: float = 40.0, tempo: float = 96.0, **values: object) -> Modulators:
    patch = Patch({f"modulators.{word}": value for word, value in values.items()} | {"clock.tempo": tempo})
    return Modulators(modulator_settings(patch, 3), frame_rate)


def moved(modulators: Modulators, frames: int) -> np.ndarray:
    found = modulators.process(frames)
    assert found is not None
    return found


def test_blocks_of_any_size_move_alike_and_without_energy_nothing_moves() -> None:
    whole, parted = bank(**MOVING), bank(**MOVING)
    parts = np.concatenate([moved(parted, size) for size in splits(300, 4, 40)])
    np.testing.assert_array_equal(parts, moved(whole, 300))
    assert np.ptp(parts, axis=0).min() > 0.5
    assert bank(basis="sine").process(10) is None
    assert bank(energy=1.0, on=False).process(10) is None


def test_a_loop_of_a_bar_at_96_beats_a_minute_repeats_exactly_a_hundred_times() -> None:
    frames = moved(bank(loop_in="bars", loop=1.0, **MOVING), 101 * 100)  # 2.5 s at 40 Hz
    loops = frames.reshape(101, 100, 3)
    np.testing.assert_allclose(loops[1:], np.broadcast_to(loops[1], loops[1:].shape), atol=1e-6)
    np.testing.assert_allclose(loops[0, 60:], loops[1, 60:], atol=1e-2)  # the smoothing has to settle


def test_another_tempo_keeps_the_phase_and_a_trigger_begins_in_step() -> None:
    one = bank(loop_in="bars", energy=1.0, chaos=0.5)
    one.process(70)
    phases = one.phases
    other = modulator_settings(
        Patch({"modulators.loop_in": "bars", "modulators.energy": 1.0, "modulators.chaos": 0.5, "clock.tempo": 140}), 3
    )
    one.follow(other, {})
    np.testing.assert_allclose(one.phases, phases, atol=1e-12)
    assert len(set(phases.tolist())) == 3
    one.follow(other, {"modulators.triggers": 1})
    assert one.phases.tolist() == [0.0, 0.0, 0.0]


def phase_after(sizes: list[int], quantise: str, *, end: str = "") -> float:
    """Where a modulator is that was triggered after 30 frames, at 300 beats a minute, of which each has 50 frames."""
    engine, at = Engine(ToneCodec(), Plane()), 0
    engine.update(Update({"modulators.energy": 1.0, "modulators.jump": -100.0, "clock.tempo": 300.0}))
    engine.update(Update({"clock.quantise": quantise}))
    places = np.zeros((sum(sizes), 2), np.float32)
    for size in sizes:
        if at == 30:
            engine.update(Update({"modulators.triggers": 1}))
            if end == "restart":
                engine.restart()
            elif end:
                engine.update(Update({"clock.quantise": "off"}))
        engine.render(places[at : at + size], 1.0)
        at += size
    return float(engine.snapshot().changes["modulators.start"][0])


def test_a_trigger_waits_for_its_beat_or_bar_in_blocks_of_any_size() -> None:
    cell = 0.25 / 250  # cells of noise in a frame
    for quantise, begins in (("off", 30), ("beat", 50), ("bar", 200)):
        for sizes in ([30, 230], [1] * 30 + [7] * 32 + [6]):
            assert sum(sizes) == 260
            assert phase_after(sizes, quantise) == pytest.approx((260 - begins) * cell)


def test_a_trigger_that_waits_comes_at_once_where_nothing_is_waited_for_any_more() -> None:
    for end in ("restart", "off"):
        assert phase_after([30, 10], "bar", end=end) == pytest.approx(10 * 0.25 / 250)


def test_where_a_noise_stands_stays_when_its_loop_ends() -> None:
    one = bank(loop_in="seconds", loop=2.0, energy=1.0)
    one.process(30)
    free = modulator_settings(Patch({"modulators.energy": 1.0}), 3)
    there = moved(bank(loop_in="seconds", loop=2.0, energy=1.0), 31)[-1]
    one.follow(free, {})
    np.testing.assert_allclose(moved(one, 1)[0], there, atol=1e-6)


def test_a_take_is_played_again_exactly_from_where_its_modulators_were(tmp_path: Path) -> None:
    one = Performer(ToneCodec(), 3)
    one.map(Plane())
    one.change({"modulators.energy": 2.0, "modulators.jump": 50.0})
    one.move(coordinates=(0.1, 0.2), gate=True, pressure=0.5)
    one.play(20)
    one.loop.record(tmp_path / "t", 60.0)
    recall = {"glide.seconds": 0.1, "glide.recalls": 1, "latents.scale": 0.6, "modulators.energy": 0.5}
    for changes in (
        {"modulators.smooth": 40.0},
        {"modulators.triggers": 1},
        {"modulators.loop_in": "bars", "clock.quantise": "beat", "clock.tempo": 300.0},
        recall,
        {"modulators.triggers": 2},
        {**recall, "glide.recalls": 2, "latents.scale": 1.5},
    ):
        one.play(10)
        one.change(changes)
    one.play(10)
    one.loop.stop_recording()
    take = read_take(tmp_path / "t.json")
    sound = soundfile.read(tmp_path / "t.wav", dtype="float32", always_2d=True)[0].T
    assert min(take.settings.changes["modulators.start"]) > 0.0
    np.testing.assert_allclose(replay(take, ToneCodec()), sound, atol=1e-5)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(codec=LevelCodec(), sounds=tones(1))
    yield made
    made.close()


def test_modulators_are_steps_of_undo_and_in_the_session_file(session: Session, tmp_path: Path) -> None:
    modulators = session.stage.modulators
    dim = session.codec.info.latent_dim
    modulators.set(energy=2.0, basis="fractal")
    modulators.set(latent=dim - 1, energy=-1.0)
    assert modulators["energy"] == (2.0,) * (dim - 1) + (-1.0,)
    assert modulators.curves(2.0).shape == (60, dim) and np.ptp(modulators.curves(2.0), axis=0).min() > 0.01
    modulators.tempo = 96
    session.save(tmp_path / "s.zip")
    kept = read_session(tmp_path / "s.zip").patch
    assert tuple(kept["modulators.energy"]) == modulators["energy"] and kept["clock.tempo"] == 96.0
    session.undo()
    session.undo()
    assert modulators["energy"] == 2.0
    modulators.reset()
    assert modulators.values == {} and not modulators.curves(1.0).any()
    session.undo()
    assert modulators["basis"] == "fractal"


def test_taps_set_the_tempo_in_one_step_of_undo_and_one_that_is_late_does_no_harm(session: Session) -> None:
    modulators = session.stage.modulators
    for seconds in (10.0, 10.5, 11.0, 11.7, 12.0, 12.5):
        modulators.tap(seconds)
    assert modulators.tempo == 120.0
    session.undo()
    modulators.tap(100.0)  # a long pause: the first of others
    assert modulators.tempo == 120.0
    for seconds in (100.625, 101.25):
        modulators.tap(seconds)
    assert modulators.tempo == 96.0
    session.undo()
    assert modulators.tempo == 120.0


def test_what_does_not_fit_is_refused_in_one_sentence(session: Session) -> None:
    modulators = session.stage.modulators
    with pytest.raises(ValueError, match="modulators.energy needs one value or"):
        modulators.set(energy=(1.0,) * 7)
    with pytest.raises(ValueError, match="basis must be one of cell, value"):
        modulators.set(basis="perlin")
    with pytest.raises(KeyError, match="there is no parameter 'modulators.speed'"):
        modulators.set(speed=1.0)
    with pytest.raises(IndexError, match="there are latents 0 to"):
        modulators.set(latent=99, energy=1.0)
    with pytest.raises(ValueError, match="energy must be a number from -3 to 3, got nan"):
        modulators.set(energy=float("nan"))
    assert modulators.values == {}


def test_seeds_are_picked_from_the_map_and_undone_in_one_step(session: Session) -> None:
    modulators = session.stage.modulators
    modulators.set(basis="cell")
    modulators.pick_seeds((0.2, 0.1))
    modulators.pick_seeds((0.3, 0.1))
    picked = modulators["seed"]
    assert len(set(picked)) == len(picked) == session.codec.info.latent_dim
    modulators.pick_seeds((0.3, 0.1), link=True)
    assert modulators["seed"] == (picked[0],) * len(picked)
    session.undo()
    assert modulators["seed"] == 0
    modulators.set(basis="sine")
    with pytest.raises(ValueError, match="a seed map is of a noise"):
        modulators.pick_seeds((0.0, 0.0))
