"""Lines as points, in float64: resampled by arc length or by time, smoothed from a pen, or run along Béziers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

_ENDS_WEIGHT = 1e3  # of the first and last point in a smoothing spline: they stay where the pen began and ended
_NEAREST = 1e-5  # share of a stroke's length
_SHARP_DEGREES = 30.0


def cumulative_length(values: ArrayLike) -> Points:
    """Arc length travelled at each point of a poly-line ``[T, C]``: ``[T]``, from 0."""
    steps = np.linalg.norm(np.diff(np.asarray(values, dtype=np.float64), axis=0), axis=1)
    return np.concatenate([[0.0], np.cumsum(steps)])


def resample(values: ArrayLike, count: int, keep_corners: bool = False) -> Points:
    """A poly-line ``[T, C]`` as ``count`` points ``[N, C]``, both ends kept exactly.

    All points lie on the line itself, so a corner is never rounded, and they are equally far apart along it. A corner
    that falls between two of them is passed on both sides and not met: equal spacing and a point on every corner
    exclude each other. With ``keep_corners`` every sharp corner (a turn of 30° or more) is met instead: each stretch
    between corners gets its share of the points by length, and spacing is equal within a stretch only.

    Args:
        values: The line, at least one point.
        count: Number of points N, at least 1. With 1 the start is taken.
        keep_corners: Meet corners; where there are more of them than points allow, spacing is equal everywhere.

    Raises:
        ValueError: If ``count`` is below 1, or the line has no length while more than one point is asked for.
    """
    table = np.asarray(values, dtype=np.float64)
    if count < 1:
        raise ValueError(f"a path can be resampled to 1 point or more, not to {count}")
    if count == 1:
        return table[:1].copy()
    travelled = cumulative_length(table)
    if travelled[-1] <= 0.0:
        raise ValueError(
            f"this path has no length (all {len(table)} points are at one place), so it cannot be spread over "
            f"{count} frames; draw a line"
        )
    places = np.linspace(0.0, travelled[-1], count)
    if keep_corners:
        stops = np.unique(np.concatenate([[0.0], travelled[sharp_corners(table)], [travelled[-1]]]))
        if len(stops) <= count:
            places = _through(stops, count)
    resampled = at_lengths(table, travelled, places)
    resampled[0], resampled[-1] = table[0], table[-1]
    return resampled


def at_lengths(values: Points, travelled: Points, places: Points) -> Points:
    """Points ``[N, C]`` of a line at arc lengths ``[N]``, where ``travelled`` is its ``cumulative_length``."""
    keep = np.concatenate([[True], np.diff(travelled) > 0])  # repeated points would make the inverse ambiguous
    return _interpolated(places, travelled[keep], values[keep])


def at_times(values: ArrayLike, times: ArrayLike, count: int) -> Points:
    """A stroke ``[T, C]`` with times ``[T]`` as ``count`` points at equal intervals of time: the pen's own pace.

    Where the pen was slow, points lie close; where it rested, several lie at one place. The whole stroke is spread over
    the points, however long it took.

    Args:
        values: The stroke.
        times: Seconds, not decreasing.
        count: Number of points N, at least 1. With 1 the start is taken.

    Raises:
        ValueError: If ``count`` is below 1, or no time passed while more than one point is asked for.
    """
    table, clock = np.asarray(values, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if count < 1:
        raise ValueError(f"a path can be resampled to 1 point or more, not to {count}")
    if count == 1:
        return table[:1].copy()
    if clock[-1] <= clock[0]:
        raise ValueError("no time passes along this stroke, so it has no pace to keep; pair it by another rule")
    sampled = _interpolated(np.linspace(clock[0], clock[-1], count), clock, table)
    sampled[0], sampled[-1] = table[0], table[-1]
    return sampled


def sharp_corners(values: ArrayLike, degrees: float = _SHARP_DEGREES) -> NDArray[np.int64]:
    """Row numbers of a poly-line ``[T, C]`` at which it turns by ``degrees`` or more."""
    table = np.asarray(values, dtype=np.float64)
    steps = np.diff(table, axis=0)
    lengths = np.linalg.norm(steps, axis=1)
    moving = np.flatnonzero(lengths > 0)  # where the pen rests there is no direction
    directions = steps[moving] / lengths[moving, None]
    cosine = np.clip((directions[:-1] * directions[1:]).sum(axis=1), -1.0, 1.0)
    turns = np.degrees(np.arccos(cosine)) >= degrees
    corners: NDArray[np.int64] = moving[1:][turns]
    return corners


def smoothed(values: ArrayLike, wavelength: float) -> Points:
    """A freehand stroke ``[T, C]`` without the hand's tremor, row for row, so that times and pressures stay in step.

    A cubic smoothing spline f over arc length s (scipy's), which minimises ∫ |x − f|² ds + (w / 2π)⁴ ∫ |f″|² ds. It
    passes a wiggle of wavelength λ with the factor 1 / (1 + (w / λ)⁴): half of one as long as ``wavelength`` w, next to
    nothing of much shorter ones, however fast the pen was. Both ends are kept exactly. Keep the raw stroke beside it.

    Args:
        values: The stroke; one of fewer than five different points in a row comes back as it is.
        wavelength: w in control units, 0 or more; a twentieth of the plane's width takes a hand's tremor.

    Raises:
        ValueError: If ``wavelength`` is negative or not finite.
    """
    from scipy.interpolate import make_smoothing_spline  # here, as importing it takes a good part of a second

    if not np.isfinite(wavelength) or wavelength < 0:
        raise ValueError(f"the wavelength of smoothing must be 0 or more control units, got {wavelength!r}")
    table = np.asarray(values, dtype=np.float64)
    travelled = cumulative_length(table)
    length = travelled[-1]
    # What lies nearer together than this is one point to the spline, whose equations would be singular.
    keep = np.concatenate([[True], np.diff(np.floor(travelled / max(length, 1e-300) / _NEAREST)) > 0])
    if wavelength == 0 or keep.sum() < 5:
        return table.copy()
    share = travelled / length  # in shares of the length, so that the equations are of one size for every plane
    weights = np.gradient(share[keep])
    weights[0] = weights[-1] = _ENDS_WEIGHT
    spline = make_smoothing_spline(share[keep], table[keep], weights, (min(wavelength / length, 10) / (2 * np.pi)) ** 4)
    smooth = np.asarray(spline(share), dtype=np.float64)
    smooth[0], smooth[-1] = table[0], table[-1]
    return smooth


@dataclass(frozen=True, eq=False)
class BezierPath:
    """Cubic Bézier segments end to end.

    Args:
        anchors: Where the path passes, ``[K, C]``, two or more.
        handles: Control points, ``[K, 2, C]`` in control units: before and after each anchor. The first anchor's
            handle before and the last one's after belong to no segment, but are kept for whoever goes on drawing.

    Raises:
        ValueError: If the shapes do not fit or a number is not finite.
    """

    anchors: Points
    handles: Points

    def __init__(self, anchors: ArrayLike, handles: ArrayLike) -> None:
        places = np.array(anchors, dtype=np.float64)
        levers = np.array(handles, dtype=np.float64)
        if places.ndim != 2 or len(places) < 2 or levers.shape != (len(places), 2, places.shape[1]):
            raise ValueError(
                f"a Bézier path needs two or more anchors [K, C] and handles [K, 2, C], "
                f"got shapes {places.shape} and {levers.shape}"
            )
        if not (np.isfinite(places).all() and np.isfinite(levers).all()):
            raise ValueError("anchors and handles of a Bézier path must be finite; remove or repair those that are not")
        for table in (places, levers):
            table.setflags(write=False)
        object.__setattr__(self, "anchors", places)
        object.__setattr__(self, "handles", levers)

    def __repr__(self) -> str:
        return f"BezierPath({len(self.anchors)} anchors in {self.anchors.shape[1]}-D)"

    @classmethod
    def through(cls, anchors: ArrayLike) -> BezierPath:
        """A smooth path through anchors ``[K, C]``: the handles of their natural cubic spline over chord length.

        Raises:
            ValueError: If there are fewer than two anchors, or two in a row are at one place.
        """
        from scipy.interpolate import CubicSpline

        places = np.array(anchors, dtype=np.float64)
        if places.ndim != 2 or len(places) < 2:
            raise ValueError(f"a Bézier path needs two or more anchors [K, C], got shape {places.shape}")
        travelled = cumulative_length(places)
        spans = np.diff(travelled)
        if (spans <= 0).any():
            raise ValueError("two anchors in a row are at one place; remove one of them")
        slopes = CubicSpline(travelled, places, bc_type="natural")(travelled, 1)
        before, after = np.concatenate([spans[:1], spans]), np.concatenate([spans, spans[-1:]])
        return cls(
            places, np.stack([places - slopes * before[:, None] / 3, places + slopes * after[:, None] / 3], axis=1)
        )

    def points(self, per_segment: int = 32) -> Points:
        """The path as a poly-line ``[(K − 1) · per_segment + 1, C]`` that meets every anchor exactly.

        Raises:
            ValueError: If ``per_segment`` is below 1.
        """
        from scipy.interpolate import BPoly

        if per_segment < 1:
            raise ValueError(f"a Bézier segment needs at least 1 step, got {per_segment}")
        segments = len(self.anchors) - 1
        control = np.stack([self.anchors[:-1], self.handles[:-1, 1], self.handles[1:, 0], self.anchors[1:]])
        curve = BPoly(control, np.arange(segments + 1))
        line = np.asarray(curve(np.arange(segments * per_segment + 1) / per_segment), dtype=np.float64)
        line[::per_segment] = self.anchors
        return line

    def with_anchor(self, index: int, place: ArrayLike) -> BezierPath:
        """One anchor elsewhere; its two handles go with it.

        Raises:
            IndexError: If there is no such anchor.
        """
        self._check(index)
        anchors, handles = self.anchors.copy(), self.handles.copy()
        handles[index] += np.asarray(place, dtype=np.float64) - anchors[index]
        anchors[index] = place
        return BezierPath(anchors, handles)

    def with_handle(self, index: int, side: int, place: ArrayLike, mirrored: bool = True) -> BezierPath:
        """One handle elsewhere.

        Args:
            index: Its anchor.
            side: 0 for the handle before the anchor, 1 for the one after it.
            place: ``[C]``.
            mirrored: Keep the path smooth there: the other handle turns to the opposite side and keeps its length.

        Raises:
            IndexError: If there is no such anchor or handle.
        """
        self._check(index)
        if side not in (0, 1):
            raise IndexError(f"an anchor has the handles 0 (before) and 1 (after), not {side}")
        handles = self.handles.copy()
        handles[index, side] = place
        lever = handles[index, side] - self.anchors[index]
        length = float(np.linalg.norm(lever))
        if mirrored and length > 0:
            other = float(np.linalg.norm(handles[index, 1 - side] - self.anchors[index]))
            handles[index, 1 - side] = self.anchors[index] - lever * (other / length)
        return BezierPath(self.anchors, handles)

    def _check(self, index: int) -> None:
        if not 0 <= index < len(self.anchors):
            raise IndexError(f"this path has anchors 0 to {len(self.anchors) - 1}, not {index}")


def _through(stops: Points, count: int) -> Points:
    """``count`` places that meet every stop; each stretch gets intervals by its length, at least one."""
    spans = np.diff(stops)
    wanted = (count - 1) * spans / spans.sum()
    intervals = np.maximum(1, np.floor(wanted)).astype(int)
    while intervals.sum() < count - 1:
        intervals[np.argmax(spans / intervals)] += 1
    while intervals.sum() > count - 1:
        spare = np.where(intervals > 1, spans / intervals, np.inf)
        intervals[np.argmin(spare)] -= 1
    parts = [np.linspace(a, b, n, endpoint=False) for a, b, n in zip(stops[:-1], stops[1:], intervals, strict=True)]
    return np.concatenate([*parts, stops[-1:]])


def _interpolated(places: Points, known: Points, values: Points) -> Points:
    return np.stack([np.interp(places, known, column) for column in values.T], axis=1)
