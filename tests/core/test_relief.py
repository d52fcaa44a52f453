"""Light on planes whose slope is known."""

import numpy as np
import pytest

from terrain_widgets.core.pictures.relief import heights, hill_shade, in_relief


def plane(across, down, cells=40):
    y, x = np.mgrid[:cells, :cells] / cells
    return (across * x + down * y).astype(np.float32)


def test_a_plane_is_lit_by_the_angle_between_its_normal_and_the_light():
    cells = 40
    for across, down in ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (-0.5, -0.5)):
        height = plane(across, down, cells)
        slope = cells / (4 * np.ptp(height))  # what the range is scaled by
        normal = np.array([-across / cells * slope, down / cells * slope, 1.0])
        light = np.array([np.sin(np.radians(315)), np.cos(np.radians(315)), 1.0])  # 45° high
        cosine = normal @ light / np.linalg.norm(normal) / np.linalg.norm(light)
        assert hill_shade(height)[5:-5, 5:-5] == pytest.approx(max(cosine, 0.0), abs=1e-4)


def test_a_hill_is_bright_where_it_faces_the_light_and_level_ground_keeps_its_colour():
    y, x = np.mgrid[-1:1:81j, -1:1:81j]
    hill = np.exp(-4 * (x**2 + y**2)).astype(np.float32)
    shade = hill_shade(hill)
    assert shade[28, 28] > shade[40, 40] > shade[52, 52], "light comes from the upper left"
    picture = np.full((81, 81, 4), (100, 150, 200, 255), dtype=np.uint8)
    assert (in_relief(picture, np.zeros((81, 81), np.float32)) == picture).all()
    lit = in_relief(picture, hill)
    assert (lit[..., 3] == 255).all() and lit[28, 28, 0] > 100 > lit[52, 52, 0]
    assert hill_shade(np.zeros((1, 5), np.float32)) == pytest.approx(np.sqrt(0.5))


def test_heights_are_a_latent_or_the_strongest_direction():
    random = np.random.default_rng(0)
    strong = random.normal(size=(30, 20))
    direction = np.array([0.6, -0.2, 0.77])
    grid = (strong[..., None] * direction / np.linalg.norm(direction) + 0.01 * random.normal(size=(30, 20, 3))).astype(
        np.float32
    )
    assert (heights(grid, 2) == grid[..., 2]).all()
    assert np.corrcoef(heights(grid).ravel(), strong.ravel())[0, 1] > 0.999
    assert np.isnan(heights(np.full((2, 2, 3), np.nan, np.float32))).all()
