"""Rendering in a process of its own: the same samples as here, progress, a way to stop, and faults in a sentence."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psutil
import pytest

from terrain_widgets.audio.assets import MAPPING, MappingAsset, PathAsset
from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.rendering import renderer
from terrain_widgets.audio.rendering.orders import (
    LatentsOrder,
    Order,
    PatchOrder,
    TakeOrder,
    WalkOrder,
    packed_order,
    unpacked_order,
)
from terrain_widgets.audio.rendering.renderer import Renderer
from terrain_widgets.audio.takes.automation import Automation
from terrain_widgets.audio.takes.render import nobody
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.process.worker import WorkCancelled
from tests.audio.doubles import Plane, ToneCodec


@pytest.fixture(scope="module")
def codec() -> Codec:
    return load_codec()


@pytest.fixture(scope="module")
def beside() -> Iterator[Renderer]:
    """Everything in its process; one for all tests, as it takes seconds to start."""
    made = Renderer(long_seconds=0.0)
    yield made
    made.close()


def circle(frames: int) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, frames)
    return np.stack([0.6 * np.cos(turn), 0.5 * np.sin(turn)], axis=1).astype(np.float32)


def patch() -> Setup:
    """A playhead on a circle, a modulator, and shaped latents."""
    changes = {
        "playheads.a.path": "ring",
        "playheads.a.playing": True,
        "playheads.a.loop": "loop",
        "modulators.energy": 0.5,
        "latents.scale": 0.8,
    }
    assets = {MAPPING: MappingAsset(Terrain(2, 8, 0.8, seed=3)), "paths/ring": PathAsset(circle(60))}
    return Setup().then(Update(changes, assets))


def take(codec: Codec) -> Take:
    places = circle(120)
    strokes = (Stroke(0, 1.0, 0.7), Stroke(50, 0.0, 0.7), Stroke(80, 0.8, 0.7, onset=True))
    settings = Update({}, {MAPPING: MappingAsset(Terrain(2, 8, 0.8, seed=4))})
    later = ((40, Update({"latents.scale": 0.5})),)
    info = codec.info
    return Take(
        info.name, info.sample_rate, info.ratio, 3, places, strokes, settings, later, recipe=codec.recipe,
        fingers={1: places[::-1].copy()},
    )  # fmt: skip


def orders(codec: Codec) -> dict[str, Order]:
    shaped = LatentSettings.of(8, scale=0.7, offset=0.1)
    latents = np.random.default_rng(0).normal(0, 1, (80, 8)).astype(np.float32)
    return {
        "walk": WalkOrder(Terrain(2, 8, 0.8, seed=2), circle(100), 0.6, shaped),
        "patch": PatchOrder(patch(), 2.0, 0.8, Automation(((0.0, {}), (1.0, {"latents.scale": 0.2})))),
        "take": TakeOrder(take(codec)),
        "latents": LatentsOrder(latents),
    }


@pytest.mark.parametrize("kind", ["walk", "patch", "take", "latents"])
def test_a_process_renders_the_samples_that_are_rendered_here(kind: str, codec: Codec, beside: Renderer) -> None:
    order = orders(codec)[kind]
    told: list[float] = []
    here = order.render(codec, nobody)
    there = beside.render(order, codec, told=told.append)
    assert beside.pid is not None and there.shape == here.shape and np.abs(here).max() > 0.01
    np.testing.assert_allclose(there, here, atol=1e-6)
    assert told == sorted(told) and told[-1] == 1.0 and (kind == "latents" or len(told) > 4)
    assert abs(order.seconds(codec.info) - here.shape[1] / codec.info.sample_rate) < 0.1
    assert "terrain_widgets.process.service" in psutil.Process(beside.pid).cmdline(), "whatever it runs steps back"


def test_what_is_short_is_rendered_here_by_the_same_order_and_so_is_what_only_this_process_can_decode() -> None:
    walk = WalkOrder(Plane(), circle(40))
    tone, lazy = ToneCodec(), Renderer(long_seconds=0.0)
    told: list[float] = []
    audio = lazy.render(walk, tone, told=told.append)
    assert lazy.pid is None and audio.shape == (1, 40 * 64) and told[-1] == 1.0
    assert Renderer().render(LatentsOrder(np.zeros((4, 8), np.float32)), load_codec()).shape[1] > 0
    with pytest.raises(WorkCancelled):
        lazy.render(walk, tone, cancelled=lambda: True)


def test_it_stops_when_asked_and_renders_the_next(codec: Codec, beside: Renderer) -> None:
    begun = threading.Event()
    long = PatchOrder(patch(), 600.0)
    with pytest.raises(WorkCancelled):
        beside.render(long, codec, told=lambda _share: begun.set(), cancelled=begun.is_set)
    assert begun.is_set()
    short = orders(codec)["walk"]
    np.testing.assert_allclose(beside.render(short, codec), short.render(codec, nobody), atol=1e-6)


def test_what_does_not_fit_is_refused_as_it_is_here(codec: Codec, beside: Renderer) -> None:
    for order in (PatchOrder(patch(), 0.0), TakeOrder(replace(take(codec), codec="another"))):
        with pytest.raises(ValueError) as here:
            order.render(codec, nobody)
        with pytest.raises(ValueError) as there:
            beside.render(order, codec)
        assert str(there.value) == str(here.value)
    with pytest.raises(ValueError, match="damaged"):
        unpacked_order({"kind": "none", "of": None})
    with pytest.raises(ValueError, match="damaged"):
        unpacked_order({"kind": "walk", "of": {}})


def test_a_process_that_ends_is_a_sentence_and_the_next_order_has_another(codec: Codec, beside: Renderer) -> None:
    long = PatchOrder(patch(), 600.0)

    def end(_share: float) -> None:
        psutil.Process(beside.pid).kill()

    with pytest.raises(RuntimeError, match="the process that rendered .*; render again, or less at once"):
        beside.render(long, codec, told=end)
    assert beside.render(orders(codec)["latents"], codec).shape[1] > 0


def test_an_order_says_all_that_it_is_as_plain_data(codec: Codec) -> None:
    for order in orders(codec).values():
        back = unpacked_order(packed_order(order))
        assert type(back) is type(order)
        np.testing.assert_array_equal(back.render(codec, nobody), order.render(codec, nobody))
    setup = unpacked_order(packed_order(PatchOrder(patch(), 1.0))).setup
    assert setup.patch == patch().patch != Patch()


def test_half_a_minute_is_worth_a_process() -> None:
    assert renderer.LONG_SECONDS == Renderer()._long_seconds > 0
