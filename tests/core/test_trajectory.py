"""Paths: resampling keeps ends and equal spacing; bad tables are refused in words."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory

places = hnp.arrays(np.float64, st.tuples(st.integers(2, 40), st.integers(1, 4)), elements=st.floats(-16, 16))


@settings(deadline=None)
@given(places, st.integers(2, 300))
def test_resampling_gives_n_points_with_exact_ends(values, count):
    path = SpatialTrajectory(values)
    if path.length < 1e-3:
        return
    resampled = path.resampled(count)
    assert len(resampled) == count
    assert (resampled.values[0] == path.values[0]).all() and (resampled.values[-1] == path.values[-1]).all()


def test_spacing_is_equal_along_the_path():
    corner = SpatialTrajectory([[0, 0], [0, 0], [1, 0], [1, 3]])  # the hand rested at the start
    resampled = corner.resampled(9)
    assert np.abs(np.linalg.norm(np.diff(resampled.values, axis=0), axis=1) - 0.5).max() < 1e-6
    assert [1.0, 0.0] in resampled.values.tolist()


def test_the_hand_s_speed_does_not_matter():
    t = np.linspace(0, 1, 400)
    slow_start = SpatialTrajectory(np.stack([t**3, np.sin(3 * t**3)], axis=1))
    even = SpatialTrajectory(np.stack([t, np.sin(3 * t)], axis=1))
    assert np.abs(slow_start.resampled(50).values - even.resampled(50).values).max() < 1e-3


def test_one_frame_takes_the_start():
    assert SpatialTrajectory([[1, 2], [3, 4]]).resampled(1).values.tolist() == [[1, 2]]


@pytest.mark.parametrize("bad", [[], [[]], [1, 2, 3], [[0, np.nan]], [[np.inf, 0]]])
def test_bad_tables_are_refused(bad):
    for kind in (SpatialTrajectory, LatentTrajectory):
        with pytest.raises(ValueError, match="trajectory"):
            kind(bad)


def test_a_path_without_length_says_so():
    with pytest.raises(ValueError, match="draw a line"):
        SpatialTrajectory([[1, 1], [1, 1]]).resampled(5)


def test_values_belong_to_the_trajectory():
    values = np.zeros((3, 2), dtype=np.float32)
    path = SpatialTrajectory(values)
    values[:] = 9
    assert path.values.max() == 0
    with pytest.raises(ValueError):
        path.values[0, 0] = 1
