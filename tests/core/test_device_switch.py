"""``device=`` moves a training, and its optimizer goes along with all it knows."""

import copy

import numpy as np
import pytest
import torch

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.fit import FitState, fit


def dataset():
    random = np.random.default_rng(5)
    data = TerrainDataset()
    for y in (-0.5, 0.5):
        data.add([[-1, y], [1, y]], np.cumsum(random.normal(0, 0.2, (120, 3)), axis=0))
    return data


def steps(terrain, data, count, **settings):
    made = fit(terrain, data, **settings)
    losses = [next(made).loss for _ in range(count)]
    made.close()
    return losses


def tensors(state):
    """All tensors inside an optimizer's state, in order."""
    if isinstance(state, torch.Tensor):
        return [state]
    parts = state.values() if isinstance(state, dict) else state if isinstance(state, list | tuple) else ()
    return [tensor for part in parts for tensor in tensors(part)]


def there_and_back(method, there, back):
    """Losses of 12 steps with a move after the 6th, and of 12 without; and what the optimizer held."""
    data, state = dataset(), FitState()
    settings = {"method": method, "batch_size": data.frame_count, "lr": 0.02 if method == "muon" else 0.001}
    moved, stayed = (Terrain(2, 3, 1.0, network_channel=32, feature_size=32, seed=1) for _ in range(2))
    first = steps(moved, data, 6, state=state, device=there, **settings)
    before = tensors(copy.deepcopy(state.optimizer[method]))
    second = steps(moved, data, 6, state=state, device=back, **settings)
    alone = FitState()
    whole = steps(stayed, data, 6, state=alone, **settings) + steps(stayed, data, 6, state=alone, **settings)
    return first + second, whole, before, tensors(state.optimizer[method]), moved


@pytest.mark.parametrize("method", ["muon", "adam"])
def test_naming_the_same_device_changes_nothing(method):
    moved, stayed, before, after, _ = there_and_back(method, "cpu", "cpu")
    assert moved == stayed and moved[-1] < moved[0]
    assert len(before) == len(after) > 3 and any(tensor.abs().max() > 0 for tensor in before if tensor.ndim)


@pytest.mark.parametrize("method", ["muon", "adam"])
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU that torch can use (torch.cuda is absent)")
def test_a_gpu_goes_on_where_the_processor_stopped_and_back(method):
    there, stayed, _, after, terrain = there_and_back(method, "cpu", "cuda")
    assert terrain.fc_out.weight.device.type == "cuda"
    assert all(tensor.device.type == "cuda" for tensor in after if tensor.ndim > 0)
    assert there == pytest.approx(stayed, rel=1e-3), "with forgotten moments the seventh step goes another way"
    back, stayed, _, after, terrain = there_and_back(method, "cuda", "cpu")
    assert terrain.fc_out.weight.device.type == "cpu" and all(tensor.device.type == "cpu" for tensor in after)
    assert back == pytest.approx(stayed, rel=1e-3)


@pytest.mark.parametrize("method", ["muon", "adam"])
def test_forgotten_moments_would_be_seen(method):
    """What the comparisons above rest on: without its state a training goes another way."""
    data = dataset()
    settings = {"method": method, "batch_size": data.frame_count, "lr": 0.02 if method == "muon" else 0.001}
    terrains = [Terrain(2, 3, 1.0, network_channel=32, feature_size=32, seed=1) for _ in range(2)]
    state = FitState()
    kept = steps(terrains[0], data, 6, state=state, **settings) + steps(terrains[0], data, 6, state=state, **settings)
    forgot = steps(terrains[1], data, 6, **settings) + steps(terrains[1], data, 6, **settings)
    assert forgot[:6] == kept[:6]
    assert not np.allclose(forgot[7:], kept[7:], rtol=1e-3)
