"""Morphs: latents on the way from one sound to another, and through any number of them."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float32]
Vector = NDArray[np.float64]

Course = Literal["linear", "spherical"]

_SMALL = 1e-4  # angle below which an arc is a line, in radians
_OPPOSITE = 1e-3  # how near to a half turn there are arcs in every direction, in radians


def morph(latents: ArrayLike, steps: int, course: Course = "spherical") -> FloatArray:
    """Latents on the way through all given ones, as long between any two of them.

    Args:
        latents: Where to pass through, ``[K, D]``, K at least 2.
        steps: How many latents to give, both ends included; at least 2.
        course: ``"linear"``, or ``"spherical"``: as ``between``.

    Returns:
        ``[steps, D]``; the first is the first of ``latents`` exactly, the last is the last.

    Raises:
        ValueError: If there are fewer than two latents or steps, or the course is another word.
    """
    table = np.asarray(latents, dtype=np.float64)
    if table.ndim != 2 or len(table) < 2 or not np.isfinite(table).all():
        raise ValueError(f"a morph needs two or more finite latents [K, D], got shape {table.shape}")
    if steps < 2:
        raise ValueError(f"a morph has two steps or more, got {steps!r}")
    if course not in get_args(Course):
        raise ValueError(f"a morph is {' or '.join(get_args(Course))}, got {course!r}")
    way = np.linspace(0.0, len(table) - 1.0, steps)
    rows = []
    for place in way:
        low = min(int(place), len(table) - 2)
        rows.append(between(table[low], table[low + 1], place - low, course))
    return np.stack(rows).astype(np.float32)


def between(start: ArrayLike, end: ArrayLike, share: float, course: Course = "spherical") -> Vector:
    """The latents ``[D]`` that lie ``share`` (0…1) of the way from one to another.

    Spherical: the direction turns evenly from one to the other in their plane (Shoemake 1985), while the length goes
    straight from one to the other. Two latents of one direction, and the origin, which has none, are joined by a line;
    between opposite ones, which lie in no one plane, a fixed one is chosen.
    """
    a, b = np.asarray(start, dtype=np.float64), np.asarray(end, dtype=np.float64)
    if share <= 0.0 or share >= 1.0:
        return a.copy() if share <= 0.0 else b.copy()
    line: Vector = a + share * (b - a)
    long_a, long_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
    if course == "linear" or min(long_a, long_b) < _SMALL * max(long_a, long_b, _SMALL):
        return line
    u, v = a / long_a, b / long_b
    # more exact than the arc cosine near 0 and π (Kahan)
    angle = 2.0 * float(np.arctan2(np.linalg.norm(u - v), np.linalg.norm(u + v)))
    if angle < _SMALL or len(a) < 2:
        return line
    aside = v - (v @ u) * u if angle < np.pi - _OPPOSITE else _perpendicular(u)
    aside /= np.linalg.norm(aside)
    turned = np.cos(share * angle) * u + np.sin(share * angle) * aside
    arc: Vector = turned * (long_a + share * (long_b - long_a))
    return arc


def _perpendicular(unit: Vector) -> Vector:
    """A direction at right angles to another: that of the axis along which it is smallest, straightened."""
    axis = np.zeros_like(unit)
    axis[np.abs(unit).argmin()] = 1.0
    straightened: Vector = axis - (axis @ unit) * unit
    return straightened
