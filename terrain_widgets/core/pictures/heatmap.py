"""A mapping seen from above: its latents on a grid, where it is far from all data, how loud it is, and pictures."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.grid import Grid
from terrain_widgets.core.pictures.sampling import sample_grid, sample_line, sample_progressively
from terrain_widgets.core.pictures.shading import shade_all, shade_as_nn_terrain, shade_channel, shade_three

__all__ = [
    "distance_to_data",
    "loudness_map",
    "sample_grid",
    "sample_line",
    "sample_progressively",
    "shade_all",
    "shade_as_nn_terrain",
    "shade_channel",
    "shade_three",
]

FloatArray = NDArray[np.float32]
SILENCE_DB = -120.0


def distance_to_data(
    coordinates: ArrayLike,
    boundary: Boundary,
    width: int,
    height: int,
    *,
    axes: tuple[int, int] = (0, 1),
    at: ArrayLike | None = None,
) -> FloatArray:
    """How far each place is from the nearest place with data, ``[H, W]`` in control units: where a terrain guesses.

    Args:
        coordinates: Places with data, ``[N, C]``.
        boundary: Edges along the two axes that are shown.
        width: Cells across.
        height: Cells down.
        axes: Which control dimensions run across and down.
        at: Coordinates ``[C]`` of the slice, where C is not 2; distances count all dimensions.

    Raises:
        ValueError: If there are no data, or they are of other dimensions than the grid.
    """
    from scipy.spatial import cKDTree  # here, so that importing core stays quick

    data = np.asarray(coordinates, dtype=np.float64)
    where = np.zeros(2) if at is None else np.asarray(at, dtype=np.float64)
    if data.ndim != 2 or len(data) == 0 or data.shape[1] != len(where):
        raise ValueError(f"distances need places with data, [N, {len(where)}], got shape {data.shape}")
    grid = Grid(boundary, width, height, axes, tuple(float(x) for x in where))
    tree = cKDTree(data)
    rows = [tree.query(grid.places(row, row + 1))[0] for row in range(height)]
    return np.stack(rows).astype(np.float32)


def loudness_map(
    mapping: Mapping,
    decode: Callable[[FloatArray], NDArray[np.floating]],
    boundary: Boundary,
    width: int = 24,
    height: int = 24,
    *,
    frames: int = 8,
    limits: tuple[ArrayLike, ArrayLike] | None = None,
    axes: tuple[int, int] = (0, 1),
    at: ArrayLike | None = None,
    should_stop: Callable[[], bool] = lambda: False,
) -> FloatArray:
    """How loud each place is before it is played: RMS in dB of full scale, ``[H, W]``, at least -120.

    Each place's latents are held for some frames, a row of places in one sound; the second half of each is measured,
    when what the decoder remembers of the neighbour has mostly faded.

    Args:
        mapping: Whose latents.
        decode: Latents ``[T, D]`` to audio ``[A, S]``, as ``Codec.decode``; S a multiple of T.
        boundary: Edges along the two axes that are shown.
        width: Cells across: few, for every place is decoded.
        height: Cells down.
        frames: How long each place is held.
        limits: Lowest and highest latents, each ``[D]`` or a number, if playing keeps within them.
        axes: Which control dimensions run across and down.
        at: Coordinates ``[C]`` of the slice, where C is not 2.
        should_stop: Asked before each row; rows that are not decoded by then are NaN.

    Raises:
        ValueError: If ``frames`` is below 2 or the decoder's audio does not fit its latents.
    """
    if frames < 2:
        raise ValueError(f"each place must be held for at least 2 frames, got {frames}")
    latents = sample_grid(mapping, boundary, width, height, axes=axes, at=at)
    if limits is not None:
        latents = np.clip(latents, *limits).astype(np.float32)
    loudness = np.full((height, width), np.nan, dtype=np.float32)
    for row in range(height):
        if should_stop():
            break
        audio = np.asarray(decode(np.repeat(latents[row], frames, axis=0)), dtype=np.float64)
        if audio.ndim != 2 or audio.shape[1] == 0 or audio.shape[1] % (width * frames):
            raise ValueError(
                f"the decoder must give [A, S] with S a multiple of the {width * frames} frames it was given, got "
                f"shape {audio.shape}"
            )
        places = audio.reshape(len(audio), width, -1)
        power = np.square(places[..., places.shape[-1] // 2 :]).mean(axis=(0, 2))
        loudness[row] = 10 * np.log10(np.maximum(power, 10 ** (SILENCE_DB / 10)))
    return loudness
