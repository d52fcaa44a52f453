"""Pairs are stretched, never cut; pictures show the plane the right way up."""

import numpy as np
import pytest

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.paths.layout import lay_out
from terrain_widgets.core.pictures.heatmap import sample_grid, shade_all, shade_channel
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset


class Tilted:
    """A double: latent 0 is x, latent 1 is y."""

    control_dim = latent_dim = 2

    def __call__(self, coordinates):
        return np.asarray(coordinates, dtype=np.float32)

    def to_state(self):
        return MappingState("tilted", {})


def test_a_path_of_any_number_of_points_pairs_with_a_sound():
    data = (
        TerrainDataset()
        .add([[0, 0], [1, 0]], np.arange(12).reshape(6, 2))
        .add([[0, 1], [0, 0], [1, 1]], np.ones((9, 2)))
    )
    assert len(data) == 2 and data.frame_count == 15
    assert data.coordinates.shape == (15, 2) and data.latents.shape == (15, 2)
    assert np.allclose(data.coordinates[:6, 0], np.linspace(0, 1, 6))
    low, high = data.latent_range(margin=0.0)
    assert low.tolist() == [0, 1] and high.tolist() == [10, 11]


@pytest.mark.parametrize("pair", [([[0, 0, 0], [1, 1, 1]], np.ones((3, 2))), ([[0, 0], [1, 1]], np.ones((3, 5)))])
def test_pairs_of_other_dimensions_are_refused(pair):
    data = TerrainDataset().add([[0, 0], [1, 0]], np.ones((4, 2)))
    with pytest.raises(ValueError, match="one codec"):
        data.add(*pair)
    assert len(data) == 1


def test_nan_latents_are_refused():
    with pytest.raises(ValueError, match="finite"):
        TerrainDataset().add([[0, 0], [1, 0]], [[0.0], [np.nan]])


@pytest.mark.parametrize("boundary", [Boundary(), Boundary(-16, -4, 16, 4)])
def test_row_0_is_the_top_and_cells_are_sampled_at_their_centres(boundary):
    grid = sample_grid(Tilted(), boundary, width=8, height=4)
    assert grid.shape == (4, 8, 2)
    unit = boundary.to_unit(grid.reshape(-1, 2)).reshape(4, 8, 2)
    assert np.allclose(unit[0, :, 1], 0.5 / 4) and np.allclose(unit[:, 0, 0], 0.5 / 8)


def test_a_big_grid_is_the_same_in_parts():
    terrain = Terrain(2, 3, network_channel=8, feature_size=8)
    grid = sample_grid(terrain, Boundary(), 150, 100)
    assert np.allclose(grid[::10, ::10], sample_grid(terrain, Boundary(), 150, 100)[::10, ::10])
    assert np.allclose(grid[50, 75], terrain(Boundary().from_unit([[75.5 / 150, 50.5 / 100]]))[0], atol=1e-5)


def test_colours():
    grid = sample_grid(Tilted(), Boundary(), 16, 16)
    palette = np.stack([np.arange(256)] * 3, axis=1).astype(np.uint8)
    picture, limits = shade_channel(grid, 0, palette)
    assert (
        picture[0, 0, 0] == 0
        and picture[0, -1, 0] == 255
        and limits == (float(grid[..., 0].min()), float(grid[..., 0].max()))
    )
    grid[3, 3, 0] = np.nan
    assert shade_channel(grid, 0, palette)[0][3, 3, 3] == 0
    assert shade_all(grid).shape == (16, 16, 4)


def test_only_a_plane_has_a_heatmap():
    with pytest.raises(ValueError, match="plane"):
        sample_grid(Terrain(3, 2), Boundary(), 4, 4)


@pytest.mark.parametrize("count", [1, 2, 7, 10, 30])
def test_arranged_paths_stay_on_the_plane_and_apart(count):
    paths = lay_out([20 + 7 * k for k in range(count)])
    assert len(paths) == count
    points = [path.values for path in paths]
    assert max(np.abs(p).max() for p in points) <= 1.0
    for i, a in enumerate(points):
        for b in points[i + 1 :]:
            assert np.linalg.norm(a[:, None] - b[None], axis=-1).min() > 0.01


@pytest.mark.parametrize("edges", [(0, 1, 0, -1), (-1, 2, 1, 2), (np.nan, 1, 1, -1)])
def test_a_boundary_spans_an_area(edges):
    with pytest.raises(ValueError, match="area"):
        Boundary(*edges)
