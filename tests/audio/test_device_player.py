from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from terrain_widgets.audio.device.device_player import DevicePlayer
from terrain_widgets.audio.memory.ring import Ring

RATE = 48000
FADE = 240
TARGET = 4800
FloatArray = NDArray[np.float32]


class Bench:
    """A player and what it played, with a sine in the ring as the music."""

    def __init__(self, channels: int = 1, device: int = 2, frequency: float = 997.0) -> None:
        self.ring = Ring.create(channels, 96000, private=True)
        self.muted = False
        self.player = DevicePlayer(self.ring, device, RATE, TARGET, lambda: self.muted)
        self.played = np.zeros((0, device), np.float32)
        self._device, self._at, self._step = device, 0, 2 * np.pi * frequency / RATE

    @property
    def own_step(self) -> float:
        """The largest step between two samples of the music."""
        return 0.5 * self._step

    def write(self, count: int) -> None:
        phase = self._step * np.arange(self._at, self._at + count)
        self.ring.write(np.tile(0.5 * np.sin(phase), (self.ring.channels, 1)).astype(np.float32))
        self._at += count

    def play(self, *blocks: int) -> FloatArray:
        """What it makes of these blocks, ``[S, device]``."""
        before = len(self.played)
        for frames in blocks:
            out = np.full((frames, self._device), np.nan, np.float32)
            self.player(out, frames, None, None)
            self.played = np.concatenate([self.played, out])
        return self.played[before:]

    def largest_step(self) -> float:
        return float(np.abs(np.diff(self.played, axis=0)).max())

    @property
    def own_bend(self) -> float:
        """The largest second difference of the music."""
        return 0.5 * self._step**2

    def largest_bend(self) -> float:
        return float(np.abs(np.diff(self.played, n=2, axis=0)).max())


