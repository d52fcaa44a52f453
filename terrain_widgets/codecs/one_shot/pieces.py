"""A sound as hits: where each begins, and at what level, so that each can be one vector."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]

_LAG = 4  # steps over which a rise is measured
_LEAST_RISE_DB = 9.0
_FLOOR_DB = 45.0  # below the sound's loudest step: what is quieter begins nothing
_QUIETEST = 1e-4  # peak of what counts as silence
_CLOSEST_SECONDS = 0.05


def beginnings(audio: FloatArray, sample_rate: float, step: int) -> list[int]:
    """Steps in which something begins, the sound's first always among them.

    Args:
        audio: Mono ``[S]``.
        sample_rate: Hz.
        step: Samples of a step, to which beginnings are rounded down.
    """
    count = max(1, -(-len(audio) // step))
    padded = np.pad(audio, (0, count * step - len(audio)))
    # highs rise at once where something is struck, while lows ring on
    bright = np.diff(padded, prepend=padded[:1])
    power = [part.reshape(count, step).astype(np.float64) ** 2 for part in (padded, bright)]
    levels = [10 * np.log10(part.mean(1) + 1e-12) for part in power]
    rise = np.zeros(count)
    for level in levels:
        level = np.maximum(level, level.max() - _FLOOR_DB)
        before = np.array(
            [level[max(0, k - _LAG) : k].min(initial=level.max()) if k else level[0] for k in range(count)]
        )
        rise = np.maximum(rise, level - before)
    closest = max(1, round(_CLOSEST_SECONDS * sample_rate / step))
    found = [0]
    for k in np.flatnonzero(rise >= _LEAST_RISE_DB).tolist():
        if k - found[-1] >= closest:
            found.append(k)
    return found


def hits(audio: FloatArray, sample_rate: float, step: int, samples: int) -> list[tuple[int, FloatArray, float]]:
    """The hits of a sound, each up to the next one.

    Args:
        audio: Mono ``[S]``.
        sample_rate: Hz.
        step: Samples of a step.
        samples: Longest hit; what is longer is cut, and silence fills up what is shorter.

    Returns:
        For each its first step, its sound ``[samples]`` at a peak of 1, and the peak that it had; 0 for silence.
    """
    places, length = beginnings(audio, sample_rate, step), -(-samples // step)
    for place, end in zip(tuple(places), [*places[1:], -(-len(audio) // step)], strict=True):
        for further in range(place + length, end, length):
            if np.abs(audio[further * step : end * step]).max(initial=0.0) > _QUIETEST:
                places.append(further)  # what sounds on is struck again
    places.sort()
    ends = [place * step for place in places[1:]] + [len(audio)]
    parts = []
    for place, end in zip(places, ends, strict=True):
        cut = audio[place * step : min(end, place * step + samples)]
        peak = float(np.abs(cut).max(initial=0.0))
        whole = np.pad(cut, (0, samples - len(cut))).astype(np.float32)
        parts.append((place, whole / peak if peak > _QUIETEST else 0.0 * whole, peak if peak > _QUIETEST else 0.0))
    return parts
