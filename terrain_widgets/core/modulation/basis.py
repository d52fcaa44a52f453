"""What a modulator can follow: noises, oscillators and steps, each a function of how far it has come."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from terrain_widgets.core.modulation.hashing import Floats, Words
from terrain_widgets.core.modulation.layered import distorted, fractal, voronoi
from terrain_widgets.core.modulation.noise import Axes, cell, gradient, value
from terrain_widgets.core.modulation.simplex import simplex

#: Noises by name; Latent-Playground's perlin is ``gradient``, and ``cell`` is what others call sample and hold.
NOISES: dict[str, Callable[[Words, Axes], Floats]] = {
    "cell": cell,
    "value": value,
    "simplex": simplex,
    "gradient": gradient,
    "voronoi": voronoi,
    "distorted": distorted,
    "fractal": fractal,
}
#: Shapes of a cycle by name, each a function of its phase from 0 to below 1.
CYCLES: dict[str, Callable[[Floats], Floats]] = {
    "sine": lambda phase: np.sin(2.0 * math.pi * phase),
    "triangle": lambda phase: 1.0 - 4.0 * np.abs(phase - np.floor(phase + 0.5)),
    "saw": lambda phase: 2.0 * phase - 1.0,
    "square": lambda phase: np.where(phase < 0.5, 1.0, -1.0),
}
#: All bases: noises, cycles, and a row of steps.
BASES = (*NOISES, *CYCLES, "steps")
_LINE = 0.5  # noise is read along a line between the lattice's rows: on one, gradient noise has zeros at every cell


def basis(name: str, seed: Words, units: Floats, phase: Floats, steps: Sequence[float] = (0.0,)) -> Floats:
    """Values from -1 to 1.

    Args:
        name: One of ``BASES``.
        seed: Of noises; a row of steps begins so many steps late.
        units: How far a noise has come: at 1 it is in the next cell.
        phase: Of a cycle, or of the row of steps, from 0 to below 1.
        steps: The row's values.

    Raises:
        KeyError: If there is no such basis.
    """
    if name in NOISES:
        return NOISES[name](seed, (units, np.full((), _LINE)))
    if name == "steps":
        row = np.asarray(steps, dtype=np.float64)
        return row[(np.floor(phase * len(row)).astype(np.int64) + seed.astype(np.int64)) % len(row)]
    return CYCLES[name](phase)
