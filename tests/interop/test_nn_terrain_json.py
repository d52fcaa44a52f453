"""nn.terrain's dictionaries: exact both ways, paired by index, refused where they are damaged."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.fit import fit
from terrain_widgets.interop.errors import ForeignFileError
from terrain_widgets.interop.nn_terrain import json_table
from terrain_widgets.interop.nn_terrain.dataset import load_dataset, save_dataset
from terrain_widgets.interop.nn_terrain.indexed_dataset import IndexedDataset
from terrain_widgets.interop.nn_terrain.plot import load_plot, plot_interval, save_plot
from terrain_widgets.interop.nn_terrain.terrain import NN_TERRAIN_BOUNDARY, load_terrain
from tests.interop.doubles import DEMO, evaluate, jit_load, tensors

FILE = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)


def tables(rows, columns):
    return hnp.arrays(np.float32, st.tuples(rows, st.just(columns)), elements=FLOATS)


@st.composite
def datasets(draw):
    control, latent = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    dataset = IndexedDataset(draw(st.lists(tables(st.integers(1, 4), 2).map(SpatialTrajectory), max_size=2)))
    for _ in range(draw(st.integers(1, 4))):
        rows = st.just(draw(st.integers(1, 6)))
        dataset.add_indexed(draw(tables(rows, control)), draw(tables(rows, latent)))
    return dataset


@FILE
@given(datasets(), st.booleans())
def test_a_dataset_comes_back_to_the_last_bit(tmp_path, dataset, apart):
    paths = [tmp_path / "c.json", tmp_path / "l.json"] if apart else [tmp_path / "all.json"]
    save_dataset(dataset, *paths)
    again = load_dataset(*reversed(paths))
    assert len(again) == len(dataset) and not again.notes
    for a, b in zip(again, dataset, strict=True):
        assert a.spatial.values.tobytes() == b.spatial.values.tobytes()
        assert a.latent.values.tobytes() == b.latent.values.tobytes()
    assert [a.values.tolist() for a in again.anchors] == [a.values.tolist() for a in dataset.anchors]
    first = [path.read_bytes() for path in paths]
    save_dataset(again, *paths)
    assert [path.read_bytes() for path in paths] == first


def test_our_own_pairs_arrive_over_there_as_we_train_them(tmp_path):
    dataset = TerrainDataset().add([[0, 0], [3, 1]], np.arange(12).reshape(6, 2)).add([[1, 1]], [[5.0, 6.0]])
    save_dataset(dataset, tmp_path / "d.json")
    content = json.loads((tmp_path / "d.json").read_text())
    assert set(content) == {"coordinates", "latents"} and list(content["coordinates"]) == ["1", "2"]
    assert content["latents"]["1"]["1"] == [1.0, 3.0, 5.0, 7.0, 9.0, 11.0]
    assert np.allclose(content["coordinates"]["1"]["0"], np.linspace(0, 3, 6))
    again = load_dataset(tmp_path / "d.json")
    assert (again.coordinates == dataset.coordinates).all() and (again.latents == dataset.latents).all()


def test_pairs_go_by_index_and_the_longer_is_cut(tmp_path):
    coordinates = {"1": {"0": [0, 1, 2], "1": [5, 6, 7]}, "2": {"0": 3.5, "1": 4.5}, "3": {"0": [], "1": []}}
    latents = {"1": {"0": [1, 2], "1": [3, 4], "2": [5, 6]}, "2": {"0": [7], "1": [8], "2": [9]}}
    latents |= {"3": {"0": [1], "1": [1], "2": [1]}, "4": {"0": [1], "1": [1], "2": [1]}}
    (tmp_path / "c.json").write_text(json.dumps({"coordinates": coordinates, "clips": 3}))
    (tmp_path / "l.json").write_text(json.dumps({"latents": latents}))
    dataset = load_dataset(tmp_path / "c.json", tmp_path / "l.json")
    assert dataset.coordinates.tolist() == [[0, 5], [1, 6], [3.5, 4.5]]
    assert dataset.latents.tolist() == [[1, 3, 5], [2, 4, 6], [7, 8, 9]]
    notes = " | ".join(dataset.notes)
    assert "last 1 were dropped" in notes and "3 points and 2 frames" in notes and "trajectory 3 is empty" in notes
    terrain = Terrain(2, 3, network_channel=8, feature_size=8)
    assert list(fit(terrain, dataset, epochs=3))  # it trains like any other


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no JSON"),
        ("[]", "object"),
        ("[" * 100_000, "no JSON"),
        ('{"coordinates": 3, "latents": {}}', "numbered keys"),
        ('{"coordinates": {"1": {"0": [1]}}}', "no 'latents'"),
        ('{"coordinates": {"2": {"0": [1]}}, "latents": {"1": {"0": [1]}}}', "1 is missing"),
        ('{"coordinates": {"1": {"1": [1]}}, "latents": {"1": {"0": [1]}}}', "0 is missing"),
        ('{"coordinates": {"1": {}}, "latents": {"1": {"0": [1]}}}', "0 dimensions"),
        ('{"coordinates": {"1": {"0": ["a"]}}, "latents": {"1": {"0": [1]}}}', "list of numbers"),
        ('{"coordinates": {"1": {"0": [true]}}, "latents": {"1": {"0": [1]}}}', "list of numbers"),
        ('{"coordinates": {"1": {"0": [[1]]}}, "latents": {"1": {"0": [1]}}}', "list of numbers"),
        ('{"coordinates": {"1": {"0": [NaN]}}, "latents": {"1": {"0": [1]}}}', "NaN"),
        ('{"coordinates": {"1": {"0": [1e300]}}, "latents": {"1": {"0": [1]}}}', "float32"),
        ('{"coordinates": {"1": {"0": [1%s]}}, "latents": {"1": {"0": [1]}}}' % ("0" * 400), "too large"),
        ('{"coordinates": {"1": {"0": [1%s]}}, "latents": {"1": {"0": [1]}}}' % ("0" * 5000), "no JSON"),
        ('{"coordinates": {"1": {"0": [1, 2], "1": [1]}}, "latents": {"1": {"0": [1]}}}', "different lengths"),
        (
            '{"coordinates": {"1": {"0": [1]}, "2": {"0": [1], "1": [2]}}, '
            '"latents": {"1": {"0": [1]}, "2": {"0": [1]}}}',
            "one codec",
        ),
        ('{"coordinates": {"1": {"0": [1]}}, "latents": {"1": {"0": [1]}}, "anchors": {"1": [2]}}', "anchor_x"),
    ],
)
def test_what_is_damaged_is_refused_in_words(content, says, tmp_path):
    (tmp_path / "d.json").write_text(content)
    with pytest.raises(ForeignFileError, match=says):
        load_dataset(tmp_path / "d.json")


def test_damaged_bytes_end_in_our_error_or_a_dataset(tmp_path):
    path, random, refused = tmp_path / "d.json", np.random.default_rng(11), 0
    dataset = IndexedDataset([SpatialTrajectory([[0, 0], [1, 2]])])
    for rows in (3, 1, 4):
        dataset.add_indexed(random.normal(size=(rows, 2)), random.normal(size=(rows, 3)))
    save_dataset(dataset, path)
    whole = path.read_bytes()
    for _ in range(500):
        broken = bytearray(whole[: random.integers(len(whole))] if random.random() < 0.1 else whole)
        for at in random.integers(0, max(len(broken), 1), size=int(random.integers(1, 4))):
            broken[at : at + 1] = bytes([random.choice(list(b'{}[],:"0129eE.-N\\u \xff'))])
        path.write_bytes(broken)
        try:
            assert np.isfinite(load_dataset(path).latents).all()
        except ForeignFileError:
            refused += 1
    assert 100 < refused < 500


def test_missing_doubled_and_huge_files_are_refused(tmp_path, monkeypatch):
    save_dataset(TerrainDataset().add([[0, 0]], [[1.0]]), tmp_path / "d.json")
    with pytest.raises(ForeignFileError, match="no file"):
        load_dataset(tmp_path / "none.json")
    with pytest.raises(ForeignFileError, match="'coordinates'"):
        load_dataset(tmp_path / "d.json", tmp_path / "d.json")
    monkeypatch.setattr(json_table, "LARGEST_FILE", 50)
    with pytest.raises(ForeignFileError, match="larger"):
        load_dataset(tmp_path / "d.json")
    with pytest.raises(ValueError, match="no pairs"):
        save_dataset(TerrainDataset(), tmp_path / "e.json")


def test_a_plot_samples_where_nn_terrain_does(tmp_path):
    demo = load_terrain(DEMO)
    grid = plot_interval(demo, NN_TERRAIN_BOUNDARY, 30, 15)
    x, y = np.meshgrid(-16 + np.arange(30) * 32 / 30, -4 + np.arange(15) * 8 / 15)
    expected = evaluate(tensors(jit_load(DEMO)), np.stack([x.ravel(), y.ravel()], axis=1)).reshape(15, 30, 4)
    assert np.abs(grid - expected).max() < 5e-5
    save_plot(grid, tmp_path / "p.json", channel=2)
    assert (load_plot(tmp_path / "p.json") == grid[..., 2:3]).all()
    assert len(json.loads((tmp_path / "p.json").read_text())["terrain"]["14"]) == 30
    save_plot(grid, tmp_path / "p.json", multi_channel=True)  # four of four, which nn.terrain itself cannot plot
    assert (load_plot(tmp_path / "p.json") == grid).all()
    assert set(json.loads((tmp_path / "p.json").read_text())["terrain"]["0"]) == {"0", "1", "2", "3"}


@FILE
@given(st.integers(1, 6), st.integers(1, 6), st.booleans(), st.data())
def test_a_plot_comes_back_to_the_last_bit(tmp_path, height, width, multi, data):
    grid = data.draw(hnp.arrays(np.float32, (height, width, 5), elements=FLOATS))
    save_plot(grid, tmp_path / "p.json", channel=1, multi_channel=multi)
    expected = grid[..., 1:5] if multi else grid[..., 1:2]
    assert load_plot(tmp_path / "p.json").tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"terrain": {}},
        {"terrain": {"0": []}},
        {"terrain": {"0": [1], "1": [1, 2]}},
        {"terrain": {"0": {"0": [1], "1": [2]}}},
        {"terrain": {"0": {"0": [1], "1": [2], "2": [3], "3": [4, 5]}}},
    ],
)
def test_plots_of_no_shape_are_refused(content, tmp_path):
    (tmp_path / "p.json").write_text(json.dumps(content))
    with pytest.raises(ForeignFileError):
        load_plot(tmp_path / "p.json")


def test_plots_need_their_channels(tmp_path):
    grid = plot_interval(Terrain(2, 3, network_channel=4, feature_size=4), Boundary(), 2, 2)
    for channel, multi in ((3, False), (-1, False), (0, True)):
        with pytest.raises(ValueError, match="no channels"):
            save_plot(grid, tmp_path / "p.json", channel, multi)
    with pytest.raises(ValueError, match="at least one cell"):
        plot_interval(Terrain(2, 3), Boundary(), 0, 2)
