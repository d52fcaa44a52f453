"""Curved paths for those who do not want to draw: one for each sound, packed over the plane, never touching.

The idea, packed Bézier curves around Poisson-disk centres, is that of latent-terrain-pytorch
(``packed_bezier_curves.py``, https://github.com/jasper-zheng/latent-terrain-pytorch); how it is done here is our own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist
from scipy.stats import qmc

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.curves import BezierPath, Points, cumulative_length, resample
from terrain_widgets.core.paths.trajectory import SpatialTrajectory

_POINTS = 64
# In distances between neighbouring centres: room between two curves, room kept for a curve that is not placed yet, the
# longest and the shortest curve, and the room along the plane's edge.
_CLEARANCE, _RESERVED, _LONGEST, _SHORTEST, _EDGE = 0.22, 0.25, 3.0, 0.5, 0.3
_TRIES, _SHRINK = 12, 0.85


def pack(
    lengths: Sequence[int], boundary: Boundary | None = None, seed: int = 0, wishes: ArrayLike | None = None
) -> list[SpatialTrajectory]:
    """One curve per sound, the longer the sound the longer its curve, as far as there is room.

    Every curve starts from a centre of its own, far from all others, grows as long as it may, and is drawn again or
    shorter while it comes too near to another. A disc around each centre is kept free until its turn, so there is
    always room for a short curve at least: any number of sounds fits, and no two curves meet.

    Args:
        lengths: Frames of each sound.
        boundary: The plane to fill; by default ±1.
        seed: Decides centres and shapes.
        wishes: Where each sound would like to be, ``[K, 2]`` in view fractions; together they get the centres that
            are nearest to their wishes. Without, the first sounds lie in the middle.

    Returns:
        As many two-dimensional paths as there are lengths, in their order.

    Raises:
        ValueError: If a length is below 1, or there are more or fewer wishes than lengths.
    """
    if any(length < 1 for length in lengths):
        raise ValueError(f"every sound needs at least one frame, got lengths {list(lengths)}")
    if not lengths:
        return []
    plane = boundary or Boundary()
    size = np.abs([plane.right - plane.left, plane.bottom - plane.top])
    random = np.random.default_rng(seed)
    centres, apart = _centres(len(lengths), size, seed)
    if wishes is not None:
        wanted = np.asarray(wishes, dtype=np.float64)
        if wanted.shape != (len(lengths), 2) or not np.isfinite(wanted).all():
            raise ValueError(f"{len(lengths)} sounds need as many wishes [K, 2], got shape {wanted.shape}")
        centres = centres[linear_sum_assignment(cdist(wanted * size, centres, "sqeuclidean"))[1]]
    placed: dict[int, Points] = {}
    longest_first = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    for turn, index in enumerate(longest_first):
        share = max(_SHORTEST, _LONGEST * lengths[index] / max(lengths))
        others = centres[longest_first[turn + 1 :]]
        free = _Room(size, apart, list(placed.values()), others)
        placed[index] = next(c for c in _candidates(centres[index], share * apart, apart, random) if free.fits(c))
    return [SpatialTrajectory(plane.from_unit(placed[index] / size)) for index in range(len(lengths))]


class _Room:
    """What a new curve must keep away from."""

    def __init__(self, size: Points, apart: float, curves: list[Points], centres: Points) -> None:
        self._size, self._apart = size, apart
        self._curves = cKDTree(np.concatenate(curves)) if curves else None
        self._centres = cKDTree(centres) if len(centres) else None

    def fits(self, curve: Points) -> bool:
        edge = 0.5 * _CLEARANCE * min(self._apart, float(self._size.min()))
        if (curve < edge).any() or (curve > self._size - edge).any():
            return False
        # Points on a curve are a little apart, so the clearance asked for is a little more than the one promised.
        if self._curves is not None and self._curves.query(curve)[0].min() < _CLEARANCE * self._apart:
            return False
        kept = (_CLEARANCE + _RESERVED) * self._apart
        return self._centres is None or bool(self._centres.query(curve)[0].min() >= kept)


def _candidates(centre: Points, length: float, apart: float, random: np.random.Generator) -> Iterator[Points]:
    """Curves around a centre, ever shorter; the last ones stay within the disc that is kept for them."""
    while True:
        for _ in range(_TRIES):
            yield centre + length * _shape(random)
        if length <= _RESERVED * apart:
            break
        length *= _SHRINK
    # A curve of length 1 lies within 0.5 of its middle.
    yield centre + min(length, _RESERVED * apart) * _shape(random)


def _shape(random: np.random.Generator) -> Points:
    """A cubic Bézier curve of length 1 around the origin that keeps clear of itself, ``[P, 2]``."""
    while True:
        control = random.uniform(-1, 1, (4, 2))
        handles = np.stack([[control[0], control[1]], [control[2], control[3]]])
        line = resample(BezierPath(control[[0, 3]], handles).points(_POINTS), _POINTS)
        line /= cumulative_length(line)[-1]
        along = np.arange(_POINTS) / (_POINTS - 1)
        far = np.abs(along[:, None] - along) > 0.3
        if cdist(line, line)[far].min() > 0.15:
            middle: Points = (line.min(axis=0) + line.max(axis=0)) / 2
            return line - middle


def _centres(count: int, size: Points, seed: int) -> tuple[Points, float]:
    """``count`` centres ``[K, 2]`` in a rectangle, from its middle outwards, and how far they are apart at least."""
    apart = float(np.sqrt(size.prod() / count))
    while True:
        edge = np.minimum(_EDGE * apart, 0.4 * size)
        disks = qmc.PoissonDisk(2, radius=apart, l_bounds=edge, u_bounds=size - edge, rng=np.random.default_rng(seed))
        centres = disks.fill_space()
        if len(centres) >= count:
            outwards = np.argsort(np.linalg.norm(centres / size - 0.5, axis=1), kind="stable")
            return centres[outwards[:count]], min(apart, float(size.min()))
        apart *= 0.93
