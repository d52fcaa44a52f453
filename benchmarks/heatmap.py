"""How soon a terrain is seen, against predicting it batch by batch, and how much memory a large picture takes.

Run ``python -m benchmarks.heatmap``; ``--quick`` for a look (its figures are not to be published).

The reference is what a notebook of latent-terrain-pytorch does for its pictures, written again: all places of the grid
in a ``TensorDataset``, a ``DataLoader`` of 256 without workers, one prediction per batch, the results concatenated.
``sample_grid`` gives the same latents; the largest difference is printed. One thread each, thread time
(``time.thread_time``), ours and theirs in turn, and of the ratios of such neighbours the median: what else a machine
does slows both. A picture is 8 latents over the whole plane, of an untrained terrain of default size: its weights do
not change the work. What no exact picture can save is the products of its hidden layers, every cell through every
layer: they are timed alone too, and show how little else there is.

Memory is the peak of a child process (``resource.getrusage``) over what it held just before; for 2048² that must stay
below the picture's own 128 MiB and 64 MiB more.

The exit code is 1 if a limit is missed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import DataLoader, TensorDataset

import terrain_widgets as tw
from terrain_widgets.core.pictures.grid import Grid
from terrain_widgets.core.pictures.heatmap import sample_progressively

RATIO_LIMIT, PRODUCTS_LIMIT, FIRST_LIMIT, MEMORY_LIMIT_MIB = 6.0, 1.5, 0.025, 64.0
CHILD = (
    "import psutil, resource, sys, torch, terrain_widgets as tw\n"
    "torch.set_num_threads(1)\n"
    "terrain, cells = tw.Terrain(2, 8), int(sys.argv[1])\n"
    "tw.sample_grid(terrain, tw.Boundary(), 64, 64)\n"
    "before = psutil.Process().memory_info().rss\n"
    "picture = tw.sample_grid(terrain, tw.Boundary(), cells, cells)\n"
    "print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)\n"
)


def batch_by_batch(terrain: tw.Terrain, cells: int) -> NDArray[np.float32]:
    """The picture as latent-terrain-pytorch's notebook makes it."""
    places = torch.from_numpy(Grid(tw.Boundary(), cells, cells).places())
    loader = DataLoader(TensorDataset(places), batch_size=256, shuffle=False)
    with torch.no_grad():
        return torch.cat([terrain(batch) for (batch,) in loader]).reshape(cells, cells, -1).numpy()


def hidden_products(terrain: tw.Terrain, cells: int) -> Callable[[], object]:
    """The products of the hidden layers for so many cells each way, and nothing else: 4096 cells at a time."""
    layers = [layer.weight.detach().T for layer in terrain.layers[1:-1]]
    table = torch.rand(4096, terrain.config.network_channel)
    out = torch.empty_like(table)

    def work() -> None:
        for _ in range(cells * cells // len(table)):
            for weight in layers:
                torch.mm(table, weight, out=out)

    return work


def least(work: Callable[[], object], runs: int) -> float:
    """Thread seconds of the quickest run."""
    times = []
    for _ in range(runs):
        began = time.thread_time()
        work()
        times.append(time.thread_time() - began)
    return min(times)


def added_mib(cells: int) -> float:
    """What sampling so many cells each way adds to a child's memory at its peak, MiB."""
    answer = subprocess.run([sys.executable, "-c", CHILD, str(cells)], capture_output=True, text=True, check=True)
    before, peak = (int(number) for number in answer.stdout.split())
    return (peak * (1 if sys.platform == "darwin" else 2**10) - before) / 2**20  # ru_maxrss is in KiB but for macOS


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few runs, and memory at 1024²")
    options = parser.parse_args()
    torch.set_num_threads(1)
    runs, large = (2, 1024) if options.quick else (11, 2048)
    terrain, plane = tw.Terrain(2, 8), tw.Boundary()
    verdicts = []

    def report(what: str, value: str, good: bool) -> None:
        verdicts.append(good)
        print(f"{what:<44} {value:<52} {'PASS' if good else 'MISSED'}", flush=True)

    difference = np.abs(tw.sample_grid(terrain, plane, 256, 256) - batch_by_batch(terrain, 256)).max()
    report("256² × 8: largest difference", f"{difference:.1e}, limit 1e-05", bool(difference < 1e-5))
    pairs = np.array(
        [
            (
                least(lambda: tw.sample_grid(terrain, plane, 256, 256), 3),
                least(lambda: batch_by_batch(terrain, 256), 1),
            )
            for _ in range(runs)
        ]
    )
    ours, theirs = np.median(pairs, axis=0)
    ratio = float(np.median(pairs[:, 1] / pairs[:, 0]))
    report(
        "256² × 8 against batches of 256",
        f"{1e3 * ours:.0f} ms, {1e3 * theirs:.0f} ms, 1 thread each: {ratio:.1f}×, limit {RATIO_LIMIT:g}×",
        ratio >= RATIO_LIMIT,
    )
    bound = hidden_products(terrain, 256)
    beside = [(least(lambda: tw.sample_grid(terrain, plane, 256, 256), 3), least(bound, 3)) for _ in range(runs)]
    ours, products = np.median(np.array(beside), axis=0)
    report(
        "256² × 8 against its hidden products alone",
        f"{1e3 * ours:.0f} ms, {1e3 * products:.0f} ms: {ours / products:.2f}×, limit {PRODUCTS_LIMIT:g}×",
        ours <= PRODUCTS_LIMIT * products,
    )
    first = least(lambda: next(sample_progressively(terrain, plane, 256, 256)), 5 * runs)
    report("first picture, 64²", f"{1e3 * first:.1f} ms, limit {1e3 * FIRST_LIMIT:g} ms", first <= FIRST_LIMIT)
    picture = large * large * 8 * 4 / 2**20
    more = added_mib(large) - picture
    report(
        f"memory at {large}² beyond the picture",
        f"{more:.0f} MiB (picture {picture:.0f}), limit {MEMORY_LIMIT_MIB:g} MiB",
        more <= MEMORY_LIMIT_MIB,
    )
    return int(not all(verdicts) and not options.quick)


if __name__ == "__main__":
    sys.exit(main())
