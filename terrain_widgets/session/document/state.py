"""What a user made: sounds, paths, labelled points, and the patch. Frozen, so that undo is a list of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.control_map import ControlMap
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.preset import Preset
from terrain_widgets.core.bending.bend import Bend
from terrain_widgets.core.exploration.explored import Explored
from terrain_widgets.core.paths.drawing import Drawing
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.core.points.points import PointSet
from terrain_widgets.io.sound_files import Sound


@dataclass(frozen=True, eq=False)
class Clip:
    """A sound in the session, under an id that renaming does not change.

    Args:
        id: Its own, and never another clip's.
        sound: What is encoded.
        title: What the user calls it; the sound's own name if empty.
        whole: The sound that ``sound`` was cut from; itself if left out.
        start: Seconds of ``whole`` at which ``sound`` begins.
        colour: Number of its colour, as ``sound_colour`` takes it; it stays when other sounds come, go or move.
    """

    id: str
    sound: Sound
    title: str = ""
    whole: Sound | None = None
    start: float = 0.0
    colour: int = 0

    @property
    def name(self) -> str:
        """What the user sees."""
        return self.title or self.sound.name

    @property
    def uncut(self) -> Sound:
        """The sound as it was added."""
        return self.sound if self.whole is None else self.whole

    @property
    def end(self) -> float:
        """Seconds of ``uncut`` at which ``sound`` ends."""
        return self.start + self.sound.duration


@dataclass(frozen=True, eq=False)
class SessionState:
    """What was made.

    Args:
        clips: Sounds, in the user's order.
        drawings: Drawn paths by id, in the order in which they were drawn; a clip lies on one of them at most.
        points: Labelled points, for point-by-point steering.
        free_paths: Paths of playheads that no sound lies on, ``[P, 2]`` in control units by name.
        bend: Edits of the model's weights.
        sent_bend: Of these what is heard; ``None`` where all are, as they are made.
        explored: The map of sounds, ways, attributes and latent presets.
        presets: All that is set of how it plays, under names.
        control_map: How modulators are set at some places.
    """

    clips: tuple[Clip, ...] = ()
    drawings: Mapping[str, Drawing] = field(default_factory=lambda: MappingProxyType({}))
    points: PointSet = field(default_factory=PointSet)
    free_paths: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    bend: Bend = field(default_factory=Bend)
    sent_bend: Bend | None = None
    explored: Explored = field(default_factory=Explored)
    presets: Mapping[str, Preset] = field(default_factory=lambda: MappingProxyType({}))
    control_map: ControlMap = field(default_factory=ControlMap)

    @cached_property
    def paths(self) -> Mapping[str, SpatialTrajectory]:
        """Drawn path by clip id: the pairing table. Muted ones are in it too."""
        return MappingProxyType({d.clip: d.path for d in self.drawings.values() if d.clip is not None})

    @property
    def heard_bend(self) -> Bend:
        """The edits that are heard."""
        return self.bend if self.sent_bend is None else self.sent_bend

    def bent_by(self, bend: Bend) -> SessionState:
        """With these edits, heard at once."""
        return replace(self, bend=bend, sent_bend=None if self.sent_bend is None else bend)

    def clip(self, clip_id: str) -> Clip:
        """The clip of that id.

        Raises:
            KeyError: If there is none.
        """
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(f"there is no clip {clip_id!r}; known: {', '.join(c.id for c in self.clips) or 'none'}")

    def drawing(self, drawing_id: str) -> Drawing:
        """The drawn path of that id.

        Raises:
            KeyError: If there is none.
        """
        if drawing_id not in self.drawings:
            raise KeyError(f"there is no path {drawing_id!r}; known: {', '.join(self.drawings) or 'none'}")
        return self.drawings[drawing_id]

    def drawing_of(self, clip_id: str) -> Drawing | None:
        """The drawn path that a clip lies on, or ``None``."""
        return next((drawing for drawing in self.drawings.values() if drawing.clip == clip_id), None)

    def fresh_ids(self, count: int) -> list[str]:
        """Ids that no drawn path has: above the highest number."""
        numbers = [int(key[1:]) for key in self.drawings if key[:1] == "p" and key[1:].isdecimal()]
        highest = max(numbers, default=0)
        return [f"p{highest + 1 + k}" for k in range(count)]


@dataclass(frozen=True)
class Snapshot:
    """All that undo goes back to.

    Args:
        state: What was made.
        patch: What is set of how it plays.
    """

    state: SessionState = field(default_factory=SessionState)
    patch: Patch = field(default_factory=Patch)