@pytest.fixture(params=[64, 95, 256, 1024])
def block(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    assert not bench.player.fault and np.isfinite(bench.played).all()


def test_it_starts_when_half_the_target_is_there_and_plays_every_sample(bench: Bench, block: int) -> None:
    bench.write(TARGET // 2 - 1)
    assert not bench.play(block).any() and bench.ring.available == TARGET // 2 - 1
    bench.write(40000)
    heard = bench.play(*[block] * (30000 // block))
    expected = 0.5 * np.sin(2 * np.pi * 997 / RATE * np.arange(len(heard)))
    np.testing.assert_allclose(heard[FADE:, 0], expected[FADE:], atol=1e-6)
    np.testing.assert_array_equal(heard[:, 0], heard[:, 1])  # one channel, played on both
    assert bench.player.xruns == bench.player.starved_samples == 0, "the time before the first sound is no xrun"
    assert bench.player.samples == len(heard) and bench.player.largest == block


def test_channels_stay_apart() -> None:
    ring = Ring.create(2, 9600, private=True)
    player = DevicePlayer(ring, 2, RATE, TARGET, lambda: False)
    sent = np.random.default_rng(0).normal(size=(2, 5000)).astype(np.float32)
    ring.write(sent)
    out = np.zeros((4000, 2), np.float32)
    player(out, 4000, None, None)
    np.testing.assert_array_equal(out[FADE:].T, sent[:, FADE:4000])


def test_a_device_that_swallows_its_latency_at_once_gets_silence_for_it(bench: Bench) -> None:
    bench.player.prime(4800)
    bench.write(TARGET)
    assert not bench.play(*[480] * 10).any()
    assert bench.ring.available == TARGET
    assert bench.play(480).any()


@pytest.mark.parametrize("left", [0, 1, 3, 40, 63])
def test_running_dry_does_not_click_and_counts_once(bench: Bench, block: int, left: int) -> None:
    whole = -(-3000 // block) * block
    bench.write(whole + left)
    bench.play(*[block] * (whole // block))
    assert bench.player.xruns == 0
    dry = bench.play(block, block, block)
    assert np.abs(dry[block:]).max() == 0.0, "silent within the block"
    assert bench.player.xruns == 1 and bench.player.starved_samples == 3 * block - left
    bench.write(TARGET // 2 - 1)
    assert not bench.play(block).any(), "not before there is enough to go on"
    bench.write(TARGET)
    assert bench.play(block).any() and bench.player.xruns == 1
    assert bench.largest_step() < bench.own_step * (1.15 if block >= FADE else 1.6)


def test_running_dry_in_silence_is_no_xrun(bench: Bench, block: int) -> None:
    bench.write(4800)
    bench.ring.write(np.zeros((1, 2000), np.float32))
    bench.play(*[block] * (10000 // block))
    assert bench.player.xruns == bench.player.starved_samples == 0


def test_an_intended_rest_is_no_xrun(bench: Bench, block: int) -> None:
    bench.write(9600)
    bench.play(*[block] * (3000 // block))
    bench.player.drop()
    assert not bench.play(block, block)[block:].any() and bench.ring.available == 0
    bench.write(2 * TARGET)
    assert bench.play(block).any(), "what comes after is heard"
    while bench.ring.available:
        bench.play(block)
    bench.player.drop()  # too late to drop anything, but what follows is intended
    bench.play(*[block] * 20)
    assert bench.player.xruns <= 1 and bench.player.starved_samples < block


def test_muting_is_silent_within_the_block_and_lets_the_ring_go_by(bench: Bench, block: int) -> None:
    bench.write(20000)
    bench.play(*[block] * (3000 // block))
    before = bench.ring.available
    bench.muted = True
    assert not bench.play(*[block] * 4)[block:].any()
    assert bench.ring.available == before - 4 * block, "at the speed of sound: a renderer need not hurry"
    bench.player.drop()
    bench.muted = False
    bench.ring.write(np.full((1, 3000), 0.25, np.float32))
    heard = bench.play(*[block] * (2500 // block))
    assert heard[block:].any() and heard.min() >= 0.0, "nothing from before the drop"
    # a mute fades from wherever the sound was: no step above the music's own but for the shortest blocks' slope
    assert bench.largest_step() < bench.own_step * (1.15 if block >= FADE else 1.6)
    assert bench.player.xruns == 0


def test_a_drop_that_the_mute_never_saw_still_fades(bench: Bench, block: int) -> None:
    bench.write(20000)
    bench.play(*[block] * (3000 // block))
    bench.player.drop()
    bench.write(5000)
    bench.play(*[block] * 8)
    assert bench.largest_step() < bench.own_step * (1.15 if block >= FADE else 1.6)


@pytest.mark.parametrize("how", ["drop", "mute", "end"])
def test_an_intended_end_is_as_smooth_as_the_music_wherever_it_falls(how: str, block: int) -> None:
    for at in range(16):  # of one period's 48 samples, hence also where the sound is steepest
        bench = Bench(channels=2)
        bench.write(20000)
        bench.play(*[block] * (2500 // block), 3 * at + 1)
        if how == "mute":
            bench.muted = True
        else:
            (bench.player.drop if how == "drop" else bench.player.end)()
        bench.play(*[block] * 4)
        assert not bench.played[-block:].any()
        assert bench.largest_bend() < bench.own_bend * (1.1 if block >= FADE else 1.6)


def test_where_the_sound_is_steepest_running_dry_makes_no_corner(block: int) -> None:
    for at in range(48):
        bench = Bench()
        bench.write(4096 // block * block + at + 1)
        bench.play(*[block] * (4096 // block), at + 1)
        assert bench.player.xruns == 0
        bench.play(block, block)
        assert bench.player.xruns == 1 and np.abs(bench.played).max() < 0.9
        # the corner of a sound that runs straight back would be 7 times as large as what the music has
        assert bench.largest_bend() < bench.own_bend * 4.0


@pytest.mark.parametrize("sound", ["treble", "noise"])
def test_a_soft_sound_that_runs_dry_makes_no_thump(sound: str, block: int) -> None:
    noise = np.random.default_rng(0).uniform(-0.05, 0.05, 6000)
    for at in range(48):
        ring = Ring.create(1, 96000, private=True)
        player = DevicePlayer(ring, 1, RATE, TARGET, lambda: False)
        music = 0.05 * np.sin(np.arange(6000) * 2 * np.pi * 8100 / RATE) if sound == "treble" else noise
        ring.write(music[None, : 4800 + at].astype(np.float32))
        played = []
        for _ in range(5200 // block + 2):
            played.append(np.zeros((block, 1), np.float32))
            player(played[-1], block, None, None)
        assert player.xruns == 1 and np.abs(np.concatenate(played)).max() <= 0.101


def test_a_loud_sound_that_runs_dry_stays_below_the_ceiling(block: int) -> None:
    for at in range(48):
        ring = Ring.create(1, 96000, private=True)
        player = DevicePlayer(ring, 1, RATE, TARGET, lambda: False)
        ring.write((0.89 * np.sin(np.arange(4800 + at) * 2 * np.pi * 997 / RATE)).astype(np.float32)[None])
        played = []
        for _ in range(5200 // block + 2):
            played.append(np.zeros((block, 1), np.float32))
            player(played[-1], block, None, None)
        assert player.xruns == 1 and np.abs(np.concatenate(played)).max() <= np.float32(10 ** (-1 / 20))


def test_the_end_is_silent_for_good_and_the_silence_is_counted(bench: Bench, block: int) -> None:
    bench.write(20000)
    bench.play(*[block] * (3000 // block))
    assert bench.player.quiet_samples == 0
    bench.player.end()
    assert not bench.play(block, block, block)[block:].any()
    assert bench.player.quiet_samples == 2 * block


def test_a_fault_is_kept_and_silent() -> None:
    def fail() -> bool:
        raise OSError("the panic counter is gone")

    player = DevicePlayer(Ring.create(1, 100, private=True), 2, RATE, 50, fail)
    out = np.full((64, 2), np.nan, np.float32)
    player(out, 64, None, None)
    player(out, 64, None, None)
    assert player.fault == "OSError: the panic counter is gone" and not out.any() and player.blocks == 2
