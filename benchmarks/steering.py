"""How fast and how well forty labelled points become a map, beside what a user of scikit-learn would take.

Run ``python -m benchmarks.steering``. Three tasks, each of 40 points:

- 2 → 8 and 15 → 64: random smooth functions (32 tanh units, seeded) at places drawn evenly from ±1, with a little
  noise, as a person's choices are not exact;
- sounds, 2 → 8: frames of the bundled sounds as the bundled codec encodes them, placed by loudness and brightness (the
  codec's second latent and the mean of its others), as Vigliensoni and Fiebrink (ICCC 2023) describe it.

"Train" is the best of ten runs (of three for scikit-learn), in one thread: a machine that is busy with something else
makes any of them longer.
"Left out" is the root mean square error at each point when the map is made from all the others, over the latents'
standard deviation: 1 is what the mean of all points would come to. scikit-learn is asked as its users do: one
``MLPRegressor`` per latent with 16 hidden units, standardised data and the solver that it advises for small sets
(``lbfgs``), and with ``--adam`` its defaults too (``adam``, 100 hidden units), which take some ten minutes.

The exit code is 1 if a limit is missed: 0.5 s to train, an error no worse than 1.2 times scikit-learn's (the better
of the two), and no slower than scikit-learn (the faster of the two).
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.core.points.point_map import Method, PointMap
from terrain_widgets.core.points.points import ControlPoint, PointSet
from terrain_widgets.io.sound_files import sounds

Table = NDArray[np.float64]
Evaluate = Callable[[Table], Table]
Fit = Callable[[Table, Table], Evaluate]
POINTS, NOISE = 40, 0.03
LONGEST, WORST = 0.5, 1.2
OURS, LBFGS, ADAM = "networks", "scikit-learn, lbfgs", "scikit-learn, adam"


@dataclass(frozen=True)
class Result:
    """Seconds to train, and the error at points left out."""

    seconds: float
    error: float


def smooth_task(control_dim: int, latent_dim: int, seed: int) -> tuple[Table, Table]:
    """Places ``[40, C]`` and latents ``[40, D]`` of a random smooth function."""
    random = np.random.default_rng(seed)
    places = random.uniform(-1, 1, (POINTS, control_dim))
    waves = np.tanh(places @ random.normal(size=(control_dim, 32)) * 1.5 / control_dim**0.5 + random.uniform(-1, 1, 32))
    latents = waves @ random.normal(size=(32, latent_dim)) * 1.5 / 32**0.5
    return places, latents + NOISE * random.normal(size=latents.shape)


def sounds_task(seed: int) -> tuple[Table, Table]:
    """Places ``[40, 2]`` and latents ``[40, 8]`` of frames of the bundled sounds."""
    codec, random = load_codec(), np.random.default_rng(seed)
    frames = np.concatenate([codec.encode(sound.audio, sound.sample_rate).values for sound in sounds()])
    frames = frames[frames[:, 1] > np.quantile(frames[:, 1], 0.2)]  # nobody places silence forty times
    chosen = frames[random.choice(len(frames), POINTS, replace=False)].astype(np.float64)
    aspects = np.stack([chosen[:, 1], chosen[:, 2:].mean(axis=1)], axis=1)
    return (aspects - aspects.mean(axis=0)) / (2 * aspects.std(axis=0)), chosen


def ours(method: Method) -> Fit:
    """This package's map."""

    def fit(places: Table, latents: Table) -> Evaluate:
        rows = zip(places, latents, strict=True)
        points = PointSet(tuple(ControlPoint(f"q{i}", a, b) for i, (a, b) in enumerate(rows)))
        return PointMap.fit(points, method)

    return fit


def theirs(solver: str, hidden: int, iterations: int) -> Fit:
    """One ``MLPRegressor`` per latent, on standardised data."""

    def fit(places: Table, latents: Table) -> Evaluate:
        middle, spread = latents.mean(axis=0), latents.std(axis=0)
        models = []
        for column in ((latents - middle) / spread).T:
            network = MLPRegressor(
                hidden_layer_sizes=(hidden,), activation="tanh", solver=solver, max_iter=iterations, random_state=0
            )
            models.append(make_pipeline(StandardScaler(), network).fit(places, column))
        return lambda asked: np.stack([model.predict(asked) for model in models], axis=1) * spread + middle

    return fit


WAYS: dict[str, Fit] = {
    OURS: ours(Method.NETWORKS),
    "joint": ours(Method.JOINT),
    "rbf": ours(Method.RBF),
    "idw": ours(Method.IDW),
    "nearest": ours(Method.NEAREST),
    LBFGS: theirs("lbfgs", 16, 200),
    ADAM: theirs("adam", 100, 200),
}


def measured(fit: Fit, places: Table, latents: Table, runs: int, left_out: int) -> Result:
    """Train some times, then leave out every so many points, one at a time."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        fit(places, latents)
        seconds.append(time.perf_counter() - began)
    squares = []
    for index in range(0, POINTS, POINTS // left_out):
        others = np.arange(POINTS) != index
        guess = np.asarray(fit(places[others], latents[others])(places[index : index + 1]))[0]
        squares.append(((guess - latents[index]) / latents.std(axis=0)) ** 2)
    return Result(min(seconds), float(np.sqrt(np.mean(squares))))


def main() -> int:
    """Print the table; 1 if a limit is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out every eighth point only")
    parser.add_argument("--adam", action="store_true", help="ask scikit-learn for its defaults too, for ten minutes")
    arguments = parser.parse_args()
    quick = arguments.quick
    left_out, runs = (5, 10) if quick else (POINTS, 10)
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", ConvergenceWarning)  # scikit-learn's, of its own default number of iterations
    tasks = {"2 → 8": smooth_task(2, 8, 0), "15 → 64": smooth_task(15, 64, 1), "sounds, 2 → 8": sounds_task(0)}
    missed = []
    print(f"{POINTS} points, one thread, {left_out} left out in turn\n")
    print(f"{'':<22}" + "".join(f"{name:>24}" for name in tasks))
    print(f"{'':<22}" + f"{'train s':>12}{'left out':>12}" * len(tasks))
    results: dict[str, dict[str, Result]] = {name: {} for name in tasks}
    with threadpool_limits(1):
        ours(Method.NETWORKS)(*smooth_task(2, 2, 9))  # what the first one loads is not training
        for way, fit in WAYS.items():
            if way == ADAM and not arguments.adam:
                continue
            line = f"{way:<22}"
            for task, (places, latents) in tasks.items():
                result = results[task][way] = measured(
                    fit, places, latents, runs if way not in (LBFGS, ADAM) else 3, left_out
                )
                line += f"{result.seconds:>12.3f}{result.error:>12.3f}"
            print(line, flush=True)
    for task, found in results.items():
        mine, others = found[OURS], [found[way] for way in (LBFGS, ADAM) if way in found]
        if mine.seconds > LONGEST:
            missed.append(f"{task}: training took {mine.seconds:.2f} s, the limit is {LONGEST} s")
        if mine.seconds > min(other.seconds for other in others):
            missed.append(f"{task}: training was slower than scikit-learn's")
        if mine.error > WORST * min(other.error for other in others):
            missed.append(f"{task}: the error is {mine.error:.3f}, scikit-learn's is lower by more than {WORST} times")
    print("\n" + ("\n".join(missed) or "all limits kept"))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
