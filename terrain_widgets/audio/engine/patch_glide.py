"""The way from what is set to what a recalled preset sets, frame by frame."""

from __future__ import annotations

import math

from terrain_widgets.audio.between import Way, ways
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.core.parameter import Value


class PatchGlide:
    """Numbers on their way, each frame a step. What is set meanwhile is so at once, and glides no more."""

    def __init__(self) -> None:
        self._ways: dict[str, Way] = {}
        self._frames, self._done = 1, 0

    @property
    def active(self) -> bool:
        """Whether something is on its way."""
        return bool(self._ways)

    def begin(self, present: Patch, wanted: Patch, changes: Changes, frames: float) -> Patch:
        """Begin to glide; what glides already and is not set again takes the same time from here.

        Args:
            present: What plays.
            wanted: It with the changes.
            changes: What the update sets.
            frames: How long, rounded up.

        Returns:
            The wanted patch with what glides where it is now.
        """
        self.leave(changes)
        wanted = wanted.set({address: way.end for address, way in self._ways.items()})
        self._ways = dict(ways(present, wanted))
        self._frames, self._done = max(1, math.ceil(frames - 1e-9)), 0
        return wanted.set({address: way.start for address, way in self._ways.items()})

    def leave(self, changes: Changes) -> None:
        """These are set otherwise, or are gone with their whole member."""
        gone = tuple(f"{address}." for address, value in changes.items() if value is None)
        self._ways = {a: way for a, way in self._ways.items() if a not in changes and not a.startswith(gone or ("\0",))}

    def step(self) -> dict[str, Value]:
        """What the next frame changes."""
        self._done += 1
        if self._done >= self._frames:
            return self.finish()
        return {address: way.at(self._done / self._frames) for address, way in self._ways.items()}

    def finish(self) -> dict[str, Value]:
        """What changes where all of it is to be there at once."""
        ends = {address: way.end for address, way in self._ways.items()}
        self._ways = {}
        return ends
