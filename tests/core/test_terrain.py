"""The terrain against independent evaluations: our own formula in float64, and a network trained by nn.terrain."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

from terrain_widgets.core.mapping import mapping_from_state
from terrain_widgets.core.terrain.terrain import Terrain
from tests.core.formula import evaluate

DEMO = Path(__file__).parents[1] / "data" / "percussion-terrain-demo.pt"


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_a_terrain_trained_by_nn_terrain_gives_its_latents():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = torch.jit.load(DEMO)
    state = dict(file.named_parameters()) | dict(file.named_buffers())
    terrain = Terrain(2, 4, gauss_scale=0.12)
    terrain.load_state_dict(state)
    assert terrain.B_T.stride() == state["B_T"].stride() == (1, 2)
    across, down = np.meshgrid(np.linspace(-16, 16, 641), np.linspace(-4, 4, 161))
    x = np.stack([across.ravel(), down.ravel()], axis=1).astype(np.float32)
    difference = np.abs(terrain(x) - evaluate({k: v.detach().numpy() for k, v in state.items()}, x))
    assert difference.max() < 5e-5
    assert terrain(x).std() > 0.3  # it is not flat


@pytest.mark.parametrize("gauss_scale", [0.0, 1.6])
def test_formula(gauss_scale):
    terrain = Terrain(3, 5, gauss_scale=gauss_scale, network_channel=16, feature_size=8, seed=3)
    x = np.random.default_rng(0).uniform(-2, 2, (200, 3)).astype(np.float32)
    assert np.abs(terrain(x) - evaluate(terrain.to_state().arrays, x)).max() < 1e-5
    assert ("B_T" in terrain.state_dict()) == (gauss_scale > 0)


def test_names_and_size_are_nn_terrain_s():
    terrain = Terrain(2, 8)
    assert terrain.parameter_count == 116_236
    assert {"B_T", "fc_in_gau.weight", "prelu1.weight", "fc_out.bias"} <= set(terrain.state_dict())
    assert all(float(terrain.state_dict()[f"prelu{k}.weight"]) == 0.25 for k in (1, 2, 3, 4))


def test_numpy_in_numpy_out_tensor_in_tensor_out():
    terrain = Terrain(2, 3)
    latents = terrain(np.zeros((4, 2)))
    assert isinstance(latents, np.ndarray) and latents.dtype == np.float32 and latents.shape == (4, 3)
    tensor = terrain(torch.zeros(4, 2))
    assert isinstance(tensor, torch.Tensor) and tensor.requires_grad


def test_the_seed_decides_and_nothing_else_does():
    torch.manual_seed(1)
    first = Terrain(2, 3, seed=7).to_state()
    torch.manual_seed(2)
    before = torch.get_rng_state()
    second = Terrain(2, 3, seed=7).to_state()
    assert torch.equal(before, torch.get_rng_state())
    assert all((first.arrays[name] == second.arrays[name]).all() for name in first.arrays)
    assert Terrain(2, 3, seed=None).config.seed != Terrain(2, 3, seed=None).config.seed


def test_frequencies_have_the_scale_that_was_asked_for():
    assert abs(float(Terrain(2, 1, gauss_scale=1.6, feature_size=4096).B_T.std()) - 1.6) < 0.05


def test_travels_as_plain_data():
    terrain = Terrain(2, 3, gauss_scale=0.7, seed=5)
    again = mapping_from_state(terrain.to_state())
    x = np.random.default_rng(1).normal(size=(20, 2)).astype(np.float32)
    assert (again(x) == terrain(x)).all()


def test_coordinates_outside_are_not_clamped():
    terrain = Terrain(2, 3, gauss_scale=0.0)
    far = terrain([[50.0, 0.0], [100.0, 0.0]])
    assert np.abs(far[0] - far[1]).max() > 0.1


@pytest.mark.parametrize("bad", [np.zeros(2), np.zeros((3, 3)), np.zeros((1, 2, 2))])
def test_wrong_shapes_are_named(bad):
    with pytest.raises(ValueError, match=r"\[N, 2\]"):
        Terrain(2, 3)(bad)


@pytest.mark.parametrize(
    "arguments", [{"control_dim": 0}, {"latent_dim": 0}, {"gauss_scale": -1}, {"network_channel": 1.5}, {"seed": -1}]
)
def test_bad_arguments_are_named(arguments):
    with pytest.raises(ValueError, match=next(iter(arguments))):
        Terrain(**{"control_dim": 2, "latent_dim": 3, **arguments})
