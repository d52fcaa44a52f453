"""Grids against one place after the other, pictures and maps against their formulas."""

import math
from itertools import pairwise

import numpy as np
import pytest
import torch

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import ConstantMapping, MappingState
from terrain_widgets.core.pictures.heatmap import (
    distance_to_data,
    loudness_map,
    sample_grid,
    sample_line,
    sample_progressively,
    shade_as_nn_terrain,
    shade_three,
)
from terrain_widgets.core.terrain.terrain import Terrain


class Levels:
    """A double: latent 0 is x + 1, so that a decoder that plays it is louder to the right."""

    control_dim, latent_dim = 2, 1

    def __call__(self, coordinates):
        return np.asarray(coordinates, dtype=np.float32)[:, :1] + 1

    def to_state(self):
        return MappingState("levels", {})


def places(boundary, width, height):
    across = boundary.left + (np.arange(width) + 0.5) / width * (boundary.right - boundary.left)
    down = boundary.top + (np.arange(height) + 0.5) / height * (boundary.bottom - boundary.top)
    return np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2).astype(np.float32)


def rugged(**settings):
    """A terrain whose slopes and biases are all in play."""
    terrain = Terrain(2, 5, **settings)
    with torch.no_grad():
        for slope, value in zip(terrain.slopes, (0.3, -0.2, 0.0, 0.9), strict=True):
            slope.weight.fill_(value)
        terrain.fc_out.weight.mul_(10)
    return terrain


@pytest.mark.parametrize("size", [(1, 1), (7, 5), (64, 64), (200, 31), (130, 130)])
@pytest.mark.parametrize("gauss_scale", [0.0, 0.2, 1.6, 12.0])
def test_a_grid_is_the_mapping_at_each_place(size, gauss_scale):
    terrain, boundary = rugged(gauss_scale=gauss_scale), Boundary(-0.7, -2.0, 1.9, 0.3)
    grid = sample_grid(terrain, boundary, *size)
    assert grid.shape == (size[1], size[0], 5) and grid.dtype == np.float32
    one_by_one = terrain(places(boundary, *size)).reshape(grid.shape)
    # Where the terrain is so rugged that float32's phases decide, no further from the truth than one by one is.
    exact = terrain.double()(torch.from_numpy(places(boundary, *size)).double()).detach().numpy().reshape(grid.shape)
    rounding = np.abs(one_by_one - exact).max()
    assert np.abs(grid - one_by_one).max() < max(1e-5, 2 * rounding)
    assert rounding < 3e-5 and np.abs(grid - exact).max() < max(1e-5, 2 * rounding)
    assert size == (1, 1) or grid.std() > 0.01


def test_a_zoomed_grid_and_one_far_away_are_the_mapping_too():
    terrain = rugged()
    for boundary in (Boundary(0.10, 0.21, 0.12, 0.20), Boundary(7.0, 9.0, 9.0, 7.0)):
        grid = sample_grid(terrain, boundary, 200, 150)
        exact = terrain.double()(torch.from_numpy(places(boundary, 200, 150)).double()).detach().numpy()
        terrain.float()
        assert np.abs(grid.reshape(-1, 5) - exact).max() < 2e-5


def test_a_slice_of_more_dimensions():
    terrain = Terrain(4, 3, network_channel=16, feature_size=32)
    boundary, at = Boundary(-1, 2, 0.5, -1), (0.3, 9.0, -0.4, 9.0)
    grid = sample_grid(terrain, boundary, 90, 70, axes=(3, 1), at=at)
    full = np.tile(np.float32(at), (90 * 70, 1))
    full[:, [3, 1]] = places(boundary, 90, 70)
    assert np.abs(grid.reshape(-1, 3) - terrain(full)).max() < 1e-5
    line = sample_line(terrain, 2, -1.0, 1.0, 5, at)
    by_hand = np.tile(np.float32(at), (5, 1))
    by_hand[:, 2] = [-1, -0.5, 0, 0.5, 1]
    assert np.abs(line - terrain(by_hand)).max() < 1e-6


def test_a_mapping_of_one_dimension_has_a_line():
    terrain = Terrain(1, 2, network_channel=8, feature_size=8)
    assert np.allclose(sample_line(terrain, 0, 0.0, 1.0, 3, [0.0]), terrain([[0.0], [0.5], [1.0]]))


def test_any_mapping_is_sampled_in_parts():
    seen = []

    class Watched(ConstantMapping):
        def __call__(self, coordinates):
            seen.append(len(coordinates))
            return super().__call__(coordinates)

    grid = sample_grid(Watched(2, np.float32([1, 2])), Boundary(), 10_000, 3)
    assert grid.shape == (3, 10_000, 2) and (grid == [1, 2]).all()
    assert max(seen) <= 4096 and sum(seen) == 30_000


def test_coarse_at_once_and_finer_after():
    terrain = rugged()
    sizes = [grid.shape for grid in sample_progressively(terrain, Boundary(), 300, 150)]
    assert sizes == [(32, 64, 5), (128, 256, 5), (150, 300, 5)]
    *_, last = sample_progressively(terrain, Boundary(), 100, 80)
    assert (last == sample_grid(terrain, Boundary(), 100, 80)).all()
    assert [g.shape for g in sample_progressively(terrain, Boundary(), 20, 10)] == [(10, 20, 5)]


