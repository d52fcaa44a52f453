"""How soon a terrain is trained, against nn.terrain's way of training the same network on the same data.

Run ``python -m benchmarks.training``; ``--quick`` for a look (its figures are not to be published).

The reference is nn.terrain's optimizer (``backend.cpp``: Adam, rate 0.001, batches of 32, shuffled again each epoch) in
a plain loop over tensors: no data loader, fused Adam, Fourier features computed once, which only makes it faster. It
trains for 15 s; its loss over all pairs, measured off the clock, is the target. Then ``tw.fit`` with its defaults and
no limit trains a terrain of the same seed: until its loss over all pairs is as low, and on to the share of 15 s that
is its limit (a tenth or a quarter), when its latents beside the paths must be no worse than the reference's after 15 s.

One thread each, one after the other in one process. What counts is processor time of that thread
(``time.thread_time``), which a busy machine changes less than it changes wall time; both are printed. Making features,
directions and optimizers is on ``fit``'s clock; loading sounds, and what torch imports once per process, is on none.

Data (``benchmarks/material.py``): 8 latents are the bundled codec's; 16 and 64 are principal components of log-mel
spectra. "Jitter" is the PSNR of latents beside the paths (``jitter_psnr``: places jittered by a thousandth of the
plane, unseen in training).

The exit code is 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass

import torch

import terrain_widgets as tw
from benchmarks.material import dataset
from terrain_widgets.core.training.jitter import jitter_psnr

SECONDS, QUICK_SECONDS = 15.0, 3.0
CASES = [(frames, latents) for latents in (8, 16, 64) for frames in (300, 1300, 10_000)]
QUICK_CASES = [(300, 8), (1300, 8)]


def limit(frames: int, latents: int) -> float:
    """How many times sooner we must be."""
    return 10.0 if latents == 8 and frames <= 1300 else 4.0


@dataclass(frozen=True)
class Outcome:
    """One case with one seed.

    Args:
        target: Loss of the reference.
        reference: Its thread and wall seconds.
        ours: Thread and wall seconds until as low; infinite if never.
        steps: Ours.
        jitter: PSNR in dB, of the reference, and of ours after the limit's share of its time.
    """

    target: float
    reference: tuple[float, float]
    ours: tuple[float, float]
    steps: int
    jitter: tuple[float, float]


def reference(data: tw.TerrainDataset, seed: int, seconds: float) -> tuple[tw.Terrain, float, tuple[float, float]]:
    """nn.terrain's settings in a plain loop: the terrain, its loss over all pairs, thread and wall seconds."""
    terrain = tw.Terrain(data.control_dim, data.latent_dim, seed=seed)
    places, latents = torch.from_numpy(data.coordinates), torch.from_numpy(data.latents)
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.Adam(terrain.parameters(), lr=1e-3, fused=True)
    wall, began = time.perf_counter(), time.thread_time()
    features = terrain.features(places).detach()
    while time.thread_time() - began < seconds:
        for rows in torch.randperm(len(latents), generator=generator).split(32):
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.mse_loss(terrain.from_features(features[rows]), latents[rows]).backward()
            optimizer.step()
            if time.thread_time() - began >= seconds:
                break
    spent = time.thread_time() - began, time.perf_counter() - wall
    return terrain, loss_of(terrain, data), spent


def loss_of(terrain: tw.Terrain, data: tw.TerrainDataset) -> float:
    """Mean squared error over all pairs."""
    return float(((terrain(data.coordinates) - data.latents) ** 2).mean())


def run(frames: int, latents: int, seed: int, seconds: float) -> Outcome:
    """Measure one case."""
    data = dataset(frames, latents, seed)
    theirs, target, spent = reference(data, seed, seconds)
    ours = tw.Terrain(data.control_dim, data.latent_dim, seed=seed)
    reached, count = (float("inf"), float("inf")), 0
    wall, began, off, off_wall = time.perf_counter(), time.thread_time(), 0.0, 0.0
    steps = tw.fit(ours, data, seed=seed)
    for step in steps:
        now, now_wall = time.thread_time(), time.perf_counter()
        # A batch's loss, where the pairs are many: then all of them decide, off the clock.
        if step.loss <= target and not count and loss_of(ours, data) <= target:
            reached, count = (now - began - off, now_wall - wall - off_wall), step.step
        over = now - began - off >= seconds / limit(frames, latents)
        off += time.thread_time() - now
        off_wall += time.perf_counter() - now_wall
        if over:
            steps.close()
    beside = jitter_psnr(ours, data, extent=2.0).mean
    return Outcome(target, spent, reached, count, (jitter_psnr(theirs, data, extent=2.0).mean, beside))


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="two cases, one seed, 3 s of reference")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--case", nargs=2, type=int, action="append", metavar=("PAIRS", "LATENTS"), help="only these")
    options = parser.parse_args()
    torch.set_num_threads(1)
    seconds = QUICK_SECONDS if options.quick else SECONDS
    cases = [tuple(case) for case in options.case] if options.case else QUICK_CASES if options.quick else CASES
    torch.optim.Adam([torch.zeros(1)])  # what torch imports with the first optimizer
    print(f"reference: {seconds:g} s of thread time; times are thread (wall) seconds until the same loss")
    print(f"{'pairs':>6} {'latents':>7} {'seed':>4} {'loss':>9} {'reference':>15} {'tw.fit':>15} {'steps':>5}"
          f" {'sooner':>7} {'limit':>6} {'jitter dB':>13}")  # fmt: skip
    missed = False
    for frames, latents in cases:
        for seed in [0] if options.quick else options.seeds:
            o = run(frames, latents, seed, seconds)
            times = o.reference[0] / o.ours[0]
            wanted = limit(frames, latents)
            good = times >= wanted and o.jitter[1] >= o.jitter[0]
            missed |= not good
            print(f"{frames:>6} {latents:>7} {seed:>4} {o.target:>9.3g} {o.reference[0]:>6.2f} ({o.reference[1]:>5.1f})"
                  f" {o.ours[0]:>7.2f} ({o.ours[1]:>4.1f}) {o.steps:>5} {times:>6.1f}× {wanted:>5g}×"
                  f" {o.jitter[0]:>6.2f} {o.jitter[1]:>6.2f} {'PASS' if good else 'MISSED'}", flush=True)  # fmt: skip
    return int(missed and not options.quick)


if __name__ == "__main__":
    sys.exit(main())
