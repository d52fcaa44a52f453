"""Paths that nobody drew: none meets another, all lie on the plane, sounds that are alike lie together."""

import sys

import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.exploration.projection import project
from terrain_widgets.core.paths.packing import pack
from terrain_widgets.core.paths.similarity import clip_means, lay_out_by_similarity
from terrain_widgets.core.paths.trajectory import LatentTrajectory


def closest(paths):
    """The least distance between any two of them."""
    dense = [path.resampled(300).values for path in paths]
    return min((cdist(a, b).min() for i, a in enumerate(dense) for b in dense[i + 1 :]), default=np.inf)


@pytest.mark.parametrize("boundary", [Boundary(), Boundary(-16, -4, 16, 4), Boundary(0, 1, 50, 0)])
@pytest.mark.parametrize("count", [1, 2, 11, 30])
def test_packed_curves_never_meet_and_stay_on_the_plane(count, boundary):
    paths = pack(np.random.default_rng(count).integers(5, 400, count).tolist(), boundary, seed=count)
    places = np.concatenate([boundary.to_unit(path.values) for path in paths])
    assert len(paths) == count and places.min() > 0 and places.max() < 1
    width, height = abs(boundary.right - boundary.left), abs(boundary.bottom - boundary.top)
    assert closest(paths) > 0.1 * min(np.sqrt(width * height / count), width, height)


def test_no_curve_crosses_itself():
    for path in pack([100] * 20, seed=3):
        line = path.resampled(200)
        along = np.arange(200) / 199
        apart = cdist(line.values, line.values)[np.abs(along[:, None] - along) > 0.35]
        assert apart.min() > 0.1 * path.length


def test_longer_sounds_get_longer_curves_where_there_is_room():
    lengths = [path.length for path in pack([30, 100, 300], seed=1)]
    assert lengths == sorted(lengths)


def test_the_seed_decides():
    one, again, other = (pack([50] * 6, seed=seed) for seed in (1, 1, 2))
    assert all((a.values == b.values).all() for a, b in zip(one, again, strict=True))
    assert any((a.values != b.values).any() for a, b in zip(one, other, strict=True))


def test_wishes_are_followed():
    wishes = np.stack([np.linspace(0.05, 0.95, 9), np.full(9, 0.5)], axis=1)
    boundary = Boundary(-8, 1, 8, -1)
    middles = [boundary.to_unit(path.values).mean(axis=0)[0] for path in pack([20] * 9, boundary, 0, wishes)]
    assert np.corrcoef(middles, wishes[:, 0])[0, 1] > 0.9


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda: pack([0, 3]), "at least one frame"),
        (lambda: pack([3, 3], wishes=[[0, 0]]), "as many wishes"),
        (lambda: project([[1, 2]], "magic"), "pca, umap or tsne"),
        (lambda: project([[1, np.nan]]), "finite"),
        (lambda: clip_means([LatentTrajectory([[1]]), LatentTrajectory([[1, 2]])]), "one codec"),
    ],
)
def test_mistakes_are_sentences(act, words):
    with pytest.raises(ValueError, match=words):
        act()


def families(count=30, kinds=3, latent_dim=8):
    """Sounds of a few kinds, in turn."""
    random = np.random.default_rng(0)
    middles = 4 * random.normal(size=(kinds, latent_dim))
    return [
        LatentTrajectory(middles[k % kinds] + random.normal(size=(random.integers(20, 90), latent_dim)))
        for k in range(count)
    ]


def test_thirty_sounds_by_similarity_lie_with_their_kind_and_never_meet():
    paths = lay_out_by_similarity(families())
    assert closest(paths) > 0.03
    middles = np.array([path.values.mean(axis=0) for path in paths])
    kind = np.arange(30) % 3
    apart = cdist(middles, middles)
    same = kind[:, None] == kind
    assert apart[same & ~np.eye(30, dtype=bool)].mean() < 0.7 * apart[~same].mean()


def test_pca_is_the_best_plane():
    table = np.random.default_rng(1).normal(size=(20, 5))
    scaled = (table - table.mean(axis=0)) / table.std(axis=0)
    strengths = np.sort(np.linalg.eigvalsh(scaled.T @ scaled))[::-1]
    assert np.allclose((project(table) ** 2).sum(axis=0), strengths[:2])
    assert (project(table) == project(table)).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_sounds_or_equal_ones_can_be_placed(count):
    assert len(lay_out_by_similarity([LatentTrajectory(np.ones((9, 4)))] * count)) == count


def test_umap_names_the_command_that_installs_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)  # as if it were not installed, where it is
    with pytest.raises(ModuleNotFoundError, match=r"pip install \"terrain_widgets\[umap\]\""):
        lay_out_by_similarity(families(6), method="umap")


def test_umap_where_it_is_installed():
    pytest.importorskip("umap", reason="umap-learn is an optional extra")
    places = project(clip_means(families()), "umap", seed=1)
    kind = np.arange(30) % 3
    within = max(pdist(places[kind == k]).mean() for k in range(3))
    assert places.shape == (30, 2) and within < pdist(places).mean()
