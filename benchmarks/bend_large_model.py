"""Bending a model of RAVE's size while it sounds, in the kernel's engine.

Run ``python -m benchmarks.bend_large_model``. A random model of 18.6 million parameters is compiled to TorchScript:
16 latents, 2048 samples a frame, five transposed convolutions. A clock empties a ring of 80 ms as a sound card would,
while a layer drawn at random gets another edit twice a second for 60 s. Printed are a frame's usual time, the time from
an edit until it is heard (until its frame is made, and what the ring then holds), and how often the ring ran dry. The
exit code is 1 if an edit is heard later than 150 ms in the middle, or the ring ran dry more often than without edits.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from terrain_widgets.audio.assets import WEIGHTS, WeightsAsset
from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.update import Update
from terrain_widgets.codecs.base import Codec, weights_of
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import Distribution, Flip, Noise, Scale, ZeroSmallest

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


def play(codec: Codec, seconds: float, edits: bool) -> tuple[float, list[float], int]:
    """``(usual time of a frame, times from an edit to its frame, times that the ring ran dry)``; milliseconds."""
    random, own = np.random.default_rng(2), weights_of(codec)
    names = [name for name, weights in own.items() if weights.ndim > 1]
    engine, frame = Engine(codec, None), RATIO / RATE
    place = np.zeros((1, 2), dtype=np.float32)
    for _ in range(8):
        engine.render(place, 1.0, 0.5)
    took, heard, dry, waiting, bend = [], [], 0, 0.0, Bend()
    began = time.perf_counter()
    made, next_edit = AHEAD, BETWEEN  # seconds of sound
    while made < seconds + AHEAD:
        now = time.perf_counter() - began
        if now > made:
            dry += 1
            began += now - made
            continue
        if made - now > AHEAD:
            time.sleep(made - now - AHEAD)
            continue
        if edits and now >= next_edit:
            next_edit, waiting = now + BETWEEN, time.perf_counter()
            kinds: tuple[Edit, ...] = (
                Flip(),
                Scale(1.4),
                Noise(0.3, 3),
                ZeroSmallest(0.4),
                Distribution("laplace", 0.5),
            )
            bend = Bend().add(names[int(random.integers(len(names)))], kinds[int(random.integers(len(kinds)))])
            engine.update(Update(assets={WEIGHTS: WeightsAsset(bend.apply(own))}))
        before = time.perf_counter()
        engine.render(place, 1.0, 0.5)
        after = time.perf_counter()
        took.append(1000 * (after - before))
        made += frame
        if waiting:
            heard.append(1000 * (after - waiting + max(0.0, made - frame - (after - began))))
            waiting = 0.0
    return float(np.median(took)), heard, dry


def main() -> int:
    """Print all figures with their limits."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    seconds = parser.parse_args().seconds
    torch.set_num_threads(1)
    torch.manual_seed(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "large.ts"
        model = Model()
        torch.jit.save(torch.jit.script(model.eval()), str(path))
        codec = load_codec(str(path))
        parameters = sum(value.numel() for value in model.parameters())
        usual, _, dry_without = play(codec, seconds, edits=False)
        _, heard, dry = play(codec, seconds, edits=True)
    in_all = float(np.median(heard)), float(np.percentile(heard, 95)), max(heard)
    print(f"{parameters / 1e6:.1f} million parameters, {RATIO / RATE * 1000:.1f} ms a frame, made in {usual:.1f} ms")
    print(
        f"{len(heard)} edits in {seconds:.0f} s: heard after {in_all[0]:.0f} ms, 95 % after {in_all[1]:.0f} ms, "
        f"the slowest after {in_all[2]:.0f} ms (limit {LIMIT:.0f} ms in the middle)"
    )
    print(f"a ring of {1000 * AHEAD:.0f} ms ran dry {dry} times, without edits {dry_without} times")
    return 1 if in_all[0] > LIMIT or dry > dry_without else 0


if __name__ == "__main__":
    sys.exit(main())