def test_sampling_stops_when_told():
    asked = []

    def should_stop():
        asked.append(1)
        return len(asked) > 2

    grid = sample_grid(rugged(), Boundary(), 256, 256, should_stop=should_stop)
    known = np.isfinite(grid).all(axis=(1, 2))
    assert known[0] and not known[-1] and (np.diff(known.astype(int)) <= 0).all()
    assert list(sample_progressively(rugged(), Boundary(), 256, 256, should_stop=lambda: True)) == []


@pytest.mark.parametrize(
    "arguments", [{"axes": (0, 0), "at": (0, 0, 0)}, {"axes": (0, 3), "at": (0, 0, 0)}, {"at": (0, 0)}, {}]
)
def test_slices_that_do_not_exist_are_sentences(arguments):
    with pytest.raises(ValueError, match="axes|at needs"):
        sample_grid(Terrain(3, 2), Boundary(), 4, 4, **arguments)
    with pytest.raises(ValueError, match="axes"):
        sample_line(Terrain(3, 2), 3, 0, 1, 4, (0, 0, 0))


def test_distance_is_that_of_the_nearest_place_with_data():
    data = np.random.default_rng(0).uniform(-1, 1, (50, 2))
    boundary = Boundary(-2, 1, 1, -1)
    found = distance_to_data(data, boundary, 30, 20)
    all_of_them = np.linalg.norm(places(boundary, 30, 20)[:, None] - data[None], axis=-1)
    assert np.allclose(found.ravel(), all_of_them.min(axis=1), atol=1e-6)
    assert distance_to_data([[0, 0, 3.0]], Boundary(), 1, 1, at=(0, 0, 1.0)) == pytest.approx(2.0)
    with pytest.raises(ValueError, match="data"):
        distance_to_data(np.zeros((0, 2)), Boundary(), 4, 4)


def decode_as_level(latents):
    """A square wave of the amplitude that latent 0 says; 64 samples a frame."""
    wave = np.tile(np.repeat([1.0, -1.0], 8), 4)
    return (latents[:, :1] * wave).reshape(1, -1)


def test_loudness_before_it_is_played():
    loudness = loudness_map(Levels(), decode_as_level, Boundary(), 8, 3)
    expected = [20 * math.log10(2 * (k + 0.5) / 8) for k in range(8)]
    assert loudness.shape == (3, 8) and np.allclose(loudness, expected, atol=1e-4)
    kept = loudness_map(Levels(), decode_as_level, Boundary(), 8, 3, limits=(0.0, 0.5))
    assert np.allclose(kept, np.minimum(expected, 20 * math.log10(0.5)), atol=1e-4)
    silent = loudness_map(ConstantMapping(2, np.zeros(1, np.float32)), decode_as_level, Boundary(), 2, 2)
    assert (silent == -120).all()
    assert np.isnan(loudness_map(Levels(), decode_as_level, Boundary(), 2, 2, should_stop=lambda: True)).all()
    with pytest.raises(ValueError, match="multiple"):
        loudness_map(Levels(), lambda latents: np.zeros((1, 7)), Boundary(), 2, 2)


def test_nn_terrain_s_colours():
    # Its rule by hand: brightness is channel 0 of -1…4; red, green, blue run from (0.9, 0.75, 0.6) to 1.
    grid = np.float32([[[4, 4, 4, 4], [4, -1, -1, -1], [1.5, 4, -9, 4], [-1, 4, 4, 4], [np.nan, 0, 0, 0]]])
    picture = shade_as_nn_terrain(grid, (0, 1, 2, 3))
    assert picture[0, :4, :3].tolist() == [
        [255, 255, 255],
        [round(255 * 0.9), round(255 * 0.75), round(255 * 0.6)],
        [128, round(255 * 0.375), 128],
        [0, 0, 0],
    ]
    assert picture[0, :, 3].tolist() == [255] * 4 + [0]
    assert shade_as_nn_terrain(grid, (0,))[0, :3, 0].tolist() == [255, 255, 128]
    with pytest.raises(ValueError, match="channels"):
        shade_as_nn_terrain(grid, (0, 1, 2, 4))


def test_three_channels_are_red_green_and_blue():
    grid = sample_grid(rugged(), Boundary(), 20, 10)
    picture, limits = shade_three(grid, (4, 0, 2))
    for colour, channel in enumerate((4, 0, 2)):
        low, high = grid[..., channel].min(), grid[..., channel].max()
        assert limits[colour] == pytest.approx((low, high))
        assert np.abs(picture[..., colour] - 255 * (grid[..., channel] - low) / (high - low)).max() <= 0.51
    wider, _ = shade_three(grid, (4, 0, 2), [(-100, 100)] * 3)
    assert all(a <= b for a, b in pairwise(sorted(set(wider[..., 0].ravel().tolist())))) and np.ptp(wider[..., 0]) < 20
    with pytest.raises(ValueError, match="3 channels"):
        shade_three(grid, (0, 1))
