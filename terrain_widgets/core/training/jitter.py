"""How well a terrain holds what it was taught: by path, and a hand's tremble beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.parameter import Number
from terrain_widgets.core.training.dataset import TerrainDataset

JITTER = Number(
    "tremble", 0.001, 0.0, 1.0, curve="log", description="Standard deviation of the jitter, as a share of the plane."
)
_CLIP = 5.0  # standard deviations


@dataclass(frozen=True)
class PathError:
    """How far a terrain is off on one path.

    Args:
        name: Of the pair.
        frames: T.
        mse: Mean squared error of its latents.
        psnr: The same against the path's range of latents, in dB; infinite where nothing is off.
    """

    name: str
    frames: int
    mse: float
    psnr: float

    def __repr__(self) -> str:
        return f"PathError({self.name!r}, {self.frames} frames, mse {self.mse:.4g}, {self.psnr:.1f} dB)"


@dataclass(frozen=True)
class JitterReport:
    """Latents found beside the paths, against those on them.

    Args:
        mean: Mean PSNR over paths and repeats, in dB.
        low: The PSNR that nine of ten reach.
        paths: Mean PSNR of each path, ``[pairs]``.
    """

    mean: float
    low: float
    paths: NDArray[np.float64]

    def __repr__(self) -> str:
        return f"JitterReport({self.mean:.1f} dB, nine of ten at least {self.low:.1f} dB, {len(self.paths)} paths)"


def path_errors(mapping: Mapping, dataset: TerrainDataset) -> list[PathError]:
    """The error on each pair, in the dataset's order: which sounds are not learnt yet.

    Raises:
        ValueError: If there are no pairs.
    """
    found = np.asarray(mapping(dataset.coordinates), dtype=np.float64)
    errors, first = [], 0
    for pair in dataset:
        wanted = pair.latent.values.astype(np.float64)
        mse = float(np.square(found[first : first + len(wanted)] - wanted).mean())
        errors.append(PathError(pair.name, len(wanted), mse, _psnr(mse, wanted)))
        first += len(wanted)
    return errors


def jitter_psnr(
    mapping: Mapping,
    dataset: TerrainDataset,
    *,
    tremble: float = JITTER.default,
    repeats: int = 8,
    seed: int = 0,
    extent: float | None = None,
) -> JitterReport:
    """How much of a path's sound is left when the hand trembles beside it.

    Every coordinate is moved by normal noise, at most five standard deviations, and the latents found there are
    compared with those taught at the path: PSNR = 10 log₁₀(range² / mse), with the range between the path's least and
    greatest latent, as latent-terrain-pytorch evaluates its terrains (there in one dimension from 0 to 1).

    Args:
        mapping: A trained terrain.
        dataset: What it was taught.
        tremble: Standard deviation of the noise as a share of ``extent``.
        repeats: How often each path is jittered.
        seed: Of the noise.
        extent: Size of the plane in control units; by default the longer side of what all paths span together.

    Raises:
        ValueError: If there are no pairs, or a number is out of range.
    """
    JITTER.check(tremble)
    if repeats < 1:
        raise ValueError(f"repeats must be at least 1, got {repeats}")
    places = dataset.coordinates.astype(np.float64)
    size = float(np.ptp(places, axis=0).max()) if extent is None else extent
    random = np.random.default_rng(seed)
    psnr = np.empty((repeats, len(dataset)))
    for repeat in range(repeats):
        noise = random.normal(size=places.shape).clip(-_CLIP, _CLIP) * tremble * size
        found = np.asarray(mapping((places + noise).astype(np.float32)), dtype=np.float64)
        first = 0
        for index, pair in enumerate(dataset):
            wanted = pair.latent.values.astype(np.float64)
            mse = float(np.square(found[first : first + len(wanted)] - wanted).mean())
            psnr[repeat, index] = _psnr(mse, wanted)
            first += len(wanted)
    return JitterReport(float(psnr.mean()), float(np.percentile(psnr, 10)), psnr.mean(axis=0))


def _psnr(mse: float, wanted: NDArray[np.float64]) -> float:
    spread = float(np.ptp(wanted)) or 1.0  # a sound of one value has no range; 1 keeps its error readable
    return float("inf") if mse == 0 else float(10 * np.log10(spread**2 / mse))
