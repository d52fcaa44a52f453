"""Latent sliders as methods, and that moving them is heard without a jump, however many there are."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.codecs.base import CodecInfo
from terrain_widgets.core.mapping import ConstantMapping, Mapping, mapping_from_state
from terrain_widgets.session.session import Session
from tests.session.doubles import LevelCodec
from tests.session.hands import with_hands


@pytest.fixture
def session():
    made = Session(codec=LevelCodec(), sounds=[])
    yield made
    made.close()


def test_chance_and_zero_respect_locks_and_are_undone(session):
    bank = session.stage.sliders
    assert bank.prepare().values.tolist() == [0, 0, 0]
    bank.move(1, 2.5)
    bank.lock(1)
    bank.randomise(0.5)
    first = bank.now.values
    assert first[1] == 2.5 and first[0] != 0 and session.document.can_undo
    bank.randomise(0.5)
    assert (bank.now.values != first).sum() == 2
    bank.zero()
    assert bank.now.values.tolist() == [0, 2.5, 0]
    session.undo()
    session.undo()
    assert (bank.now.values == first).all()
    session.undo()
    assert bank.now.values.tolist() == [0, 2.5, 0]
    session.redo()
    assert (bank.now.values == first).all()
    for _ in range(2):
        session.undo()
    assert not bank.now.locked.any() and bank.now.values.tolist() == [0, 2.5, 0]
    session.undo()
    assert bank.now.values.tolist() == [0, 0, 0] and not session.document.can_undo
    bank.move(1, 2.5)
    bank.lock(1)
    bank.randomise(1.0, seed=7)
    chosen = bank.now.values
    bank.randomise(1.0, seed=7)
    assert (bank.now.values == chosen).all()
    bank.take([9, -9, 1])
    assert bank.now.values.tolist() == [3, -3, 1]
    with pytest.raises(ValueError, match="3 sliders"):
        bank.take([1, 2])
    with pytest.raises(IndexError, match="sliders 0 to 2"):
        bank.move(3, 0.0)
    with pytest.raises(ValueError, match="temperature"):
        bank.randomise(-1.0)


def test_the_session_s_seed_decides_the_draws():
    drawn = []
    for _ in range(2):
        session = Session(codec=LevelCodec(), sounds=[], seed=5)
        session.stage.sliders.randomise()
        session.stage.sliders.randomise()
        drawn.append(session.stage.sliders.now.values)
        session.close()
    assert (drawn[0] == drawn[1]).all()


def test_heard_while_they_move_and_silent_afterwards(session):
    host, bank = with_hands(session), session.stage.sliders
    bank.hear()
    assert host.gate_open and host.mappings[-1].latents.tolist() == [0, 0, 0]
    bank.move(2, 1.25)
    assert host.mappings[-1].latents.tolist() == [0, 0, 1.25]
    session.move((0.3, 0.1))  # the hand on a plane does not disturb
    bank.randomise()
    assert (host.mappings[-1].latents == bank.now.values).all()
    bank.hear(False)
    assert not host.gate_open
    count = len(host.mappings)
    bank.move(0, 1.0)
    assert len(host.mappings) == count


def test_what_is_chosen_instead_begins_in_silence(session):
    host = with_hands(session)
    session.stage.points.place((0, 0), [1, 1, 1])
    session.stage.sliders.hear()
    session.stage.points.play()
    assert not session.stage.sliders.hearing and not host.gate_open and host.mappings[-1] is session.stage.points.fitted


class Listening:
    """A codec double that keeps the latents it is to decode."""

    recipe = None

    def __init__(self, latent_dim: int) -> None:
        self.info = CodecInfo("listening", 8000, 100, latent_dim)
        self.heard: list[np.ndarray] = []

    def stream(self, _voices: int = 1) -> Listening:
        return self

    def reset(self) -> None: ...

    def decode(self, latents: np.ndarray) -> np.ndarray:
        self.heard += list(latents[0].T.copy())
        return np.zeros((1, 1, 100 * latents.shape[2]), np.float32)


@pytest.mark.parametrize("latent_dim", [3, 64])
@pytest.mark.parametrize("swaps", [1, 3])
def test_a_slider_that_is_thrown_about_never_makes_the_latents_jump(latent_dim, swaps):
    """The engine leads over in five frames: no frame may be more than a fifth of the sliders' whole travel away."""
    codec, random = Listening(latent_dim), np.random.default_rng(0)
    engine = Engine(codec, ConstantMapping(2, np.zeros(latent_dim, np.float32)))
    for _ in range(60):
        for _ in range(swaps):
            target = random.choice([-3.0, 3.0], latent_dim).astype(np.float32)
            engine.set_mapping(ConstantMapping(2, target))
        engine.render(np.zeros((1, 2)), 1.0)
    steps = np.abs(np.diff(codec.heard, axis=0))
    assert 0.5 < steps.max() <= 6.0 / 5 + 1e-5
    for _ in range(5):
        engine.render(np.zeros((1, 2)), 1.0)
    np.testing.assert_allclose(codec.heard[-1], target, atol=1e-6)


def test_a_constant_mapping_travels_and_minds_no_number_of_dimensions():
    made = ConstantMapping(2, np.arange(64, dtype=np.float32))
    there = mapping_from_state(made.to_state())
    assert isinstance(made, Mapping) and (there.control_dim, there.latent_dim) == (2, 64)
    for dims in (1, 2, 15):
        assert (there(np.random.default_rng(0).normal(size=(5, dims))) == np.arange(64)).all()
