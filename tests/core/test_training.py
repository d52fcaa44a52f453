"""Training: it learns, it can be stopped and resumed, and its failures are sentences."""

import numpy as np
import pytest
import torch

from terrain_widgets.core.dataset import TerrainDataset
from terrain_widgets.core.terrain import Terrain
from terrain_widgets.core.training import FitState, TrainingError, fit


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


def test_it_learns_and_keeps_the_best():
    data, steps = dataset(), []
    terrain = small(data)
    before = mse(terrain, data)
    for step in fit(terrain, data, epochs=200):
        steps.append(step)
    assert len(steps) == 200 and steps[-1].progress == 1.0
    assert mse(terrain, data) == pytest.approx(min(s.loss for s in steps), rel=1e-4)
    assert mse(terrain, data) < 0.1 * before


def test_weights_are_current_at_every_step():
    data = dataset()
    terrain = small(data)
    for step in fit(terrain, data, epochs=5):
        assert mse(terrain, data) == pytest.approx(step.loss, rel=1e-4)


def test_smooth_mode_learns_too():
    data = dataset(pairs=1)
    terrain = small(data, gauss_scale=0.0)
    before = mse(terrain, data)
    list(fit(terrain, data, epochs=200))
    assert mse(terrain, data) < 0.5 * before


def test_same_seed_same_result():
    data = dataset()
    results = []
    for _ in range(2):
        terrain = small(data)
        list(fit(terrain, data, epochs=10, batch_size=32, seed=4))
        results.append(terrain.to_state().arrays)
    assert all((results[0][k] == results[1][k]).all() for k in results[0])


def test_resuming_is_as_if_it_had_never_stopped():
    data = dataset()
    once, twice, state = small(data), small(data), FitState()
    whole = [s.loss for s in fit(once, data, epochs=20)]
    parts = [s.loss for s in fit(twice, data, epochs=10, state=state)]
    assert state.step == 10 and state.epoch == 10
    parts += [s.loss for s in fit(twice, data, epochs=10, state=state)]
    # The last measured step of a part is not yet walked, so the second part measures it once more.
    assert parts[10] == pytest.approx(parts[9], rel=1e-5)
    assert parts[11:] == pytest.approx(whole[10:19], rel=1e-3)


def test_small_batches_count_epochs():
    data = dataset(pairs=2, frames=50)
    steps = list(fit(small(data), data, epochs=3, batch_size=32))
    assert len(steps) == 3 * 4 and steps[-1].epoch == pytest.approx(3.0)


def test_it_stops_when_told_and_when_closed():
    data = dataset()
    terrain = small(data)
    count = 0

    def enough():
        return count >= 7

    for _ in fit(terrain, data, should_stop=enough):
        count += 1
    assert count == 7
    steps = fit(terrain, data, epochs=1000)
    losses = [next(steps).loss for _ in range(5)]
    steps.close()
    assert mse(terrain, data) == pytest.approx(min(losses), rel=1e-4)


def test_seconds_limit_the_time():
    data = dataset()
    last = list(fit(small(data), data, seconds=0.3))[-1]
    assert last.progress == 1.0 and last.seconds >= 0.3


def test_without_limits_it_ends_on_a_plateau():
    data = TerrainDataset().add([[0, 0], [1, 1]], np.zeros((5, 2)))
    steps = list(fit(small(data), data))
    assert steps[-1].loss < 1e-3


def test_no_pairs_is_a_sentence():
    with pytest.raises(TrainingError, match="draw a path"):
        fit(Terrain(2, 4), TerrainDataset())


def test_wrong_dimensions_are_a_sentence():
    with pytest.raises(TrainingError, match="2 control dimensions to 4 latents"):
        fit(Terrain(2, 5), dataset())


def test_a_loss_that_explodes_keeps_the_best_weights():
    data = dataset()
    terrain = small(data)
    with pytest.raises(TrainingError, match="smaller lr"):
        for step in fit(terrain, data, epochs=50, lr=1.0):
            if step.step == 3:
                with torch.no_grad():
                    terrain.fc_out.bias.fill_(float("nan"))
    assert np.isfinite(terrain(data.coordinates)).all()


@pytest.mark.parametrize("limits", [{"epochs": 0}, {"seconds": -1.0}, {"lr": 0.0}, {"batch_size": 0}])
def test_limits_out_of_range_are_named(limits):
    data = dataset()
    with pytest.raises(ValueError, match=next(iter(limits))):
        fit(small(data), data, **limits)
