"""Bending while it sounds, in the kernel's engine: ``pebble``, and a model of RAVE's size.

Run ``python -m benchmarks.bend_large_model``; it takes five minutes, of which half a minute is the first look at the
large model. That is random, compiled to TorchScript: 18.6 million parameters, 16 latents, 2048 samples a frame, five
transposed convolutions. A clock empties a ring of 80 ms as a sound card would. Twice a second a layer drawn at random
gets one more edit, of up to eight before all are taken back, and every third time the amount changes besides. Printed
are a frame's usual time; the time from an edit until it is heard, which is that of the session's own work and of its
way to the engine, until its frame is made, and what the ring then holds; how often the ring ran dry; and clicks, by the
measure of the tests. The session
works in another process than the engine, and what comes from there is unpacked and blended on another thread, so the
clock stands still meanwhile, but its time counts. The exit code is 1 if more than a twentieth of the edits are heard
later than 150 ms, or the ring ran dry or clicked more often than without edits.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from terrain_widgets.audio.assets import Asset, WeightsAsset, weights_key
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.resolution import bent_weights
from terrain_widgets.audio.update import Setup, Update
from terrain_widgets.codecs.base import Codec, bendable_of, weights_of
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.pebble.codec import PebbleCodec
from terrain_widgets.core.bending.applied import AppliedBend
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Distribution, Flip, Noise, Scale, ZeroSmallest
from tests.audio.inspector import Inspector

LATENTS, RATIO, RATE = 16, 2048, 44100
WIDTHS = (1024, 512, 256, 128, 64, 32)
STRIDES = (4, 4, 4, 4, 8)
AHEAD, BETWEEN, LIMIT = 0.08, 0.5, 150.0  # seconds in the ring; from edit to edit; milliseconds


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
    """What was measured: a frame's usual time and from an edit to its sound, in milliseconds, dry rings and clicks."""

    usual: float = 0.0
    session: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    dry: int = 0
    clicks: int = 0


def random_edits(codec: Codec) -> Iterator[Update]:
    """One edit more each time, of which a host sends the layers that have changed."""
    random, applied, bend = np.random.default_rng(2), AppliedBend(bendable_of(codec)), Bend()
    before: dict[str, Asset] = {}
    names = [name for name, weights in weights_of(codec).items() if weights.ndim > 1]
    kinds: tuple[Edit, ...] = (Flip(), Scale(1.4), Noise(0.3, 3), ZeroSmallest(0.4), Distribution("laplace", 0.5))
    for number in count(1):
        bend = Bend() if len(bend.steps) == 8 else bend
        bend = bend.add(names[int(random.integers(len(names)))], kinds[int(random.integers(len(kinds)))])
        changes = {"bend.amount": float(random.uniform(0.3, 1.0))} if number % 3 == 0 else {}
        now: dict[str, Asset] = {}
        for layer, weights in applied.of(bend).items():
            known = before.get(weights_key(layer))
            same = isinstance(known, WeightsAsset) and known.weights is weights
            now[weights_key(layer)] = known if known is not None and same else WeightsAsset(weights)
        update = Setup(assets=now).since(Setup(assets=before))
        before = now
        yield Update(changes, update.assets)


def play(codec: Codec, seconds: float, edits: Iterator[Update] | None = None) -> Played:
    """Play for so long, with edits or without."""
    engine, setup, frame = Engine(codec, None), Setup(), codec.info.ratio / codec.info.sample_rate
    place = np.zeros((1, 2), dtype=np.float32)
    for _ in range(8):
        engine.render(place, 1.0, 0.5)
    found, took, sent, sound = Played(), [], 0.0, []
    began = time.perf_counter()
    made, next_edit = AHEAD, BETWEEN  # seconds of sound
    while made < seconds + AHEAD:
        now = time.perf_counter() - began
        if now > made:
            found.dry += 1
            began += now - made
        elif made - now > AHEAD:
            time.sleep(made - now - AHEAD)
            continue
        if edits is not None and now >= next_edit:
            before = time.perf_counter()
            update = Update.unpack(next(edits).pack())
            setup = setup.then(update)
            engine.decoder.bends.prepare(bent_weights(setup.assets), setup.patch["bend.amount"])
            sent = time.perf_counter()
            began += sent - before
            next_edit = now + BETWEEN
            found.session.append(1000 * (sent - before))
            engine.update(update)
        before = time.perf_counter()
        sound.append(engine.render(place, 1.0, 0.5)[0])
        after = time.perf_counter()
        took.append(1000 * (after - before))
        made += frame
        if sent:
            found.heard.append(found.session[-1] + 1000 * (after - sent + max(0.0, made - frame - (after - began))))
            sent = 0.0
    found.usual = float(np.median(took))
    inspector = Inspector(codec.info.sample_rate)
    for part in sound:
        inspector.take(part)
    inspector.cut()
    found.clicks = len(inspector.clicks)
    return found


def report(name: str, codec: Codec, seconds: float) -> bool:
    """Play without edits and with them, and print both.

    Returns:
        Whether it is as it should be.
    """
    without, found = play(codec, seconds), play(codec, seconds, random_edits(codec))
    late = float(np.percentile(found.heard, 95))
    print(f"{name}: {1000 * codec.info.ratio / codec.info.sample_rate:.1f} ms a frame, made in {without.usual:.1f} ms")
    print(
        f"  {len(found.heard)} edits in {seconds:.0f} s: heard after {np.median(found.heard):.0f} ms, 95 % after "
        f"{late:.0f} ms (limit {LIMIT:.0f} ms), the slowest after {max(found.heard):.0f} ms; "
        f"the session's part is {np.median(found.session):.0f} ms, at most {max(found.session):.0f} ms"
    )
    print(f"  a ring of {1000 * AHEAD:.0f} ms ran dry {found.dry} times, without edits {without.dry} times")
    print(f"  {found.clicks} clicks, without edits {without.clicks}", flush=True)
    return late <= LIMIT and found.dry <= without.dry and found.clicks <= without.clicks


def main() -> int:
    """Print all figures with their limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    torch.manual_seed(1)
    good = report("pebble", PebbleCodec(), seconds)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.ts"
        model = Model()
        torch.jit.save(torch.jit.script(model.eval()), str(path))
        parameters = sum(value.numel() for value in model.parameters())
        good &= report(f"{parameters / 1e6:.1f} million parameters", load_codec(str(path)), seconds)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
