from __future__ import annotations

import os
from contextlib import ExitStack

import numpy as np
import pytest
from numpy.typing import NDArray

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.terrain.terrain import Terrain
from tests.audio.census import Census, Memory
from tests.audio.doubles import Plane, ToneCodec, splits, wander
from tests.audio.inspector import Inspector
from tests.audio.pulse import missing_packages
from tests.audio.soak import soak
from tests.real_time import real_time

FloatArray = NDArray[np.float32]


def played(codec: Codec, mapping: Mapping, seconds: float) -> FloatArray:
    """What a hand that goes up and down and a panic make of it, ``[S]``."""
    engine = Engine(codec, mapping)
    engine.set_latents(type(engine.latent_settings).of(codec.info.latent_dim, scale=6.0, offset=_louder(codec)))
    places = wander(int(seconds * codec.info.frame_rate))
    parts, at = [], 0
    for k, size in enumerate(splits(len(places), 3, 16)):
        if k % 23 == 20:
            engine.panic()
        parts.append(engine.render(places[at : at + size], float(k % 7 > 0), 1.0 + 3.0 * (k % 11 == 0)))
        at += size
    audio: FloatArray = np.concatenate(parts, axis=1)[0]
    return audio


def _louder(codec: Codec) -> NDArray[np.float64]:
    return np.eye(codec.info.latent_dim)[1] * 2.0 if codec.info.name == "pebble" else np.zeros(codec.info.latent_dim)


def inspected(audio: FloatArray, rate: int, seed: int = 0, stalls: bool = False) -> Inspector:
    inspector, at = Inspector(rate, stalls), 0
    for size in splits(len(audio), seed, 5000):
        inspector.take(audio[at : at + size])
        at += size
    inspector.cut()
    return inspector


@pytest.fixture(scope="module", params=["tone", "pebble"])
def sound(request: pytest.FixtureRequest) -> tuple[FloatArray, int]:
    if request.param == "tone":
        return played(ToneCodec(), Plane(), 20.0), 16000
    return played(load_codec(), Terrain(2, 8).requires_grad_(False), 20.0), 44100


def test_clean_sound_passes_however_it_is_cut(sound: tuple[FloatArray, int]) -> None:
    audio, rate = sound
    assert np.abs(audio).max() > 0.2
    looks = [inspected(audio, rate, seed) for seed in (0, 1)]
    print(f"worst outlier {looks[0].worst:.2f}, peak {looks[0].peak:.3f}")
    for look in looks:
        assert look.clicks == [] and look.bad == 0 and look.samples == len(audio)
        assert look.peak == float(np.abs(audio).max()) and look.seconds == len(audio) / rate
        assert look.worst == pytest.approx(looks[0].worst)


def _lose(audio: FloatArray, at: int, rate: int) -> FloatArray:
    """A block of 10 ms is missing."""
    return np.concatenate([audio[:at], audio[at + rate // 100 :]])


def _pop(audio: FloatArray, at: int, rate: int) -> FloatArray:
    """One sample is off by -14 dBFS."""
    del rate
    broken = audio.copy()
    broken[at] += 0.2
    return broken


def _silence(audio: FloatArray, at: int, rate: int) -> FloatArray:
    """Sound stops without a fade, for 50 ms."""
    broken = audio.copy()
    broken[at : at + rate // 20] = 0.0
    return broken


@pytest.mark.parametrize("breakage", [_lose, _pop, _silence])
def test_an_injected_click_is_found(sound: tuple[FloatArray, int], breakage: object) -> None:
    assert callable(breakage)
    audio, rate = sound
    own = np.abs(np.diff(audio, 2))
    rng, found, tried = np.random.default_rng(0), 0, 0
    while tried < 20:
        at = int(rng.integers(rate, len(audio) - rate))
        broken = breakage(audio, at, rate)
        around = own[at - rate // 25 : at + rate // 25].max()
        # a step that the music makes all the time is no click: only one that stands out can be asked for
        if np.abs(np.diff(broken[at - 2 : at + 3], 2)).max() < 6.0 * max(around, 0.01):
            continue
        tried += 1
        clicks = inspected(broken, rate).clicks
        found += any(abs(when - at / rate) < 0.002 for when, _ in clicks)
    assert found == tried


def test_a_stall_of_the_machine_is_told_from_a_click() -> None:
    tone = (0.5 * np.sin(np.arange(96000) * 0.1)).astype(np.float32)
    cut = _silence(tone, 48000, 48000)
    look = inspected(cut, 48000, stalls=True)
    assert look.clicks == [] and len(look.cuts) == 2 and look.cuts[0] == pytest.approx(1.0, abs=1e-3)
    assert len(inspected(cut, 48000).clicks) == 2
    assert len(inspected(_pop(tone, 48000, 48000), 48000, stalls=True).clicks) == 1


def test_what_hurts_is_found() -> None:
    audio = np.zeros(48000, np.float32)
    audio[10:13] = np.nan, np.inf, -0.9
    look = inspected(audio, 48000)
    assert look.bad == 2 and look.peak == pytest.approx(0.9)


def test_growth_and_losses_are_found(tmp_path: object) -> None:
    memory = Memory([(float(t), 100.0 + max(0.0, t - 50.0) * 0.2) for t in range(100)])
    early, late, growth = memory.growth(20.0)
    assert early == 100.0 and late > 107.0 and growth > 0.07
    assert Memory([(0.0, 1.0)]).growth(0.0)[2] == 0.0
    with ExitStack() as files:
        before = Census.now()
        assert before.lost(30.0) == []  # a process of an earlier test may end at any moment
        for number in range(100):
            files.enter_context(open(f"{tmp_path}/left open {number}", "w"))
        (said,) = before.lost(0.0)
        count, _, rest = said.partition(" ")
        assert 50 < int(count) <= 100 and rest == "file descriptors are still open"


@real_time
@pytest.mark.slow
@pytest.mark.timeout(300)
def test_ten_seconds_of_everything() -> None:
    """``make soak`` in short. Xruns are printed, not judged: they are the machine's."""
    if os.environ.get("CI"):
        assert not missing_packages(), "tests/system-packages.sh should have installed them"
    report = soak(10.0, seed=1)
    print("\n".join(report.lines))
    assert report.problems == []
