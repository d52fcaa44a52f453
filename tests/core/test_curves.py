"""Lines as points: N of them, ends exact, equally far apart along the line; splines and Béziers agree with scipy's."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.interpolate import CubicSpline
from scipy.spatial import cKDTree

from terrain_widgets.core.paths.curves import BezierPath, at_times, resample, sharp_corners, smoothed
from terrain_widgets.core.paths.trajectory import SpatialTrajectory

lines = hnp.arrays(np.float64, st.tuples(st.integers(2, 30), st.integers(1, 4)), elements=st.floats(-16, 16))


def walked(line, distance):
    """A place by walking along a line step by step: what resampling must agree with."""
    for a, b in zip(line[:-1], line[1:], strict=True):
        step = float(np.sqrt(((b - a) ** 2).sum()))
        if distance <= step and step > 0:
            return a + (b - a) * (distance / step)
        distance -= step
    return line[-1]


@settings(deadline=None, max_examples=150)
@given(lines, st.integers(2, 200))
def test_n_points_exact_ends_and_equal_spacing(line, count):
    length = sum(float(np.sqrt(((b - a) ** 2).sum())) for a, b in zip(line[:-1], line[1:], strict=True))
    assume(length > 1e-3)
    points = resample(line, count)
    assert points.shape == (count, line.shape[1])
    assert (points[0] == line[0]).all() and (points[-1] == line[-1]).all()
    expected = np.array([walked(line, k * length / (count - 1)) for k in range(count)])
    assert np.abs(points - expected).max() < 1e-6
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    assert steps.max() <= length / (count - 1) + 1e-6  # a chord may cut a corner, and is never too long


@settings(deadline=None)
@given(lines, st.integers(2, 200))
def test_a_trajectory_s_points_are_those_in_float32(line, count):
    path = SpatialTrajectory(line)
    assume(path.length > 1e-3)
    points = path.resampled(count).values
    assert (points[[0, -1]] == path.values[[0, -1]]).all()
    assert np.abs(points - resample(path.values, count)).max() <= np.spacing(np.float32(16)) / 2


@settings(deadline=None)
@given(
    hnp.arrays(np.int64, st.tuples(st.integers(3, 12), st.just(2)), elements=st.integers(-9, 9)), st.integers(2, 150)
)
def test_kept_corners_are_met_and_spacing_is_equal_between_them(line, count):
    assume((np.abs(np.diff(line, axis=0)).sum(axis=1) > 0).all())
    points = resample(line, count, keep_corners=True)
    assert len(points) == count and (points[[0, -1]] == line[[0, -1]]).all()
    corners = line[sharp_corners(line)]
    if len(corners) + 2 <= count:
        stops = [int(np.linalg.norm(points - corner, axis=1).argmin()) for corner in corners]
        assert max((np.abs(points[i] - c).max() for i, c in zip(stops, corners, strict=True)), default=0) < 1e-9


def test_between_corners_the_points_are_shared_out_by_length():
    points = resample([[0, 0], [1, 0], [1, 3]], 9, keep_corners=True)  # 8 intervals: 2 and 6
    assert np.abs(np.linalg.norm(np.diff(points, axis=0), axis=1) - 0.5).max() < 1e-12
    uneven = resample([[0, 0], [1, 0], [1, 3]], 7, keep_corners=True)
    steps = np.linalg.norm(np.diff(uneven, axis=0), axis=1)
    assert [1.0, 0.0] in uneven.tolist() and len({round(s, 9) for s in steps}) == 2


def test_a_corner_that_is_not_kept_is_passed_on_the_line_itself():
    points = resample([[0, 0], [1, 0], [1, 1]], 4)
    assert np.allclose(points, [[0, 0], [2 / 3, 0], [1, 1 / 3], [1, 1]])


def test_a_gentle_curve_has_no_corners():
    t = np.linspace(0, 6, 100)
    assert len(sharp_corners(np.stack([np.cos(t), np.sin(t)], axis=1))) == 0
    assert sharp_corners([[0, 0], [1, 0], [1, 0], [1, 1]]).tolist() == [2]


def test_speed_keeps_the_pen_s_pace():
    slow_then_fast = at_times([[0, 0], [1, 0], [4, 0]], [0.0, 1.0, 2.0], 5)
    assert slow_then_fast[:, 0].tolist() == [0, 0.5, 1, 2.5, 4]
    resting = at_times([[0, 0], [1, 0], [1, 0], [2, 0]], [0.0, 1.0, 3.0, 4.0], 5)
    assert resting[:, 0].tolist() == [0, 1, 1, 1, 2]
    with pytest.raises(ValueError, match="another rule"):
        at_times([[0, 0], [1, 0]], [2.0, 2.0], 3)


@pytest.mark.parametrize("wiggle", [0.1, 0.2, 0.4])
def test_smoothing_takes_short_wiggles_and_leaves_long_ones(wiggle):
    """The factor is known: 1 / (1 + (w / wavelength)⁴), here for tiny waves on a straight line far from its ends."""
    x = np.linspace(0, 4, 2001)
    wave = np.sin(2 * np.pi * x / wiggle)
    smooth = smoothed(np.stack([x, 1e-4 * wave], axis=1), 0.2)[:, 1] / 1e-4
    middle = slice(500, 1501)  # whole periods
    factor = 2 * (smooth * wave)[middle][:-1].mean()
    assert factor == pytest.approx(1 / (1 + (0.2 / wiggle) ** 4), abs=0.005)


def test_smoothing_does_not_ask_how_fast_the_pen_was():
    t = np.linspace(0, 1, 1500)
    x = np.stack([t, t**2 * 0.7 + 0.3 * t])
    even, slow = (smoothed(np.stack([4 * u, 0.01 * np.sin(40 * u)], axis=1), 0.3) for u in x)
    assert np.abs(np.interp(x[0] * 4, *slow.T) - even[:, 1]).max() < 1e-4


def test_smoothing_takes_the_tremor_and_keeps_the_ends():
    t = np.linspace(0, 2 * np.pi, 400)
    true = np.stack([np.cos(t), np.sin(2 * t)], axis=1)
    shaky = true + np.random.default_rng(0).normal(0, 0.005, true.shape)
    smooth = smoothed(shaky, 0.3)
    assert smooth.shape == shaky.shape and (smooth[[0, -1]] == shaky[[0, -1]]).all()
    dense = np.linspace(0, 2 * np.pi, 20_000)
    true_line = cKDTree(np.stack([np.cos(dense), np.sin(2 * dense)], axis=1))
    off = [np.sqrt((true_line.query(line)[0] ** 2).mean()) for line in (smooth, shaky)]  # across it, not along it
    assert off[0] < 0.5 * off[1]
    assert (smoothed(shaky, 0.0) == shaky).all()


@settings(deadline=None)
@given(lines, st.floats(0, 50))
def test_any_stroke_can_be_smoothed(line, wavelength):
    smooth = smoothed(np.repeat(line, 2, axis=0), wavelength)  # with a pen that rests at every point
    assert smooth.shape == (2 * len(line), line.shape[1]) and np.isfinite(smooth).all()
    assert (smooth[[0, -1]] == line[[0, -1]]).all()


def test_a_negative_wavelength_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        smoothed([[0, 0], [1, 1]], -1)


def test_a_bezier_path_is_bernstein_s_polynomial():
    path = BezierPath([[0, 0], [3, 1]], [[[9, 9], [1, 2]], [[2, -1], [9, 9]]])
    u = np.linspace(0, 1, 9)[:, None]
    a, b, c, d = np.array([0, 0]), np.array([1, 2]), np.array([2, -1]), np.array([3, 1])
    expected = (1 - u) ** 3 * a + 3 * u * (1 - u) ** 2 * b + 3 * u**2 * (1 - u) * c + u**3 * d
    assert np.allclose(path.points(8), expected, atol=1e-12)


def test_handles_through_anchors_give_the_spline():
    anchors = np.random.default_rng(1).normal(size=(6, 3))
    travelled = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(anchors, axis=0), axis=1))])
    at = np.interp(np.arange(5 * 16 + 1) / 16, np.arange(6), travelled)
    line = BezierPath.through(anchors).points(16)
    assert np.abs(line - CubicSpline(travelled, anchors, bc_type="natural")(at)).max() < 1e-10
    assert (line[::16] == anchors).all()


@pytest.mark.parametrize(
    ("anchors", "handles", "words"),
    [
        ([[0, 0]], [[[0, 0], [0, 0]]], "two or more"),
        ([[0, 0], [1, 1]], [[0, 0], [1, 1]], "handles"),
        ([[0, 0], [1, np.nan]], np.zeros((2, 2, 2)), "finite"),
    ],
)
def test_bad_beziers_are_refused(anchors, handles, words):
    with pytest.raises(ValueError, match=words):
        BezierPath(anchors, handles)


def test_anchors_at_one_place_have_no_spline():
    with pytest.raises(ValueError, match="one place"):
        BezierPath.through([[0, 0], [0, 0]])
    with pytest.raises(ValueError, match="at least 1"):
        BezierPath.through([[0, 0], [1, 0]]).points(0)
