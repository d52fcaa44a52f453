"""Whether a sound gets more of something where its latents go along an attribute: what a regression cannot say."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.exploration.attributes import Attribute, fitted, left_out

FloatArray = NDArray[np.float32]

_SOUNDS, _FRAMES = 12, 60  # that are moved at most, and of each


def steered(
    name: str,
    latents: ArrayLike,
    values: ArrayLike,
    group: ArrayLike,
    hear: Callable[[FloatArray], ArrayLike],
    seed: int = 0,
) -> float:
    """The share of sounds that have more of a measure a step along its direction than a step back.

    The direction is found without the sound that is moved, as for the R² of ``measured``. A step is the standard
    deviation of the reading ``z·d``, and a sound has as much as the median of its frames. A sound that has none of it,
    such as the pitch of a drum, does not count.

    Args:
        name: Of the measure.
        latents: ``[N, D]`` of all frames.
        values: What was measured of each, ``[N]``; NaN where there is none.
        group: Which sound each is of, ``[N]``.
        hear: Decodes latents ``[T, D]`` and measures each frame, ``[T]``.
        seed: As for ``measured``.

    Returns:
        0…1; 0 where no sound counts.
    """
    table, wanted, of = np.asarray(latents, np.float32), np.asarray(values, np.float64), np.asarray(group)
    known = np.isfinite(wanted)
    sounds = np.unique(of[known])
    sounds = sounds[:: -(-len(sounds) // _SOUNDS)] if len(sounds) else sounds
    found = []
    for out in left_out(of, seed):
        learnt = known & ~out
        slope = fitted(table[learnt], wanted[learnt])[0] if learnt.sum() >= 2 else np.zeros(table.shape[1])
        if not np.linalg.norm(slope) > 0:
            continue
        along = Attribute(name, slope.astype(np.float32))
        step = float(along.read(table).std()) * along.direction
        for sound in np.intersect1d(sounds, of[out]):
            own = table[of == sound][:_FRAMES]
            found.append(_middle(hear(own + step)) > _middle(hear(own - step)))
    return float(np.mean(found)) if found else 0.0


def _middle(values: ArrayLike) -> float:
    """The median of what is known, NaN where nothing is."""
    row = np.asarray(values, np.float64)
    return float(np.median(row[np.isfinite(row)])) if np.isfinite(row).any() else float("nan")
