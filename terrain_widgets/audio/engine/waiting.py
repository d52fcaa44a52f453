"""What is set to happen on a beat: triggers, and playheads that begin or jump."""

from __future__ import annotations

import math

from terrain_widgets.audio.engine.beat_clock import BeatClock
from terrain_widgets.audio.patch import Changes, Patch
from terrain_widgets.core.parameter import Value

#: Words of a playhead that say where it begins.
_SEEK = ("seeks", "start")


class Waiting:
    """Changes that wait for the next beat or bar.

    Args:
        beats: The engine's beats.

    Attributes:
        every: Of how many beats changes wait for the next beginning; 0: for none.
    """

    def __init__(self, beats: BeatClock) -> None:
        self._beats = beats
        self._held: dict[str, Value | None] = {}
        self.every = 0.0

    def part(self, changes: Changes, wanted: Patch, present: Patch) -> dict[str, Value | None]:
        """What of some changes comes at once; the rest is held. A change that comes at once ends one that waits.

        Args:
            changes: What an update sets.
            wanted: The patch with all of them.
            present: The patch without them.
        """
        self.every = {"off": 0.0, "beat": 1.0, "bar": float(wanted["clock.beats"])}[wanted["clock.quantise"]]
        gone = tuple(f"{address}." for address, value in changes.items() if value is None)
        self._held = {a: v for a, v in self._held.items() if a not in changes and not a.startswith(gone or ("\0",))}
        if not self.every or "clock.start" in changes:
            now = {**self._held, **changes}
            self._held = {}
            return now
        heads = present.members("playheads")
        later = {address for address, value in changes.items() if _on_the_beat(address, value, heads)}
        self._held |= {address: changes[address] for address in changes if address in later}
        return {address: value for address, value in changes.items() if address not in later}

    @property
    def frames_left(self) -> float:
        """Frames until what waits is due; infinity where nothing does."""
        return self._beats.frames_until(self.every) if self._held else math.inf

    def take(self) -> dict[str, Value | None]:
        """What waits, which waits no more."""
        held, self._held = self._held, {}
        return held


def _on_the_beat(address: str, value: Value | None, heads: tuple[str, ...]) -> bool:
    if address == "modulators.triggers":
        return True
    group, _, rest = address.partition(".")
    name, _, word = rest.partition(".")
    return group == "playheads" and name in heads and (word in _SEEK or (word == "playing" and value is True))
