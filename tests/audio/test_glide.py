"""Numbers that glide to those of a recalled preset: in any block size, left alone by hand, there at once in silence."""

from __future__ import annotations

from itertools import count

import numpy as np
import pytest

from terrain_widgets.audio.between import Way, morphed
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Update
from tests.audio.doubles import Plane, ToneCodec, splits, wander

SCALE = "latents.scale"
_recalls = count(1)


def recall(seconds: float = 0.2, **values: object) -> Update:
    """A preset's values; a frame of the codec is 4 ms."""
    changes = {address.replace("__", "."): value for address, value in values.items()}
    return Update(changes | {"glide.seconds": seconds, "glide.recalls": next(_recalls)})


def sounding() -> Engine:
    engine = Engine(ToneCodec(), Plane())
    engine.render(wander(10), 1.0)
    return engine


def test_numbers_go_straight_there_and_choices_at_once() -> None:
    engine = sounding()
    engine.update(recall(0.2, latents__scale=(3.0, 1.0), modulators__mode="fold", mosaic__neighbours=7))
    assert engine.patch["modulators.mode"] == "fold" and engine.patch["mosaic.neighbours"] == 7
    seen = []
    for _ in range(50):
        engine.render(wander(1), 1.0)
        seen.append(engine.latent_settings.scale[0])
    np.testing.assert_allclose(seen, 1.0 + 2.0 * np.arange(1, 51) / 50, rtol=1e-6)
    assert engine.patch[SCALE] == (3.0, 1.0) and engine.latent_settings.scale.tolist() == [3.0, 1.0]


def test_a_number_with_a_logarithmic_curve_goes_by_equal_factors_and_stays_within_its_ends() -> None:
    way = Way.of(PARAMETERS.at("modulators.loop"), 1.0, 64.0)
    assert way is not None and way.at(0.5) == pytest.approx(8.0)
    odd = Way.of(PARAMETERS.at("latents.offset"), 0.1, 0.3)
    assert odd is not None and all(0.1 <= float(odd.at(k / 997)) <= 0.3 for k in range(998))
    assert Way.of(PARAMETERS.at("latents.slew"), float("inf"), 1.0) is None
    assert Way.of(PARAMETERS.at("modulators.steps"), (0.0, 1.0), (0.0, 1.0, 0.0)) is None


def test_blocks_of_any_size_sound_the_same() -> None:
    def run(sizes: list[int]) -> np.ndarray:
        engine, path, at, out = sounding(), wander(120, seed=2), 0, []
        for size in sizes:
            if at == 40:
                engine.update(recall(0.13, latents__scale=0.3, latents__offset=(0.5, -1.0)))
            if at == 60:  # another one on the way, which leaves the offset gliding on
                engine.update(recall(0.1, latents__scale=2.0, modulators__energy=1.0))
            out.append(engine.render(path[at : at + size], 1.0))
            at += size
        return np.concatenate(out, axis=1)

    whole = run([40, 20, 60])
    np.testing.assert_allclose(run([*splits(40, 1, 9), *splits(20, 2, 9), *splits(60, 3, 9)]), whole, atol=1e-6)


def test_what_is_set_by_hand_glides_no_more() -> None:
    engine = sounding()
    engine.update(recall(1.0, latents__scale=3.0, latents__offset=1.0))
    engine.render(wander(20), 1.0)
    engine.update(Update({SCALE: 0.5}))
    engine.render(wander(20), 1.0)
    assert engine.patch[SCALE] == 0.5 and 0.1 < engine.patch["latents.offset"] < 0.2


def test_in_silence_after_a_panic_and_after_a_restart_all_is_there_at_once() -> None:
    silent = Engine(ToneCodec(), Plane())
    silent.update(recall(1.0, latents__scale=3.0))
    assert silent.latent_settings.scale[0] == 3.0
    for end in (Engine.panic, Engine.restart):
        engine = sounding()
        engine.update(recall(1.0, latents__scale=3.0))
        assert engine.latent_settings.scale[0] == 1.0
        end(engine)
        assert engine.latent_settings.scale[0] == 3.0


def test_between_two_patches_numbers_are_in_proportion_and_all_else_is_the_nearer_ones() -> None:
    one = Patch({"playheads.c1.path": "c1", "playheads.c1.speed": 1.0, "modulators.basis": "sine", SCALE: 0.0})
    other = Patch({"playheads.c1.path": "c1", "playheads.c1.speed": 3.0, "playheads.c2.path": "c2", "clip.wet": 0.5})
    near, far = morphed(one, other, 0.25), morphed(one, other, 0.75)
    assert (near["playheads.c1.speed"], near[SCALE], near["clip.wet"]) == (1.5, 0.25, 0.875)
    assert near.members("playheads") == ("c1",) and near["modulators.basis"] == "sine"
    assert far.members("playheads") == ("c1", "c2") and far["modulators.basis"] == "simplex"
    assert morphed(one, other, 0.0)[SCALE] == 0.0 and morphed(one, other, 1.0)[SCALE] == 1.0
