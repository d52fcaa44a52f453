"""What travels between the session and the process that trains: pairs, weights and the optimizer's state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import torch

from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.core.training.dataset import Pair, TerrainDataset
from terrain_widgets.core.training.fit import FitState
from terrain_widgets.core.training.schedule import Schedule

Weights = dict[str, torch.Tensor]


def weights_of(module: torch.nn.Module) -> Weights:
    """A copy of all weights, on the CPU."""
    return {name: value.detach().cpu().clone() for name, value in module.state_dict().items()}


def packed_pair(pair: Pair) -> dict[str, Any]:
    """What training needs to know of a pair."""
    return {
        "name": pair.name,
        "places": pair.spatial.values,
        "latents": pair.latent.values,
    }


def unpacked_pair(content: Mapping[str, Any]) -> Pair:
    """A pair as training needs it."""
    return Pair(SpatialTrajectory(content["places"]), LatentTrajectory(content["latents"]), content["name"])


def packed_state(state: FitState, keys: Mapping[Pair, int]) -> dict[str, Any]:
    """Where a training stopped; its pairs by number."""
    return {
        "optimizer": state.optimizer,
        "step": state.step,
        "epoch": state.epoch,
        "schedule": None if state.schedule is None else asdict(state.schedule),
        "pairs": [keys[pair] for pair in state.pairs],
        "shuffle": state.shuffle,
    }


def unpacked_state(content: Mapping[str, Any], known: Mapping[int, Pair]) -> FitState:
    """The reverse of ``packed_state``; without those of its pairs that are no longer known."""
    schedule = content["schedule"]
    return FitState(
        content["optimizer"],
        content["step"],
        content["epoch"],
        None if schedule is None else Schedule(**schedule),
        [known[key] for key in content["pairs"] if key in known],
        content["shuffle"],
    )


def dataset_of(pairs: Sequence[Pair]) -> TerrainDataset:
    """These pairs as a dataset."""
    dataset = TerrainDataset()
    for pair in pairs:
        dataset.include(pair)
    return dataset
