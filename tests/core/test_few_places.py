"""A few places at once are counted in numpy: the same latents, whatever happens to the weights."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from terrain_widgets.core.terrain.small_batches import FEW, SmallBatches
from terrain_widgets.core.terrain.terrain import Terrain


def by_torch(terrain: Terrain, places: np.ndarray) -> np.ndarray:
    return terrain(torch.from_numpy(places)).detach().numpy()


def test_it_is_the_formula_of_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    for gauss_scale, dims, latents in ((1.6, 2, 8), (0.0, 2, 3), (3.0, 5, 64)):
        terrain = Terrain(dims, latents, gauss_scale, seed=1)
        with torch.no_grad():
            terrain.fc_out.weight.mul_(15)
            terrain.prelu2.weight.fill_(-0.7)
            terrain.prelu3.weight.fill_(1.5)
        places = np.random.default_rng(0).uniform(-1.5, 1.5, (FEW, dims)).astype(np.float32)
        for count in range(FEW + 1):
            found = terrain(places[:count])
            assert found.dtype == np.float32 and found.shape == (count, latents)
            np.testing.assert_allclose(found, by_torch(terrain, places[:count]), atol=3e-6)
    with pytest.raises(ValueError, match=r"shape \[N, 5\]"):
        terrain(np.zeros((1, 2)))
    monkeypatch.setattr(SmallBatches, "latents", lambda *_: None)  # out of numpy's reach: torch counts
    np.testing.assert_allclose(terrain(places), by_torch(terrain, places), atol=1e-6)


def test_it_follows_the_weights() -> None:
    terrain, place = Terrain(2, 4), np.array([[0.3, -0.2]], np.float32)
    first = terrain(place)
    optimizer = torch.optim.SGD(terrain.parameters(), lr=0.1)
    terrain(torch.from_numpy(place)).square().sum().backward()
    optimizer.step()
    assert np.abs(terrain(place) - first).max() > 1e-3
    np.testing.assert_allclose(terrain(place), by_torch(terrain, place), atol=1e-6)
    twin = copy.deepcopy(terrain)
    with torch.no_grad():
        twin.fc_out.bias.add_(1.0)
    np.testing.assert_allclose(twin(place), terrain(place) + 1.0, atol=1e-6)
    twin.load_state_dict(Terrain(2, 4, seed=5).state_dict())
    np.testing.assert_allclose(twin(place), Terrain(2, 4, seed=5)(place), atol=1e-6)
    twin.fc_out.bias = torch.nn.Parameter(torch.full((4,), 2.0))
    np.testing.assert_allclose(twin(place), by_torch(twin, place), atol=1e-6)
    assert SmallBatches().latents(Terrain(2, 4).double(), place) is None
    np.testing.assert_array_equal(Terrain.from_state(terrain.to_state())(place), terrain(place))
