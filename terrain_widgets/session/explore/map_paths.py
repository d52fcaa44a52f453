"""Paths of sounds as their points lie on a map."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.core.paths.pairing import PairingRule
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.state import SessionState


def timed_path(found: SoundMap, group: int, places: NDArray[np.float32]) -> SpatialTrajectory | None:
    """The way from one of a sound's points to the next, each at its own time in frames; ``None`` of a single place.

    Args:
        found: The map.
        group: Which of its sounds.
        places: Of all its points, ``[N, 2]`` in control units.
    """
    mine = np.flatnonzero(found.group == group)
    if len(mine) < 2:
        return None
    path = SpatialTrajectory(places[mine], times=found.frame[mine] + (found.frames[mine] - 1) / 2)
    return path if path.length > 0 else None


def with_paths(state: SessionState, paths: Mapping[str, SpatialTrajectory]) -> SessionState:
    """With these paths by clip id; frames lie on those with times by time, and on the others at equal distances."""
    drawn = commands.set_paths(state, paths)
    timed = {clip_id for clip_id, path in paths.items() if path.times is not None}
    for rule, ids in ((PairingRule.SPEED, timed), (PairingRule.STRETCH, set(paths) - timed)):
        keys = [drawing.id for drawing in drawn.drawings.values() if drawing.clip in ids]
        drawn = commands.set_rule(drawn, keys, rule)
    return drawn
