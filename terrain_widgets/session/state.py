"""What a user made: sounds and the paths drawn for them. Frozen, so that undo is a list of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from terrain_widgets.core.trajectory import SpatialTrajectory
from terrain_widgets.io.sound_files import Sound


@dataclass(frozen=True, eq=False)
class Clip:
    """A sound in the session, under an id that renaming does not change."""

    id: str
    sound: Sound

    @property
    def name(self) -> str:
        """What the user sees."""
        return self.sound.name


@dataclass(frozen=True, eq=False)
class SessionState:
    """All that undo goes back to.

    Args:
        clips: Sounds, in the user's order.
        paths: Drawn path by clip id.
    """

    clips: tuple[Clip, ...] = ()
    paths: Mapping[str, SpatialTrajectory] = field(default_factory=lambda: MappingProxyType({}))

    def clip(self, clip_id: str) -> Clip:
        """The clip of that id.

        Raises:
            KeyError: If there is none.
        """
        for clip in self.clips:
            if clip.id == clip_id:
                return clip
        raise KeyError(f"there is no clip {clip_id!r}; known: {', '.join(c.id for c in self.clips) or 'none'}")
