"""Checks of notebook 00: from sounds to a terrain, and one gesture over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from terrain_widgets.lessons.verdict import Hint, exercise, table

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session

_NEAR = 0.1  # control units: as near to a path as a hand comes without care


@exercise("Press “Play it for me” in the studio above, or take the # away in the three lines.")
def check_terrain(session: Session) -> str:
    """Whether there is a terrain to play."""
    if not session.sounds.encoded:
        raise Hint("No sound is encoded yet: press “Encode” under “Sounds”, or call session.encode(wait=True).")
    if not session.state.paths:
        raise Hint("No sound has a path yet: draw on the stage, press “Arrange for me”, or call session.arrange().")
    if session.stage.sources.shown is None:
        raise Hint("Nothing is trained yet: press “Train” under “Train”, or call session.train(wait=True).")
    names = [clip.name for clip in session.sounds.encoded]
    return f"{', '.join(names)}: {len(names)} sounds lie in one landscape. Turn the sound on and move over it."


@exercise("Give walk a line of places: np.linspace((-0.9, -0.9), (0.9, 0.9), 172) goes straight in four seconds.")
def check_walk(walk: object, session: Session) -> str:
    """Whether a walk of at least two seconds meets at least two sounds."""
    places = table(walk, 2, "A walk")
    if len(places) < 86:
        raise Hint(f"{len(places)} places last {len(places) / 43:.1f} seconds; take at least 86, which is two seconds.")
    if np.abs(places).max() > 1:
        raise Hint("The walk leaves the plane: keep x and y between -1 and 1.")
    met = []
    for clip in session.sounds.encoded:
        path = session.state.paths.get(clip.id)
        if path is not None:
            points = path.resampled(100).values
            if np.linalg.norm(places[:, None] - points[None], axis=-1).min() < _NEAR:
                met.append(clip.name)
    if len(met) < 2:
        raise Hint(
            f"The walk meets {met[0] if met else 'no sound'} only. Let it cross the plane from corner to corner."
        )
    return f"A walk of {len(places) / 43:.1f} seconds that passes {', '.join(met)}."
