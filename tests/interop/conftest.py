"""For this room: a small terrain as a file."""

import pytest

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.interop.nn_terrain.terrain import save_terrain


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "small.pt"
    save_terrain(Terrain(2, 3, 0.2, network_channel=4, feature_size=4, seed=1), path)
    return path
