"""Which frames of the corpus are nearest to a place in latent space, and which of them is played on."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from terrain_widgets.codecs.mosaic.corpus import Corpus

_LEAF = 32  # points: of 8 latents and more, smaller leaves are only more of them to look into
_STICKING = 1.0  # of the usual step from a frame to the next: how much nearer another frame must be


class Choice(NamedTuple):
    """What to play at a place.

    Args:
        frame: The frame whose phases are played, an index of the corpus.
        frames: The nearest frames, k of them.
        distances: Their distances.
        continued: Whether ``frame`` follows the one that was played before.
    """

    frame: int
    frames: list[int]
    distances: list[float]
    continued: bool


class FrameIndex:
    """A k-d tree of the frames' latents.

    Args:
        corpus: Whose frames.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._latents = corpus.latents.astype(np.float64)
        self._follows = corpus.follows
        self._distinct = corpus.distinct  # only these are found, and so no two are equally near
        self._tree = cKDTree(self._latents[self._distinct], leafsize=_LEAF)
        self._margin = margin_of(corpus)

    def nearest(self, places: NDArray[np.float64], k: int) -> tuple[list[list[int]], list[list[float]]]:
        """The k nearest frames of each of many places ``[N, D]``, nearest first, and their distances."""
        count = min(k, len(self._distinct))
        distances, found = self._tree.query(places, count)
        shape = (len(places), count)
        return self._distinct[found].reshape(shape).tolist(), distances.reshape(shape).tolist()

    def choose(self, place: NDArray[np.float64], before: int, frames: list[int], distances: list[float]) -> Choice:
        """The frame to play, and its neighbourhood.

        The frame that follows ``before`` is preferred to a nearer one that is not clearly nearer: a sound that is
        passed goes on as it did, and the nearest frame does not flicker between two sounds.

        Args:
            place: ``[D]``.
            before: The frame that was played last, or -1.
            frames: What is ``nearest`` to the place.
            distances: How far these are away.
        """
        nearest, following = frames[0], before + 1
        goes_on = before >= 0 and following < len(self._latents) and bool(self._follows[following])
        if not goes_on:
            return Choice(nearest, frames, distances, False)
        between = self._latents[following] - place
        away = math.sqrt(between.dot(between))
        if away > distances[0] + self._margin:
            return Choice(nearest, frames, distances, nearest == following)
        if following not in frames:
            frames, distances = [*frames[:-1], following], [*distances[:-1], away]
        return Choice(following, frames, distances, True)


def margin_of(corpus: Corpus) -> float:
    """How much nearer another frame must be than the one that goes on."""
    steps = np.linalg.norm(np.diff(corpus.latents.astype(np.float64), axis=0), axis=1)[corpus.follows[1:]]
    return _STICKING * float(np.median(steps)) if len(steps) else 0.0
