"""A terrain as a map of the sounds that it is made of: one sees what one will hear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.pictures.relief import hill_shade

FloatArray = NDArray[np.float32]
Picture = NDArray[np.uint8]

_MOST_FRAMES = 640  # of all sounds together
_FLOOR_DB, _FULL_DB = -50.0, -15.0  # dark and bright
_SILENT = 0.05  # of that range: a frame below it is nobody's
_MOST_ASKED = 1024  # decoded places that are taken in turn as if unknown
_SOFTNESS = 0.05  # squared distance within which two frames count alike
_NEAR, _FAR = 0.8, 1.2  # distances, in standard deviations, at which colour begins to fade, and how fast
_AMBIENT, _RELIEF = 0.72, 0.28  # of the light: from everywhere, and from the upper left
_DARK = np.array([14, 19, 28], dtype=np.float32)
_PAIRS_AT_ONCE = 320_000  # of places and landmarks, so that what is in hand stays in the processor's cache


@dataclass(frozen=True, eq=False)
class Landmarks:
    """Latents of which one knows what they sound like: frames of sounds, and places that were decoded.

    Args:
        latents: ``[N, D]``, each latent divided by its standard deviation.
        spread: Those standard deviations, ``[D]``.
        heights: Loudness of each, ``[N]``, 0 (silent) to 1.
        owners: Number of the sound that each sounds like, ``[N]``.
        colours: RGB of each sound, ``[K, 3]``, 0…255.
        frames: How many of them, the first ones, are frames of sounds.
        say: Whether each counts for the colours and the relief; how far a place is from every sound is said by all
            frames. ``None``: all of them do.
    """

    latents: FloatArray
    spread: FloatArray
    heights: FloatArray
    owners: NDArray[np.intp]
    colours: FloatArray
    frames: int
    say: NDArray[np.bool_] | None = None

    def with_places(self, latents: FloatArray, loudness: FloatArray, owners: NDArray[np.intp]) -> Landmarks:
        """With places of which one knows what they sound like, if those tell more of others than the frames do.

        Each place, or of many some, is taken in turn as if nobody had decoded it: is it named rightly by the frames
        alone, by the frames and the other places, or by the other places alone? A codec whose latents say what they
        sound like is named better by frames than by few places. Where latents that are near sound otherwise, frames
        among the places mislead.

        Args:
            latents: ``[M, D]``, as a mapping gives them.
            loudness: ``[M]`` in dB of full scale.
            owners: Number of the sound that each sounds like, ``[M]``.
        """
        with_all = replace(
            self,
            latents=np.concatenate([self.latents, (latents / self.spread).astype(np.float32)]),
            heights=np.concatenate([self.heights, _height(loudness)]),
            owners=np.concatenate([self.owners, owners]),
        )
        asked = np.arange(0, len(owners), -(-len(owners) // _MOST_ASKED))
        squares = _squares(with_all.latents[self.frames + asked], with_all.latents)
        squares[:, with_all.heights <= _SILENT] = np.inf
        squares[np.arange(len(asked)), self.frames + asked] = np.inf

        def right(of: slice) -> int:
            return int((with_all.owners[of][squares[:, of].argmin(axis=1)] == owners[asked]).sum())

        by_all, by_places, by_frames = right(slice(None)), right(slice(self.frames, None)), right(slice(self.frames))
        if by_places > max(by_all, by_frames):
            return replace(with_all, say=np.arange(len(with_all.owners)) >= self.frames)
        return with_all if by_all >= by_frames else self


@dataclass(frozen=True, eq=False)
class Territory:
    """A terrain as a map of sounds; row 0 is the top.

    Args:
        picture: RGBA, ``[H, W, 4]``.
        named: Number of the sound whose colour each place has, ``[H, W]``.
    """

    picture: Picture
    named: NDArray[np.intp]


def frame_loudness(audio: NDArray[np.float32], frames: int) -> FloatArray:
    """How loud each frame of a sound is, ``[T]`` in dB of full scale, not below -100.

    Args:
        audio: ``[A, S]``.
        frames: T, of equal length.
    """
    power = np.square(audio.astype(np.float64)).mean(axis=0)
    edges = np.linspace(0, len(power), frames + 1).astype(np.intp)
    total = np.concatenate([[0.0], np.cumsum(power)])
    mean = (total[edges[1:]] - total[edges[:-1]]) / np.maximum(np.diff(edges), 1)
    loudness: FloatArray = (10 * np.log10(np.maximum(mean, 1e-10))).astype(np.float32)
    return loudness


def landmarks(
    latents: Sequence[FloatArray], loudness: Sequence[FloatArray], colours: Sequence[tuple[int, int, int]]
) -> Landmarks | None:
    """Landmarks of some sounds, evenly thinned out where there are many frames; ``None`` of no frames.

    Args:
        latents: ``[T, D]`` of each sound.
        loudness: ``[T]`` dB of full scale, of each.
        colours: RGB of each, 0…255.
    """
    total = sum(len(each) for each in latents)
    if total == 0:
        return None
    step = max(1, -(-total // _MOST_FRAMES))
    values = np.concatenate([np.asarray(each, dtype=np.float32)[::step] for each in latents])
    decibels = np.concatenate([each[::step] for each in loudness])
    owners = np.repeat(np.arange(len(latents)), [len(each[::step]) for each in latents])
    spread = np.maximum(values.std(axis=0), 1e-6).astype(np.float32)
    palette = np.asarray(colours, dtype=np.float32)
    return Landmarks(values / spread, spread, _height(decibels), owners, palette, len(values))


def _height(decibels: FloatArray) -> FloatArray:
    return ((decibels - _FLOOR_DB) / (_FULL_DB - _FLOOR_DB)).clip(0.0, 1.0).astype(np.float32)


def territory(grid: FloatArray, marks: Landmarks) -> Territory:
    """Latents on a grid as a map of sounds.

    A place has the colour of the sounds whose landmarks are nearest to its own latents (inverse distance weights), is
    lit as a relief of their loudness, dark where that is silence, and grey where no sound's own latents are near.

    Args:
        grid: ``[H, W, D]``, row 0 at the top.
        marks: Of the sounds, and of decoded places if there are any.
    """
    height, width, dimensions = grid.shape
    places = np.nan_to_num(grid.reshape(-1, dimensions)) / marks.spread
    say = np.ones(len(marks.owners), dtype=bool) if marks.say is None else marks.say
    audible = say & (marks.heights > _SILENT)
    if not audible.any():
        audible = say
    # What is averaged over landmarks: heights and ones, and over the audible ones colours and ones.
    colours = marks.colours[marks.owners]
    table = np.column_stack([marks.heights * say, say, colours * audible[:, None], audible])
    table = table.astype(np.float32)
    sums, nearest = np.empty((len(places), table.shape[1]), np.float32), np.empty(len(places), np.float32)
    named = np.empty(len(places), np.intp)
    step = max(1, _PAIRS_AT_ONCE // len(marks.heights))
    for first in range(0, len(places), step):
        part = slice(first, first + step)
        some = places[part]
        squares = _squares(some, marks.latents)
        squares += _SOFTNESS
        np.maximum(squares, _SOFTNESS, out=squares)
        nearest[part] = squares[:, : marks.frames].min(axis=1) - _SOFTNESS
        near = np.divide(squares.min(axis=1, keepdims=True), squares, out=squares)  # 1 for the nearest, however far
        named[part] = marks.owners[(near * audible).argmax(axis=1)]
        sums[part] = (near * near * near) @ table  # to the third power: the nearest decides nearly alone
    heights = (sums[:, 0] / sums[:, 1]).astype(np.float32)
    mixed = (sums[:, 2:5] / np.maximum(sums[:, 5:], 1e-30)).astype(np.float32)
    nearest = np.sqrt(np.maximum(nearest, 0.0)).astype(np.float32)
    shape = (height, width)
    picture = _lit(mixed.reshape(*shape, 3), heights.reshape(shape), nearest.reshape(shape), grid)
    return Territory(picture, named.reshape(shape))


def _squares(some: FloatArray, others: FloatArray) -> FloatArray:
    """Squared distance of each two rows, ``[N, K]``; rounded, so it may be below 0."""
    squares: FloatArray = some @ (-2 * others.T)
    squares += np.square(some).sum(axis=1, keepdims=True)
    squares += np.square(others).sum(axis=1)
    return squares


def _lit(colours: FloatArray, heights: FloatArray, nearest: FloatArray, grid: FloatArray) -> Picture:
    known = np.exp(-np.maximum(nearest - _NEAR, 0.0) / _FAR)[..., None]
    grey = colours.mean(axis=-1, keepdims=True)
    coloured = grey + (colours - grey) * (0.2 + 0.8 * known)
    light = _AMBIENT + _RELIEF * hill_shade(_smooth(heights))[..., None] / np.sin(np.radians(45.0))
    bright = 0.12 + 0.88 * np.sqrt(heights)[..., None]
    picture = np.empty((*heights.shape, 4), dtype=np.uint8)
    picture[..., :3] = ((_DARK + (coloured - _DARK) * bright) * light).clip(0.0, 255.0)
    picture[..., 3] = np.where(np.isfinite(grid).all(axis=-1), 255, 0)
    return picture


def _smooth(values: FloatArray) -> FloatArray:
    """Each place with its neighbours, weighted 1 2 1 both ways."""
    padded = np.pad(values, 1, mode="edge")
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    smooth: FloatArray = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]) / 16
    return smooth
