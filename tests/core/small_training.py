"""A dataset and a terrain that are small enough to train in a test."""

import numpy as np

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset


def dataset(pairs=3, frames=60, latents=4, seed=0):
    random = np.random.default_rng(seed)
    made = TerrainDataset()
    for _ in range(pairs):
        start, end = random.uniform(-1, 1, (2, 2))
        made.add([start, end], np.cumsum(random.normal(0, 0.2, (frames, latents)), axis=0))
    return made


def mse(terrain, data):
    return float(((terrain(data.coordinates) - data.latents) ** 2).mean())


def small(data, **settings):
    return Terrain(2, data.latent_dim, **{"network_channel": 32, "feature_size": 64, **settings})
