"""Errors and summaries against numbers that are known beforehand."""

import math

import numpy as np
import pytest

from terrain_widgets.core.mapping import MappingState
from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.jitter import jitter_psnr, path_errors
from terrain_widgets.core.training.summary import summary


class Slanted:
    """A double: both latents are ten times x, and one of them is off by a constant."""

    control_dim = latent_dim = 2

    def __init__(self, off=0.0):
        self._off = off

    def __call__(self, coordinates):
        return np.repeat(10 * np.asarray(coordinates, dtype=np.float32)[:, :1], 2, axis=1) + np.float32([0, self._off])

    def to_state(self):
        return MappingState("slanted", {})


def straight():
    x = np.linspace(-1, 1, 4001)
    line = np.stack([x, np.zeros_like(x)], axis=1)
    return TerrainDataset().add(line, np.stack([10 * x, 10 * x], axis=1), "line").add([[0, 0], [0, 1]], [[0, 0]] * 3)


def test_a_tremble_costs_what_the_slope_says():
    # A slope of 10 and a tremble of 0.001 of 2 units: an error of 0.02 against a range of 20.
    report = jitter_psnr(Slanted(), straight(), extent=2.0, repeats=4)
    assert report.paths[0] == pytest.approx(20 * math.log10(20 / 0.02), abs=0.2)
    assert report.paths[0] == pytest.approx(jitter_psnr(Slanted(), straight(), repeats=4).paths[0])  # its own span is 2
    assert jitter_psnr(Slanted(), straight(), tremble=0.002, extent=2.0).paths[0] == pytest.approx(54, abs=0.2)
    assert report.low <= report.mean == pytest.approx(report.paths.mean())
    assert "dB" in repr(report)


def test_without_a_tremble_it_is_the_error_on_the_path():
    data, mapping = straight(), Slanted(off=0.2)
    errors = path_errors(mapping, data)
    assert [e.name for e in errors] == ["line", "pair 2"] and [e.frames for e in errors] == [4001, 3]
    assert errors[0].mse == pytest.approx(0.02, rel=1e-3)
    assert errors[0].psnr == pytest.approx(10 * math.log10(400 / 0.02), abs=0.01)
    assert jitter_psnr(mapping, data, tremble=0.0).paths[0] == pytest.approx(errors[0].psnr)
    assert path_errors(Slanted(), data)[1].psnr == math.inf


@pytest.mark.parametrize("bad", [{"tremble": -1}, {"repeats": 0}])
def test_numbers_out_of_range_are_named(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        jitter_psnr(Slanted(), straight(), **bad)


def test_a_terrain_s_summary_counts_weights():
    found = summary(Terrain(2, 8))
    assert found.parameters == 116_236
    assert sum(math.prod(shape) for _, shape, _, _ in found.tensors) == 116_236
    assert {name: (low, high) for name, _, low, high in found.tensors}["prelu1.weight"] == (0.25, 0.25)
    assert "116,236 weights" in repr(found) and "gauss_scale 1.6" in repr(found)


def test_a_dataset_s_summary_tells_ranges():
    found = summary(straight())
    assert (found.pairs, found.frames, found.shortest, found.longest) == (2, 4004, 3, 4001)
    assert found.coordinates == ((-1.0, 1.0), (0.0, 1.0)) and found.latents == ((-10.0, 10.0),) * 2
    assert found.variance == pytest.approx(straight().latents.var(axis=0).mean(), rel=1e-4)
    assert "4,004 frames" in repr(found)
    assert repr(summary(TerrainDataset())) == "Dataset: empty"
