"""Checks of notebook 04: where a terrain is loud, where it guesses, and what moves along a line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.pictures.grid import Grid
from terrain_widgets.core.pictures.sampling import sample_line
from terrain_widgets.lessons.verdict import Hint, exercise, place


@exercise(
    "row, column = np.unravel_index(loudness.argmax(), loudness.shape); grid.across and grid.down know the places."
)
def check_loudest(answer: object, loudness: NDArray[np.float32], boundary: Boundary) -> str:
    """Whether a place is within 3 dB of the loudest."""
    xy = place(answer)
    level, top = _at(loudness, boundary, xy), float(loudness.max())
    if level < top - 3:
        upside_down = _at(loudness, boundary, xy * (1, -1)) >= top - 3
        more = " Row 0 is the top, where y is 1: yours is upside down." if upside_down else ""
        raise Hint(f"There it has {level:.0f} dB; somewhere it has {top:.0f}.{more}")
    return f"{level:.0f} dB. A limiter stands behind the terrain, but you now know where to step softly."


@exercise("It is where the map of distances is largest: distance.argmax(), as before.")
def check_far(answer: object, distance: NDArray[np.float32], boundary: Boundary) -> str:
    """Whether a place is about as far from all paths as one can be."""
    xy = place(answer)
    away, most = _at(distance, boundary, xy), float(distance.max())
    if away < 0.85 * most:
        raise Hint(f"The nearest path is {away:.2f} away; there is a place where it is {most:.2f}.")
    return f"{away:.2f} from everything it was taught. What sounds there is the terrain's own invention."


@exercise("line[:, k] is latent k along the line; line.std(axis=0) says how much each one moves.")
def check_busiest(answer: object, terrain: Mapping) -> str:
    """Whether the latent that moves most along the horizontal middle was found."""
    moves = sample_line(terrain, 0, -1.0, 1.0, 200, at=(0.0, 0.0)).std(axis=0)
    if not isinstance(answer, int | np.integer) or not 0 <= answer < len(moves):
        raise Hint(f"Answer with the number of a latent, 0 to {len(moves) - 1}.")
    if moves[answer] < 0.98 * moves.max():
        raise Hint(f"Latent {answer} moves by {moves[answer]:.2f}; another one by {moves.max():.2f}.")
    return f"Latent {answer}, by {moves[answer]:.2f}. Show it alone in the explorer: along the middle it changes most."


def _at(cells: NDArray[np.float32], boundary: Boundary, xy: NDArray[np.float64]) -> float:
    height, width = cells.shape
    grid = Grid(boundary, width, height)
    return float(cells[np.abs(grid.down - xy[1]).argmin(), np.abs(grid.across - xy[0]).argmin()])
