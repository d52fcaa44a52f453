"""The same data at several ruggednesses, side by side: which ``gauss_scale`` suits them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.terrain.config import GAUSS_SCALE
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.candidate import Candidate
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.fit import fit
from terrain_widgets.core.training.jitter import JITTER, jitter_psnr, path_errors
from terrain_widgets.core.training.settings import SCALES, SECONDS_EACH

_MOST = 24


@dataclass(frozen=True)
class GalleryStep:
    """Where a gallery stands.

    Args:
        index: Which of the scales is trained.
        gauss_scale: That scale.
        loss: Its newest.
        progress: Of the whole gallery, 0…1.
        candidate: The finished terrain, at the last step of each scale; ``None`` before.
    """

    index: int
    gauss_scale: float
    loss: float
    progress: float
    candidate: Candidate | None = None


def train_gallery(
    dataset: TerrainDataset,
    scales: Sequence[float] = SCALES,
    seconds: float | None = SECONDS_EACH.default,
    *,
    epochs: int | None = None,
    seed: int = 0,
    tremble: float = JITTER.default,
    extent: float | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[GalleryStep]:
    """Train a terrain for each scale, from the same seed and for the same time, yielding after every step.

    latent-terrain-pytorch compares σ of 0.01, 0.1, 1, 2 and 5 like this on a plane of 0…1, by eye; here each has its
    error too. The error on the paths falls with ruggedness, that beside them rises from some point on: the best scale
    lies between.

    Args:
        dataset: At least one pair.
        scales: ``gauss_scale`` of each, at most 24; 0 is as smooth as it gets.
        seconds: Time for each, or ``None`` if ``epochs`` limits it.
        epochs: Passes for each.
        seed: Of all of them.
        tremble: How far beside the paths, as ``jitter_psnr`` takes it.
        extent: Size of the plane, likewise.
        should_stop: Asked at every step; what is finished by then has been yielded.

    Raises:
        TrainingError: Without pairs, or if a loss stops being a number.
        ValueError: If there are no scales or too many, or one is out of range.
    """
    wanted = checked_scales(scales)
    if seconds is not None:
        SECONDS_EACH.check(seconds)
    dimensions = (dataset.control_dim, dataset.latent_dim) if len(dataset) else (2, 1)  # fit says what is missing
    for index, scale in enumerate(wanted):
        terrain = Terrain(*dimensions, scale, seed=seed)
        losses: list[tuple[float, float]] = []
        for step in fit(terrain, dataset, epochs, seconds, seed=seed, should_stop=should_stop):
            losses.append((step.step, step.loss))
            yield GalleryStep(index, scale, step.loss, (index + step.progress) / len(wanted))
        if should_stop():
            return
        found = judged(terrain, dataset, np.array(losses), tremble, extent)
        yield GalleryStep(index, scale, found.loss, (index + 1) / len(wanted), found)


def checked_scales(scales: Sequence[float]) -> list[float]:
    """Those scales, for a gallery.

    Raises:
        ValueError: If there are none or too many, or one is out of range.
    """
    wanted = [float(GAUSS_SCALE.check(scale)) for scale in scales]
    if not 1 <= len(wanted) <= _MOST:
        raise ValueError(f"a gallery has 1 to {_MOST} scales, got {len(wanted)}")
    return wanted


def judged(
    terrain: Terrain,
    dataset: TerrainDataset,
    losses: NDArray[np.float64],
    tremble: float = JITTER.default,
    extent: float | None = None,
) -> Candidate:
    """A trained terrain with its errors.

    Args:
        terrain: Not trained any further.
        dataset: What it was trained on.
        losses: Steps of its training, ``[K, 2]``.
        tremble: As ``jitter_psnr`` takes it.
        extent: Likewise.
    """
    terrain.requires_grad_(False)
    errors = path_errors(terrain, dataset)
    frames = sum(error.frames for error in errors)
    return Candidate(
        terrain.config.gauss_scale,
        terrain,
        sum(error.mse * error.frames for error in errors) / frames,
        float(np.mean([error.psnr for error in errors])),
        jitter_psnr(terrain, dataset, tremble=tremble, extent=extent).mean,
        losses,
    )
