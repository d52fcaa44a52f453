"""Edits of paths: inverses undo, lengths add up, times and pressures stay in step, an eraser's rim is a circle."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from terrain_widgets.core.paths import editing
from terrain_widgets.core.paths.cutting import erased, joined, split
from terrain_widgets.core.paths.hits import nearest_on_line, nearest_vertex
from terrain_widgets.core.paths.trajectory import SpatialTrajectory

CLOSE = 2e-5
numbers = st.floats(-8, 8).map(lambda value: round(value, 3))


@st.composite
def paths(draw, dims=None):
    c = draw(st.integers(1, 4) if dims is None else dims)
    values = draw(hnp.arrays(np.float64, (draw(st.integers(2, 15)), c), elements=numbers))
    times = np.cumsum(draw(hnp.arrays(np.float64, len(values), elements=st.floats(0.001, 1))))
    pressures = draw(hnp.arrays(np.float32, len(values), elements=st.floats(0, 1, width=32)))
    return SpatialTrajectory(values, times if draw(st.booleans()) else None, pressures if draw(st.booleans()) else None)


def in_step(path, *others):
    for name in ("times", "pressures"):
        column = getattr(path, name)
        assert (column is None) == all(getattr(other, name) is None for other in others)
        assert column is None or len(column) == len(path)


@given(paths(), st.floats(-180, 180), st.floats(0.1, 10), numbers)
def test_inverse_maps_bring_a_path_back(path, degrees, factor, shift):
    c = path.control_dim
    centre, offset = np.full(c, 0.5), np.full(c, shift)
    there = editing.transformed(path, editing.translation(offset))
    back = [editing.transformed(there, editing.translation(-offset))]
    grown = editing.transformed(path, editing.scaling(factor, centre))
    back.append(editing.transformed(grown, editing.scaling(1 / factor, centre)))
    assert grown.length == pytest.approx(factor * path.length, rel=1e-4, abs=1e-4)
    if c > 1:
        turned = editing.transformed(path, editing.rotation(degrees, centre, (0, c - 1)))
        assert turned.length == pytest.approx(path.length, rel=1e-4, abs=1e-4)
        back.append(editing.transformed(turned, editing.rotation(-degrees, centre, (0, c - 1))))
    for again in back:
        assert np.abs(again.values - path.values).max() < CLOSE
        assert again.times is path.times or (again.times == path.times).all()
        in_step(again, path)


def test_a_quarter_turn_goes_from_x_to_y():
    turned = editing.transformed(SpatialTrajectory([[2, 1], [1, 1]]), editing.rotation(90, [1, 1]))
    assert np.allclose(turned.values, [[1, 2], [1, 1]])
    assert editing.centre_of([SpatialTrajectory([[0, 0], [1, 4]]), SpatialTrajectory([[3, 1]])]).tolist() == [1.5, 2]


@given(paths())
def test_reversing_twice_is_nothing(path):
    again = editing.reversed_path(editing.reversed_path(path))
    assert (again.values == path.values).all()
    assert path.times is None or np.allclose(again.times, path.times)
    assert path.pressures is None or (again.pressures == path.pressures).all()


@settings(deadline=None)
@given(paths(), st.floats(0.01, 0.99))
def test_two_parts_are_the_whole(path, share):
    assume(path.length > 0.1)
    first, second = split(path, share * path.length)
    assert first.length == pytest.approx(share * path.length, abs=1e-3)
    assert first.length + second.length == pytest.approx(path.length, abs=1e-3)
    assert (first.values[-1] == second.values[0]).all()
    whole = joined(first, second)
    assert whole.length == pytest.approx(path.length, abs=1e-3)
    for part in (first, second, whole):
        in_step(part, path)
    if path.times is not None:
        assert whole.times[-1] - whole.times[0] == pytest.approx(path.times[-1] - path.times[0], abs=1e-6)


def test_a_rest_at_a_cut_belongs_to_what_comes_before():
    path = SpatialTrajectory([[0], [0], [1], [1], [2], [2]], times=[0, 1, 2, 5, 6, 7])
    first, second = split(path, 1.0)
    assert first.times.tolist() == [0, 1, 2, 5] and second.times.tolist() == [5, 6, 7]
    assert first.values[:, 0].tolist() == [0, 0, 1, 1] and second.values[:, 0].tolist() == [1, 2, 2]


@given(paths(st.just(2)), paths(st.just(2)))
def test_joining_keeps_both_and_what_they_know(first, second):
    whole = joined(first, second)
    gap = float(np.linalg.norm(second.values[0].astype(float) - first.values[-1]))
    assert whole.length == pytest.approx(first.length + gap + second.length, abs=1e-3)
    in_step(whole, first, second)
    near = joined(first, second, nearest=True)
    assert near.length <= whole.length + 1e-4


def test_extending_and_prepending_go_on_in_time():
    path = SpatialTrajectory([[0, 0], [1, 0]], times=[5.0, 6.0], pressures=[0.2, 0.4])
    longer = editing.extended(path, [[2.0, 0.0], [3.0, 0.0]])
    assert longer.values[:, 0].tolist() == [0, 1, 2, 3] and (np.diff(longer.times) > 0).all()
    assert longer.pressures.tolist() == pytest.approx([0.2, 0.4, 1, 1])
    earlier = editing.prepended(path, [[-2.0, 0.0], [-1.0, 0.0]])
    assert earlier.values[:, 0].tolist() == [-2, -1, 0, 1] and (np.diff(earlier.times) > 0).all()
    with pytest.raises(ValueError, match="one space"):
        editing.extended(path, [[0.0, 0.0, 0.0]])


@given(paths(), st.floats(0.1, 3), numbers)
def test_snapped_points_are_crossings_and_stay_there(path, step, origin):
    on_grid = editing.snapped(path, step, origin)
    assert np.abs(on_grid.values - path.values).max() <= step / 2 + CLOSE
    lattice = (on_grid.values - origin) / step
    assert np.abs(lattice - np.round(lattice)).max() < CLOSE / step + 1e-4
    assert np.abs(editing.snapped(on_grid, step, origin).values - on_grid.values).max() < CLOSE


def test_one_vertex_moves():
    path = SpatialTrajectory([[0, 0], [1, 0], [2, 0]])
    assert editing.with_vertex(path, 1, [1, 5]).values.tolist() == [[0, 0], [1, 5], [2, 0]]
    with pytest.raises(IndexError, match="0 to 2"):
        editing.with_vertex(path, 3, [0, 0])


@settings(deadline=None)
@given(paths(st.just(2)), st.tuples(numbers, numbers), st.floats(0.05, 6))
def test_an_eraser_leaves_all_outside_and_nothing_inside(path, centre, radius):
    assume(path.length > 0.1)
    pieces = erased(path, centre, radius)
    dense = path.resampled(2000).values.astype(np.float64)
    outside = np.linalg.norm(dense - centre, axis=1) > radius
    if pieces == [path]:
        step = path.length / 1999
        assert (np.linalg.norm(dense - centre, axis=1) > radius - step).all()
    kept = sum(piece.length for piece in pieces)
    # Each crossing of the rim is uncertain by one of the 2000 steps.
    assert kept == pytest.approx(outside.mean() * path.length, abs=path.length / 1999 * (2 * len(path) + 2))
    for piece in pieces:
        in_step(piece, path)
        between = piece.resampled(200).values.astype(np.float64)
        assert np.linalg.norm(between - centre, axis=1).min() > radius - path.length / 1000 - CLOSE


def test_an_eraser_cuts_at_its_rim():
    path = SpatialTrajectory([[-2, 0], [2, 0]], times=[0, 4], pressures=[0, 1])
    left, right = erased(path, [0, 0], 0.5)
    assert left.values.tolist() == [[-2, 0], [-0.5, 0]] and right.values.tolist() == [[0.5, 0], [2, 0]]
    assert left.times.tolist() == [0, 1.5] and right.pressures.tolist() == [0.625, 1]
    assert erased(path, [0, 0], 3) == [] and erased(path, [0, 1], 0.5) == [path]
    # A line that is dabbed along all its vertices goes in pieces.
    zigzag = SpatialTrajectory([[0, 0], [1, 1], [2, 0], [3, 1]])
    assert len(erased(zigzag, [1, 1], 0.2)) == 2


def test_hits():
    line = [("a", SpatialTrajectory([[0, 0], [4, 0]])), ("b", SpatialTrajectory([[0, 3], [4, 3], [4, 9]]))]
    hit = nearest_on_line(line, [3, 1])
    assert hit.key == "a" and hit.place.tolist() == [3, 0] and hit.travelled == 3 and hit.distance == 1
    hit = nearest_on_line(line, [5, 6])
    assert (hit.key, hit.index, hit.travelled) == ("b", 1, 7)
    assert nearest_on_line(line, [3, 1], 0.5) is None
    assert nearest_vertex(line, [3.8, 2.8], 0.5).index == 1 and nearest_vertex(line, [2, 0], 0.5) is None
    assert nearest_on_line([("point", SpatialTrajectory([[1, 1]]))], [1, 2]).distance == 1


@settings(deadline=None)
@given(paths(st.just(2)), st.tuples(numbers, numbers))
def test_the_nearest_place_is_nearer_than_all_samples(path, place):
    hit = nearest_on_line([("a", path)], place)
    if path.length > 0:
        samples = path.resampled(500).values
        assert hit.distance <= np.linalg.norm(samples - place, axis=1).min() + CLOSE
    assert np.linalg.norm(hit.place - place) == pytest.approx(hit.distance)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda p: split(p, 0), "between its ends"),
        (lambda p: split(p, 9), "between its ends"),
        (lambda p: erased(p, [0, 0], 0), "above 0"),
        (lambda p: erased(p, [0, 0, 0], 1), "2 finite"),
        (lambda p: editing.snapped(p, 0), "above 0"),
        (lambda p: editing.scaling(0, [0, 0]), "other than 0"),
        (lambda p: editing.rotation(10, [0, 0], (0, 2)), "plane"),
        (lambda p: editing.transformed(p, editing.translation([1, 2, 3])), "2 dimensions"),
        (lambda p: editing.translation([np.nan, 1]), "finite"),
        (lambda p: editing.centre_of([]), "select"),
        (lambda p: joined(p, SpatialTrajectory([[1], [2]])), "one space"),
    ],
)
def test_mistakes_are_sentences(act, words):
    with pytest.raises(ValueError, match=words):
        act(SpatialTrajectory([[0, 0], [1, 0]]))


@pytest.mark.parametrize(
    "columns", [{"times": [0]}, {"times": [1, 0]}, {"times": [0, np.nan]}, {"pressures": [1, 1, 1]}]
)
def test_times_and_pressures_fit_the_points(columns):
    with pytest.raises(ValueError, match="times|pressures"):
        SpatialTrajectory([[0, 0], [1, 1]], **columns)
