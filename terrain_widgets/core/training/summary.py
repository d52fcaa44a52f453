"""Terrains and datasets in a few true numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import overload

import numpy as np

from terrain_widgets.core.terrain.config import TerrainConfig
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset


@dataclass(frozen=True)
class TerrainSummary:
    """What a terrain is made of.

    Args:
        config: What decided it when it was new.
        parameters: Number of trained weights (nn.terrain's ``number_of_parameters`` counts tensors instead).
        tensors: Name, shape, lowest and highest value of each trained tensor.
        device: Where it lives.
    """

    config: TerrainConfig
    parameters: int
    tensors: tuple[tuple[str, tuple[int, ...], float, float], ...]
    device: str

    def __repr__(self) -> str:
        c = self.config
        sigma = f"gauss_scale {c.gauss_scale:g}, {c.feature_size} frequencies" if c.gauss_scale else "gauss_scale 0"
        lines = [
            f"Terrain: {c.control_dim} control dimensions → {c.latent_dim} latents, {self.parameters:,} weights",
            f"  {sigma}, width {c.network_channel}, seed {c.seed}, on {self.device}",
        ]
        for name, shape, low, high in self.tensors:
            size = " × ".join(str(n) for n in shape)
            lines.append(f"  {name:<18} {size:>10}   {low:+.3f} … {high:+.3f}")
        return "\n".join(lines)


@dataclass(frozen=True)
class DatasetSummary:
    """What a terrain is taught.

    Args:
        pairs: How many.
        frames: N, of all pairs together.
        shortest: Frames of the shortest pair.
        longest: Frames of the longest.
        coordinates: Lowest and highest of each control dimension, ``C`` pairs of numbers.
        latents: Lowest and highest of each latent, ``D`` pairs of numbers.
        variance: Mean variance of the latents: the loss of a terrain that is flat at their mean.
    """

    pairs: int
    frames: int
    shortest: int
    longest: int
    coordinates: tuple[tuple[float, float], ...]
    latents: tuple[tuple[float, float], ...]
    variance: float

    def __repr__(self) -> str:
        if not self.pairs:
            return "Dataset: empty"
        lengths = f"{self.shortest}" if self.shortest == self.longest else f"{self.shortest} to {self.longest}"
        lines = [
            f"Dataset: {self.pairs} pairs of {lengths} frames, {self.frames:,} frames together",
            f"  {len(self.coordinates)} control dimensions   {_ranges(self.coordinates)}",
            f"  {len(self.latents)} latents   {_ranges(self.latents)}",
            f"  a flat terrain's loss: {self.variance:.3g}",
        ]
        return "\n".join(lines)


@overload
def summary(subject: Terrain) -> TerrainSummary: ...
@overload
def summary(subject: TerrainDataset) -> DatasetSummary: ...
def summary(subject: Terrain | TerrainDataset) -> TerrainSummary | DatasetSummary:
    """Sizes, ranges and counts of a terrain (nn.terrain's ``model_summary``) or a dataset (``dataset_summary``)."""
    if isinstance(subject, Terrain):
        tensors = tuple(
            (name, tuple(p.shape), float(p.detach().min()), float(p.detach().max()))
            for name, p in subject.named_parameters()
        )
        return TerrainSummary(subject.config, subject.parameter_count, tensors, str(subject.fc_out.weight.device))
    if len(subject) == 0:
        return DatasetSummary(0, 0, 0, 0, (), (), 0.0)
    lengths = [len(pair.latent) for pair in subject]
    places, latents = subject.coordinates, subject.latents
    return DatasetSummary(
        len(subject),
        len(latents),
        min(lengths),
        max(lengths),
        _extremes(places),
        _extremes(latents),
        float(latents.astype(np.float64).var(axis=0).mean()),
    )


def _extremes(table: np.ndarray) -> tuple[tuple[float, float], ...]:
    return tuple(zip(table.min(axis=0).tolist(), table.max(axis=0).tolist(), strict=True))


def _ranges(pairs: tuple[tuple[float, float], ...]) -> str:
    shown = "  ".join(f"{low:.3g} … {high:.3g}" for low, high in pairs[:8])
    return shown + ("  …" if len(pairs) > 8 else "")
