"""What was heard live while a take was recorded: parts of it, as arrays of the take's file."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.engine.sources.live_feed import LiveBlock

Arrays = dict[str, NDArray[Any]]
Parts = tuple[tuple[int, LiveBlock], ...]

LATENTS, AUDIO = "live/latents", "live/audio"


def joined(blocks: Sequence[tuple[int, LiveBlock]]) -> Parts:
    """The same parts, each with the frame that it begins with, where one goes on with the next as one."""
    runs: list[list[tuple[int, LiveBlock]]] = []
    for at, block in blocks:
        if runs and at == runs[-1][-1][0] + len(runs[-1][-1][1].latents):
            runs[-1].append((at, block))
        else:
            runs.append([(at, block)])
    return tuple((run[0][0], _one([block for _, block in run])) for run in runs)


def _one(blocks: Sequence[LiveBlock]) -> LiveBlock:
    latents = np.concatenate([block.latents for block in blocks])
    return LiveBlock(latents, np.concatenate([block.audio for block in blocks], axis=1))


def stored(parts: Parts) -> tuple[list[list[int]], Arrays]:
    """Beginning and number of frames of each part, and the arrays of all of them one after the other."""
    if not parts:
        return [], {}
    whole = _one([block for _, block in parts])
    runs = [[at, len(block.latents)] for at, block in parts]
    return runs, {LATENTS: np.ascontiguousarray(whole.latents), AUDIO: np.ascontiguousarray(whole.audio)}


def restored(runs: Sequence[Sequence[Any]], arrays: Arrays, frames: int, ratio: int) -> Parts:
    """What ``stored`` gave.

    Args:
        runs: Beginning and number of frames of each part.
        arrays: Of the take's file.
        frames: Of the take.
        ratio: Samples per frame.

    Raises:
        KeyError: If the arrays are missing.
        ValueError: If they do not fit.
    """
    if not runs:
        return ()
    latents, audio = (np.asarray(arrays[name], dtype=np.float32) for name in (LATENTS, AUDIO))
    ends = [0, *itertools.accumulate(int(count) for _, count in runs)]
    starts = [int(at) for at, _ in runs]
    edges = [edge for at, (_, count) in zip(starts, runs, strict=True) for edge in (at, at + int(count))]
    if edges != sorted(edges) or edges[0] < 0 or edges[-1] > frames:
        raise ValueError(f"its live sound is at frames {runs!r:.80}, of {frames}")
    if latents.ndim != 2 or len(latents) != ends[-1] or audio.ndim != 2 or audio.shape[1] != ends[-1] * ratio:
        raise ValueError(f"its live sound has {latents.shape} latents and {audio.shape} samples for {ends[-1]} frames")
    return tuple(
        (at, LiveBlock(latents[start:end], audio[:, start * ratio : end * ratio]))
        for at, (start, end) in zip(starts, itertools.pairwise(ends), strict=True)
    )


def part(parts: Parts, start: int, end: int) -> LiveBlock | None:
    """What was heard in some frames, all within one part or between two; nothing between."""
    for at, block in parts:
        frames = len(block.latents)
        if at <= start < at + frames:
            ratio = block.audio.shape[1] // frames
            own = slice(start - at, end - at)
            return LiveBlock(block.latents[own], block.audio[:, own.start * ratio : own.stop * ratio])
    return None
