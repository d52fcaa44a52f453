"""Checks of notebook 09: the map of sounds, a morph, and a measured attribute."""

from __future__ import annotations

import numpy as np

from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.lessons.verdict import Hint, exercise, table


@exercise("session.explore.map.make('frames', wait=True) makes it; session.explore.map.now is the map.")
def check_map(made: object, frames: int) -> str:
    """Whether it is a map of all frames."""
    if not isinstance(made, SoundMap):
        raise Hint("This is no map: make one with session.explore.map.make(...), and take session.explore.map.now.")
    if len(made) != frames:
        raise Hint(f"This map has {len(made)} points; one of every frame has {frames}. Make it of 'frames'.")
    return f"{len(made)} frames of {len(made.names)} sounds, each at its place."


@exercise("Passing through three sounds: session.explore.ways.morph([a, b, a], seconds=4.0) gives the way's name.")
def check_morph(way: object, start: object, middle: object) -> str:
    """Whether a way begins and ends at one sound, and passes through another."""
    rows = table(way, len(np.atleast_1d(np.asarray(start))), "A way")
    a, b = np.asarray(start, np.float64), np.asarray(middle, np.float64)
    if len(rows) < 40:
        raise Hint(f"{len(rows)} frames last less than a second; give it some seconds.")
    for row, where in ((rows[0], "begin"), (rows[-1], "end")):
        if np.abs(row - a).max() > 1e-3:
            raise Hint(f"It should {where} at the first sound.")
    nearest = float(np.abs(rows - b).max(axis=1).min())
    apart = float(np.abs(a - b).max())
    if nearest > 0.1 * apart:
        raise Hint(f"It comes no nearer to the other sound than {nearest:.2f}; put that in the middle.")
    return f"There and back in {len(rows)} frames."


@exercise("session.explore.attributes.now has all of them by name; each has an r2.")
def check_best(name: object, attributes: dict[str, Attribute]) -> str:
    """Whether it is the attribute that is predicted best."""
    if not isinstance(name, str) or name not in attributes:
        raise Hint(f"Answer with one of {', '.join(attributes)}.")
    known = {key: a.r2 for key, a in attributes.items() if a.r2 is not None and np.isfinite(a.r2)}
    best = max(known, key=lambda key: known[key])
    if name != best:
        raise Hint(f"“{name}” has an R² of {known.get(name, float('nan')):.2f}; another one has more.")
    return f"“{best}”, with an R² of {known[best]:.2f} on sounds that were left out."
