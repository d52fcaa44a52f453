"""Checks of notebook 09: a morph, a measured attribute, and a reconstruction."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from terrain_widgets.core.exploration.attributes import Attribute
from terrain_widgets.lessons.verdict import Hint, exercise, table


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


@exercise('compared.errors has both errors by name, "codec" and "terrain"; the plane costs their difference.')
def check_cost(cost: object, errors: Mapping[str, float]) -> str:
    """Whether it is what the plane costs beyond the codec, in dB."""
    if not isinstance(cost, (int, float)) or isinstance(cost, bool):
        raise Hint("Answer with a number of dB.")
    if "terrain" not in errors:
        raise Hint("Nothing played when it was reconstructed: call explore.map.play() before.")
    right = errors["terrain"] - errors["codec"]
    if abs(cost + right) < 0.05:
        raise Hint("The other way round: the error after the terrain less the codec's.")
    if abs(cost - right) > 0.05:
        raise Hint(f"The codec alone errs by {errors['codec']:.1f} dB, so that much is not the plane's.")
    return f"{right:.1f} dB on top of the codec's {errors['codec']:.1f}."
