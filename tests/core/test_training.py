"""Training: it learns, it can be stopped and resumed, and its failures are sentences."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.fast_gradients import PairNetwork
from terrain_widgets.core.training.fit import FitState, fit
from terrain_widgets.core.training.orthogonal import orthogonalised
from terrain_widgets.core.training.settings import TrainingSettings
from tests.core.small_training import dataset, mse, small


def limited_to(count, steps):
    """So many steps, then the generator is closed."""
    for _ in range(count):
        yield next(steps)
    steps.close()


def gradients_by_autograd(terrain, data):
    terrain.zero_grad()
    loss = ((terrain(torch.from_numpy(data.coordinates)) - torch.from_numpy(data.latents)) ** 2).mean()
    loss.backward()
    return loss.item()


@pytest.mark.parametrize("gauss_scale", [0.0, 1.6])
def test_gradients_by_hand_are_autograd_s(gauss_scale):
    data = dataset()
    terrain = small(data, gauss_scale=gauss_scale)
    with torch.no_grad():
        for slope, value in zip(terrain.slopes, (0.25, -0.1, 0.0, 0.6), strict=True):
            slope.weight.fill_(value)
    network = PairNetwork(terrain, torch.from_numpy(data.coordinates), torch.from_numpy(data.latents))
    for _ in range(2):
        assert network.forward() == pytest.approx(gradients_by_autograd(terrain, data), rel=1e-5)
        weights, biases, slopes = network.backward()
        close = {"rtol": 1e-3, "atol": 1e-5}
        torch.testing.assert_close(weights[0], terrain.layers[0].weight.grad @ network.basis, **close)
        for layer, weight, bias in list(zip(terrain.layers, weights, biases, strict=True)):
            torch.testing.assert_close(bias, layer.bias.grad, **close)
            if layer is not terrain.layers[0]:
                torch.testing.assert_close(weight, layer.weight.grad, **close)
        for slope, gradient in zip(terrain.slopes, slopes, strict=True):
            torch.testing.assert_close(gradient, slope.weight.grad, **close)
        network.move_first(torch.randn_like(weights[0]), 0.01)  # and again with the first layer elsewhere


def test_steps_are_near_orthogonal():
    random = torch.Generator().manual_seed(0)
    for shape in ((24, 24), (3, 16, 40), (40, 16)):
        found = orthogonalised(torch.randn(shape, generator=random))
        short, long = min(shape[-2:]), max(shape[-2:])
        wide = found if found.shape[-2] == short else found.mT
        assert wide.shape[-2:] == (short, long)
        values = torch.linalg.svdvals(found)
        assert values.max() < 1.3 and values.median() > 0.6
        exact = orthogonalised(torch.randn(shape, generator=random), iterations=8)
        assert torch.linalg.svdvals(exact).min() > 0.6


def test_adam_is_a_plain_loop_step_by_step():
    data, seed = dataset(pairs=2, frames=50), 5
    ours, theirs = small(data), small(data)
    optimizer = torch.optim.Adam(theirs.parameters(), lr=1e-3)
    x, z = torch.from_numpy(data.coordinates), torch.from_numpy(data.latents)
    generator, rows = torch.Generator().manual_seed(seed), []
    for step in fit(ours, data, epochs=3, method="adam", seed=seed):
        rows = rows or list(torch.randperm(len(x), generator=generator).split(32))
        chosen = rows.pop(0)
        loss = torch.nn.functional.mse_loss(theirs(x[chosen]), z[chosen])
        assert step.loss == pytest.approx(loss.item(), rel=1e-4)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert step.step == 3 * 4


def test_of_small_batches_the_better_of_last_and_best_epoch_stays():
    data = dataset(pairs=2, frames=50)
    terrain = small(data)
    seen = [mse(terrain, data) for _ in fit(terrain, data, epochs=6, method="adam", lr=0.05)]
    assert mse(terrain, data) <= seen[-1] * (1 + 1e-4)


@pytest.mark.parametrize("continuous", [True, False])
def test_a_pair_that_is_added_is_learnt_from_the_next_step(continuous):
    data = dataset(pairs=2)
    terrain = small(data)
    steps = fit(terrain, data, continuous=continuous)
    before = [next(steps).loss for _ in range(30)]
    data.add([[0.9, -0.9], [0.8, 0.9]], np.full((40, 4), 7.0))
    after = next(steps)
    assert after.loss == pytest.approx(mse(terrain, data), rel=1e-4)
    assert after.loss > 5 * before[-1]
    assert [next(steps).loss for _ in range(60)][-1] < 0.1 * after.loss
    steps.close()


def test_a_dataset_that_is_exchanged_is_picked_up():
    datasets = [dataset(seed=0), TerrainDataset(), other := dataset(seed=1)]
    terrain = small(datasets[0])
    steps = fit(terrain, lambda: datasets[0], continuous=True)
    next(steps)
    for _ in range(2):  # the second time an empty one comes, which changes nothing
        datasets[0] = datasets.pop()
        assert next(steps).loss == pytest.approx(mse(terrain, other), rel=1e-4)
    steps.close()


def test_a_continuous_training_rests_when_all_is_learnt_and_wakes_up():
    data = TerrainDataset().add([[0, 0], [1, 1]], np.zeros((5, 2)))
    terrain = small(data)
    steps = fit(terrain, data, continuous=True)
    resting = next(step for step in steps if step.flat)
    assert next(steps).step == resting.step and next(steps).flat
    data.add([[0, 1], [1, 0]], np.ones((5, 2)))
    woken = next(steps)
    assert woken.step == resting.step + 1 and not woken.flat
    steps.close()


def test_settings_take_effect_at_once():
    data, settings = dataset(pairs=2, frames=50), TrainingSettings()
    terrain = small(data)
    steps = fit(terrain, data, settings=settings, seconds=60)
    assert next(steps).epoch == 1.0
    settings.batch_size = 25
    assert next(steps).epoch == 1.25
    settings.batch_size = None
    settings.lr = 1e-6
    next(steps)
    before = terrain.fc3.weight.detach().clone()
    next(steps)
    assert 0 < float((terrain.fc3.weight.detach() - before).abs().max()) < 1e-5
    settings.lr = 0.15
    next(steps)
    assert float((terrain.fc3.weight.detach() - before).abs().max()) > 1e-3
    steps.close()
    with pytest.raises(ValueError, match="lr must be"):
        settings.lr = -1.0


def test_a_learning_rate_far_too_large_is_survived():
    data = dataset()
    terrain = small(data)
    before = mse(terrain, data)
    list(fit(terrain, data, epochs=150, lr=1.0))
    assert mse(terrain, data) < before


def test_the_loss_does_not_depend_on_the_size_of_the_latents():
    losses = []
    for size in (1.0, 1000.0):
        data = TerrainDataset().add([[-1, 0], [1, 0.5]], size * dataset(pairs=1).latents)
        terrain = small(data)
        list(fit(terrain, data, epochs=100))
        losses.append(mse(terrain, data) / size**2)
    assert max(losses) < 0.05


def test_other_features_carry_the_momentum_over():
    data, state = dataset(pairs=2), FitState()
    terrain = small(data)
    list(fit(terrain, data, epochs=20, state=state))
    data.add([[0.9, -0.9], [0.8, 0.9]], np.ones((40, 4)))
    before = mse(terrain, data)
    list(fit(terrain, data, epochs=40, state=state))
    assert mse(terrain, data) < 0.2 * before and state.step == 60


def test_the_last_steps_look_beside_the_paths():
    data = dataset(pairs=1)
    terrain = small(data)
    list(fit(terrain, data, epochs=300))
    network = PairNetwork(terrain, torch.from_numpy(data.coordinates), torch.from_numpy(data.latents))
    on, beside = network.forward(), [network.loss_with_jitter(turn) for turn in range(9)]
    assert on == pytest.approx(mse(terrain, data), rel=1e-4)
    assert beside[8] == beside[0] and len(set(beside)) == 8
    # Gradients there are those of the terrain at those places, wherever the first layer has walked since.
    network.move_first(torch.randn(32, network.basis.shape[1], generator=torch.Generator().manual_seed(0)), 0.01)
    span = np.ptp(data.coordinates, axis=0).max()
    noise = torch.randn(60, 2, generator=torch.Generator().manual_seed(3))
    moved = data.coordinates + 0.001 * span * noise.numpy()
    assert network.loss_with_jitter(3) == pytest.approx(float(((terrain(moved) - data.latents) ** 2).mean()), rel=1e-3)


def test_the_device_moves_and_the_state_follows():
    data, state = dataset(), FitState()
    terrain = small(data)
    list(fit(terrain, data, epochs=10, state=state, device="cpu"))
    moved = [s.loss for s in fit(terrain.to("cpu"), data, epochs=10, state=state, device="cpu")]
    assert state.step == 20 and moved[-1] < moved[0]


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


@pytest.mark.parametrize("method", ["muon", "adam"])
def test_resuming_is_as_if_it_had_never_stopped(method):
    # Without a limit: steps that shorten towards the end of a budget depend on where that is.
    data = dataset()
    once, twice, state = small(data), small(data), FitState()
    settings = {"method": method, "batch_size": data.frame_count, "lr": 0.02 if method == "muon" else 0.001}
    whole = [s.loss for s in limited_to(20, fit(once, data, **settings))]
    assert whole == sorted(whole, reverse=True)  # so the best weights, which stay, are the last ones
    parts = [s.loss for s in limited_to(10, fit(twice, data, state=state, **settings))]
    assert state.step == 10 and state.epoch == 10
    parts += [s.loss for s in limited_to(10, fit(twice, data, state=state, **settings))]
    # The last measured step of a part is not yet walked, so the second part measures it once more.
    assert parts[10] == pytest.approx(parts[9], rel=1e-5)
    assert parts[11:] == pytest.approx(whole[10:19], rel=0.02)


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


def test_a_loss_that_explodes_keeps_the_best_weights():
    data = dataset()
    terrain = small(data)
    with pytest.raises(TrainingError, match="smaller lr"):
        for step in fit(terrain, data, epochs=50, lr=1.0):
            if step.step == 3:
                with torch.no_grad():
                    terrain.fc_out.bias.fill_(float("nan"))
    assert np.isfinite(terrain(data.coordinates)).all()


FRESH = """
import sys
import numpy as np
import terrain_widgets as tw

dataset = tw.TerrainDataset()
dataset.add(np.eye(2, dtype=np.float32), np.eye(2, 8, dtype=np.float32))
next(iter(tw.fit(tw.Terrain(2, 8), dataset, method=sys.argv[1])))
print(sorted({"sympy", "torch._dynamo"} & set(sys.modules)))
"""


@pytest.mark.parametrize("method", ["muon", "adam"])
def test_the_first_step_in_a_fresh_process_imports_no_compiler(method):
    """It would take two seconds before anything moves, and tens of megabytes."""
    command = [sys.executable, "-c", FRESH, method]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "[]\n"
