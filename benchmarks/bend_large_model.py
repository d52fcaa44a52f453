"""Bending while it sounds, in the kernel's engine: ``pebble``, and a model of RAVE's size.

Run ``python -m benchmarks.bend_large_model``; it takes five minutes, of which half a minute is the first look at the
large model. That is random, compiled to TorchScript: 18.6 million parameters, 16 latents, 2048 samples a frame, five
transposed convolutions. A session plays it as a user's does, by an engine in a process of its own, and a clock takes
the sound out of its ring as a sound card would, 5 ms at a time. At most 80 ms lie in the ring: a frame and what is kept
ready besides. About twice a second, at times that have nothing to do with the frames, a layer drawn at random gets one
more edit of a kind and a seed drawn at random, of up to eight before all are taken back, and after every third the
amount changes. All of it is recorded, which tells with which frame each change came, and where that lies in
what the clock took. Printed are the time from a change until it is heard, the limiter's delay included; how long the
session's own call took of it; how often the ring ran dry; and clicks, by the measure of the tests. Curves over the
sorted weights are measured apart, because they take a large layer longest. The exit code is 1 if of either more than a
twentieth are heard later than 150 ms, or the ring ran dry or clicked more often than without changes. Changes that the
engine has taken together, where the machine is too busy to bend one before the next comes, are heard together.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.resolution import bends_of
from terrain_widgets.audio.hosts.local import LocalHost
from terrain_widgets.audio.hosts.starting import start_host
from terrain_widgets.audio.takes.take import Take
from terrain_widgets.audio.takes.take_file import read_take
from terrain_widgets.audio.update import Setup
from terrain_widgets.core.bending.applied import LayerBend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Curve, Distribution, Flip, Noise, Scale, ZeroSmallest
from terrain_widgets.session.session import Session
from tests.audio.inspector import Inspector

LATENTS, RATIO, RATE = 16, 2048, 44100
WIDTHS = (1024, 512, 256, 128, 64, 32)
STRIDES = (4, 4, 4, 4, 8)
AHEAD, BETWEEN, LIMIT = 0.08, 0.45, 150.0  # seconds in the ring at most; from edit to edit; milliseconds
Bent = tuple[Mapping[str, LayerBend], float]
TAKEN = 0.005  # seconds that a sound card takes at once


class Model(nn.Module):
    """A decoder as large as RAVE's, with random weights; it remembers nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv1d(LATENTS, WIDTHS[0], 1)
        self.deep = nn.ModuleList([nn.Conv1d(WIDTHS[0], WIDTHS[0], 5, padding=2) for _ in range(3)])
        self.up = nn.ModuleList(
            nn.ConvTranspose1d(a, b, s, stride=s) for a, b, s in zip(WIDTHS, WIDTHS[1:], STRIDES, strict=False)
        )
        self.last = nn.Conv1d(WIDTHS[-1], 1, 1)
        self.parts = [-1, LATENTS, RATIO // LATENTS]
        self.register_buffer("decode_params", torch.tensor([LATENTS, RATIO, 1, 1]))
        self.register_buffer("encode_params", torch.tensor([1, 1, LATENTS, RATIO]))

    @torch.jit.export
    def encode(self, x: Tensor) -> Tensor:
        """Levels of parts of a frame."""
        return x.unflatten(2, self.parts).square().mean(-1)[:, 0].sqrt().transpose(1, 2)

    @torch.jit.export
    def decode(self, z: Tensor) -> Tensor:
        """Latents ``[B, D, T]`` to audio ``[B, 1, T * RATIO]``."""
        x = self.first(z)
        for layer in self.deep:
            x = x + 0.3 * torch.tanh(layer(x))
        for layer in self.up:
            x = torch.nn.functional.leaky_relu(layer(x), 0.2)
        return 0.3 * torch.tanh(self.last(x))

    def forward(self, x: Tensor) -> Tensor:
        """There and back."""
        return self.decode(self.encode(x))


@dataclass
class Played:
    """What was measured, in milliseconds: calls, and from each to its sound; dry rings and clicks."""

    called: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    dry: int = 0
    clicks: int = 0

    @property
    def late(self) -> float:
        """After which 95 % are heard."""
        return float(np.percentile(self.heard, 95))


class Card:
    """Takes sound at the wall clock, on a thread.

    Args:
        host: Whose.
    """

    def __init__(self, host: LocalHost) -> None:
        self._host, self._stop = host, threading.Event()
        self.parts: list[NDArray[np.float32]] = []
        self.dry = 0
        self.began = time.perf_counter()  # when sample 0 was heard
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        taken, rate = 0, self._host.sample_rate
        while not self._stop.wait(TAKEN / 2):
            due = int((time.perf_counter() - self.began) * rate) - taken
            while due >= TAKEN * rate:
                part = self._host.read(int(TAKEN * rate))
                if part.shape[1] < int(TAKEN * rate):
                    self.dry += taken > 0
                    self.began += (int(TAKEN * rate) - part.shape[1]) / rate  # silence, in which nothing is taken
                self.parts.append(part[0])
                taken += part.shape[1]
                due -= int(TAKEN * rate)

    def stop(self) -> NDArray[np.float32]:
        """All that was heard, ``[S]``."""
        self._stop.set()
        self._thread.join()
        return np.concatenate(self.parts)


def random_changes(session: Session, curves: bool) -> Iterator[Callable[[], None]]:
    """What is called next; each is one update of the engine."""
    random, bending = np.random.default_rng(2), session.stage.bending
    names = [name for name, weights in bending.layers.items() if weights.ndim > 1]
    number = 0
    while True:
        number += 1
        if len(bending.bend.steps) == 8:
            yield bending.clear
        seed = int(random.integers(1 << 30))
        kinds: list[Edit] = [Flip(), Scale(1.4), Noise(0.3, seed), ZeroSmallest(float(random.uniform(0.1, 0.5)))]
        kinds += [Distribution("laplace", 0.5, seed), Distribution("gaussian", 0.3, seed)]
        if curves:
            kinds = [Curve(tuple(np.sort(random.normal(0.0, 0.05, 8)).tolist()))]
        layer, edit = names[int(random.integers(len(names)))], kinds[int(random.integers(len(kinds)))]
        yield partial(bending.add, layer, edit)
        if number % 3 == 0:
            yield partial(bending.set_amount, float(random.uniform(0.3, 1.0)))


def play(codec: str, seconds: float, *, changes: bool = True, curves: bool = False) -> Played:
    """Play for so long, with changes or without."""
    session, found, random = Session(sounds=[], codec=codec), Played(), np.random.default_rng(7)
    frame_rate = session.codec.info.frame_rate
    session.sound.add_place("process", lambda made: start_host(made, ring_frames=AHEAD * frame_rate - 1))
    session.sound.move([0.1, -0.2])
    host = session.sound.start()
    assert isinstance(host, LocalHost) and host.kind == "process"
    while not host.status().ready:
        time.sleep(0.05)
    made, asked = random_changes(session, curves), list[tuple[float, Bent]]()
    card = Card(host)
    time.sleep(1.0)
    with tempfile.TemporaryDirectory() as folder:
        path = session.sound.record(Path(folder) / "take.wav")
        time.sleep(1.0)
        card.dry = 0
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            time.sleep(BETWEEN + float(random.uniform(0.0, 0.1)))
            if changes:
                at = time.perf_counter()
                next(made)()
                found.called.append(1000 * (time.perf_counter() - at))
                asked.append((at, bent_by(session.stage.setup)))
        time.sleep(0.5)
        found.dry = card.dry
        session.sound.stop_recording()
        heard = card.stop()
        frames = heard_with(read_take(path), [bent for _, bent in asked])
        first = offset(heard, soundfile.read(path, dtype="float32")[0])
    delay = Engine(session.codec, None).delay
    for frame, (at, _) in zip(frames, asked, strict=True):
        sample = first + frame * session.codec.info.ratio + delay
        found.heard.append(1000 * (card.began + sample / host.sample_rate - at))
    session.close()
    inspector = Inspector(host.sample_rate)
    inspector.take(heard[first + host.sample_rate // 2 :])
    inspector.cut()
    found.clicks = len(inspector.clicks)
    return found


def bent_by(setup: Setup) -> Bent:
    """What is done to which layer, and how far it counts."""
    return bends_of(setup.assets), setup.patch["bend.amount"]


def heard_with(take: Take, asked: list[Bent]) -> list[int]:
    """The frame with which each change came; one that was taken together with the next came with that.

    Raises:
        RuntimeError: If one did not come.
    """
    setup, frames = Setup().then(take.settings), list[int]()
    for frame, update in take.updates:
        setup = setup.then(update)
        if update.groups & {"bend", "weights"}:
            came = next((k for k in range(len(frames), len(asked)) if asked[k] == bent_by(setup)), None)
            if came is None:
                raise RuntimeError(f"nobody asked for what came with frame {frame}, or it came before")
            frames += [frame] * (came + 1 - len(frames))
    if len(frames) != len(asked):
        raise RuntimeError(f"{len(asked)} changes were made and {len(frames)} came")
    return frames


def offset(whole: NDArray[np.float32], part: NDArray[np.float32]) -> int:
    """Where a part begins in what it was cut from."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(part))))
    spectrum = np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size))
    return int(np.fft.irfft(spectrum)[: len(whole)].argmax())


def report(name: str, codec: str, seconds: float) -> bool:
    """Play without changes and with them, and print both.

    Returns:
        Whether it is as it should be.
    """
    without, found, curves = play(codec, seconds, changes=False), play(codec, seconds), play(codec, 20, curves=True)
    print(name)
    for what, one in (("changes", found), ("curves over sorted weights", curves)):
        print(
            f"  {len(one.heard)} {what}: heard after {np.median(one.heard):.0f} ms, 95 % after {one.late:.0f} ms "
            f"(limit {LIMIT:.0f} ms), the slowest after {max(one.heard):.0f} ms; "
            f"of it the session's call {np.median(one.called):.0f} ms, at most {max(one.called):.0f} ms; "
            f"the ring ran dry {one.dry} times, without changes {without.dry}; {one.clicks} clicks, "
            f"without changes {without.clicks}",
            flush=True,
        )
    return all(one.late <= LIMIT and one.dry <= without.dry and one.clicks <= without.clicks for one in (found, curves))


def main() -> int:
    """Print all figures with their limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    torch.manual_seed(1)
    good = report("pebble", "pebble", seconds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.ts"
        model = Model()
        torch.jit.save(torch.jit.script(model.eval()), str(path))
        parameters = sum(value.numel() for value in model.parameters())
        good &= report(f"{parameters / 1e6:.1f} million parameters", str(path), seconds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
