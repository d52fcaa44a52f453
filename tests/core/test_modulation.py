"""Noise, cycles, modes and smoothing of modulators."""

from __future__ import annotations

import numpy as np
import pytest

from terrain_widgets.core.modulation.basis import BASES, NOISES, basis
from terrain_widgets.core.modulation.hashing import mixed, seeds
from terrain_widgets.core.modulation.ladder import STAGES, Ladder
from terrain_widgets.core.modulation.seed_map import curves_of_seeds, features, made_seed_map
from terrain_widgets.core.modulation.shaping import bounded, curved, stretched, units_per_second
from terrain_widgets.io.seed_maps import seed_map


def test_the_hash_is_lowbias32() -> None:
    # From the arithmetic done in Python's own whole numbers.
    def lowbias32(x: int) -> int:
        x = ((x ^ (x >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
        x = ((x ^ (x >> 15)) * 0x846CA68B) & 0xFFFFFFFF
        return x ^ (x >> 16)

    words = np.random.default_rng(0).integers(2**32, size=200).astype(np.uint32)
    assert mixed(words).tolist() == [lowbias32(int(word)) for word in words]


@pytest.mark.parametrize("dims", [1, 2, 3])
@pytest.mark.parametrize("name", list(NOISES))
def test_noise_fills_its_range_and_jumps_only_where_it_is_cells(name: str, dims: int) -> None:
    rng = np.random.default_rng(dims)
    axes = [rng.uniform(-500, 500, 40_000) for _ in range(dims)]
    values = NOISES[name](seeds(7), axes)
    assert np.abs(values).max() <= 1.0 and np.ptp(values) > 1.4
    near = NOISES[name](seeds(7), [axes[0] + 1e-6, *axes[1:]])
    if name != "cell":
        assert np.abs(near - values).max() < 1e-4, "it is continuous, also from cell to cell"
    assert np.corrcoef(values, NOISES[name](seeds(8), axes))[0, 1] < 0.5, "another seed is another noise"


@pytest.mark.parametrize("name", BASES)
def test_a_basis_gives_the_same_alone_and_among_many(name: str) -> None:
    units = np.linspace(0, 40, 50)[:, None] + np.zeros((1, 3))
    table = basis(name, seeds([4, 5, 6]), units, units % 1.0, (0.0, 1.0, -1.0))
    one = basis(name, seeds(5), units[:, 1], units[:, 1] % 1.0, (0.0, 1.0, -1.0))
    np.testing.assert_array_equal(np.broadcast_to(table, units.shape)[:, 1], one)


def test_curve_and_speed_are_latent_playgrounds() -> None:
    np.testing.assert_allclose(curved([-3, -1.5, 0, 3]), [-3, -0.75, 0, 3])
    np.testing.assert_allclose(units_per_second([-100, 0, 100]) / 25, [0.01, 0.211, 1.0], atol=5e-4)


def test_modes_keep_within_the_limit_by_their_own_way() -> None:
    values, limit = np.array([-3.5, -1.0, 2.9, 3.5, 7.0]), np.array(3.0)
    np.testing.assert_allclose(bounded(values, "none", limit), values)
    np.testing.assert_allclose(bounded(values, "clip", limit), [-3, -1, 2.9, 3, 3])
    np.testing.assert_allclose(bounded(values, "wrap", limit), [2.5, -1, 2.9, -2.5, 1])
    np.testing.assert_allclose(bounded(values, "fold", limit), [-2.5, -1, 2.9, 2.5, -1], atol=1e-12)


def test_chaos_makes_loops_between_half_and_twice_as_long_always_the_same() -> None:
    lengths = stretched(np.full(500, 2.0), np.ones(500), seeds(np.arange(500)))
    assert 1.0 <= lengths.min() < 1.1 and 3.7 < lengths.max() <= 4.0
    np.testing.assert_array_equal(stretched(np.full(500, 2.0), np.ones(500), seeds(np.arange(500))), lengths)
    np.testing.assert_array_equal(stretched(np.full(5, 2.0), np.zeros(5), seeds(np.arange(5))), 2.0)


@pytest.mark.parametrize("smooth", [1.0, 10.0, 50.0, 75.0, 95.0])
@pytest.mark.parametrize("frame_rate", [21.5, 43.07, 172.0])
def test_smoothing_leaves_what_is_steady_and_takes_what_is_fast(smooth: float, frame_rate: float) -> None:
    ladder = Ladder(np.array([smooth]), frame_rate)
    still, states = ladder.process(np.ones((4000, 1)), np.zeros((STAGES, 1)))
    assert abs(still[-1, 0] - 1.0) < 0.02
    fast, _ = ladder.process(np.tile([[1.0], [-1.0]], (500, 1)), np.zeros((STAGES, 1)))
    assert np.abs(fast[-100:]).max() < 0.05
    again, _ = ladder.process(np.ones((3990, 1)), states[9])
    np.testing.assert_array_equal(again, still[10:])


@pytest.mark.parametrize("name", ["voronoi", "simplex"])
def test_on_the_seed_maps_movements_that_are_alike_lie_beside_each_other(name: str) -> None:
    table = features(curves_of_seeds(name))
    table = (table - table.mean(axis=0)) / np.where(table.std(axis=0) > 1e-9, table.std(axis=0), 1.0)
    apart = np.linalg.norm(table[:, None] - table[None], axis=2)
    for layout, closer in (("pca", 0.85), ("umap", 0.7)):  # of 21 dimensions two are shown
        made = seed_map(name, layout)
        assert made.places.shape == (256, 2) and np.abs(made.places).max() == pytest.approx(1.0)
        assert len(set(made.nearest((0.0, 0.0), 8))) == 8 and len(made.nearest((0.0, 0.0), 300)) == 300
        on_map = np.linalg.norm(made.places[:, None] - made.places[None], axis=2) + 10 * np.eye(256)
        assert apart[np.arange(256), on_map.argmin(axis=1)].mean() < closer * apart.mean()
    with pytest.raises(ValueError, match="two finite numbers"):
        made.nearest((0.0, np.nan), 1)


def test_the_seed_maps_of_the_package_are_those_of_its_noises() -> None:
    for name in NOISES:
        kept = seed_map(name, "pca")
        if name == "cell":
            made = made_seed_map(name, "pca")
            np.testing.assert_allclose(kept.places, made.places, atol=1e-4)
            np.testing.assert_allclose(kept.heat, made.heat, atol=3e-3)
            np.testing.assert_array_equal(kept.seeds, made.seeds)
        assert not np.allclose(kept.places, seed_map(name, "umap").places, atol=0.1)
    with pytest.raises(ValueError, match="a seed map is of a noise"):
        seed_map("sine")
    with pytest.raises(ValueError, match="laid out by umap or pca, not by 'tsne'"):
        seed_map("cell", "tsne")
