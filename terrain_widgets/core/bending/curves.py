"""Weights that follow a curve, in memory order or from the smallest to the largest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.bending.parts import LARGE, PART, in_parts, slices

FloatArray = NDArray[np.float32]
Heights = NDArray[np.float64]

_BELOW = 13  # bits of a weight that do not choose its bin: 1024 bins an octave
_BINS = 1 << (32 - _BELOW)
_MINUS_ZERO = _BINS // 2  # bin of the smallest weights below 0
_NARROWEST = 1e-33  # bins below it have one height: a slope there would be too large for a number


def in_order(heights: Heights, size: int) -> FloatArray:
    """A curve that goes straight between its heights, at evenly spaced places.

    Args:
        heights: Of the curve, evenly spaced, the first at the first place and the last at the last one.
        size: How many places.
    """
    last, stretches = max(1, size - 1), len(heights) - 1
    if stretches == 0 or size == 1:
        return np.full(size, heights[0], dtype=np.float32)
    knots = np.arange(len(heights)) * (last / stretches)
    begins = np.ceil(knots).astype(int)
    begins[-1] = size
    slopes = np.diff(heights) * (stretches / last)
    found, ramp = np.empty(size, dtype=np.float32), np.arange(min(size, PART), dtype=np.float32)
    for k in np.flatnonzero(np.diff(begins)):
        for start in range(begins[k], begins[k + 1], PART):
            part = found[start : min(begins[k + 1], start + PART)]
            np.multiply(ramp[: part.size], np.float32(slopes[k]), out=part)
            part += np.float32(heights[k] + slopes[k] * (start - knots[k]))
    found[-1] = heights[-1]
    return found


def by_rank(heights: Heights, weights: FloatArray) -> FloatArray:
    """A curve at each weight's rank: the smallest weight takes its beginning, the largest its end.

    Of equal weights those come first that lie first in memory. A large layer would take half a second to sort. Of it
    weights are counted in bins, 1024 an octave, and taken as evenly spread within each: equal weights have one height,
    and a rank is off by less than a ten-thousandth of their number, unless many lie close together far from 0.

    Args:
        heights: Of the curve, evenly spaced.
        weights: Of a layer.
    """
    ranked = _by_count if weights.size > LARGE else _by_sort
    return ranked(heights, weights)


def _by_sort(heights: Heights, weights: FloatArray) -> FloatArray:
    """A weight's key and its place make one whole number, and a list of those is sorted many times as fast."""
    bits = (weights.ravel() + np.float32(0.0)).view(np.uint32)  # both zeros are one
    bits ^= np.negative(bits >> np.uint32(31)) | np.uint32(1 << 31)  # in the order of the weights
    keys = bits.astype(np.uint64) << np.uint64(32)
    keys |= np.arange(keys.size, dtype=np.uint64)
    keys.sort()
    bent = np.empty(keys.size, dtype=np.float32)
    bent[(keys & np.uint64(2**32 - 1)).astype(np.int32)] = in_order(heights, keys.size)
    return bent.reshape(weights.shape)


def _by_count(heights: Heights, weights: FloatArray) -> FloatArray:
    """Within a bin a height is a straight line over the weights themselves, since a bin lies within one octave."""
    flat = weights.ravel()
    counts = np.zeros(_BINS, dtype=np.intp)
    for part in slices(flat.size):
        np.add.at(counts, _bins(flat[part]), 1)
    lines = _lines(heights, counts)

    def follow(part: FloatArray, out: FloatArray, _: int) -> None:
        line = lines.take(_bins(part), mode="clip")  # without a check: a bin is always there
        np.multiply(part, line.imag, out=out)
        out += line.real

    return in_parts(weights, follow)


def _bins(part: FloatArray) -> NDArray[np.intp]:
    """Sign, exponent and the first bits of the mantissa: those of weights below 0 come last, the smallest first."""
    return (part.view(np.uint32) >> np.uint32(_BELOW)).astype(np.intp)


def _lines(heights: Heights, counts: NDArray[np.intp]) -> NDArray[np.complex64]:
    """For each bin that holds weights a height at 0 and a slope, as one number: they are looked up at once."""
    counts[0] += counts[_MINUS_ZERO]
    counts[_MINUS_ZERO] = 0
    bins = np.flatnonzero(counts)
    below = np.searchsorted(bins, _MINUS_ZERO)
    bins = np.concatenate([bins[below:][::-1], bins[:below]])  # in the order of the weights
    held = counts[bins]
    first = np.cumsum(held) - held
    knots = np.linspace(0.0, counts.sum() - 1, len(heights))
    begin, end = (np.interp(rank, knots, heights) for rank in (first, first + held - 1))
    edges = bins.astype(np.uint32) << np.uint32(_BELOW)
    nearest = edges.view(np.float32).astype(np.float64)  # to 0, of each bin
    farthest = (edges | np.uint32((1 << _BELOW) - 1)).view(np.float32).astype(np.float64)
    low, wide = np.minimum(nearest, farthest), np.abs(farthest - nearest)
    slopes = np.where(wide > _NARROWEST, (end - begin) / np.maximum(wide, _NARROWEST), 0.0)
    lines = np.zeros(_BINS, dtype=np.complex64)
    lines.real[bins], lines.imag[bins] = begin - slopes * low, slopes
    lines[_MINUS_ZERO] = lines[0]
    return lines
