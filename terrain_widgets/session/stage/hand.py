"""The hand: whatever a gesture comes from, one place decides whether it may sound, and why it does not."""

from __future__ import annotations

import threading
import time
from enum import StrEnum

from numpy.typing import ArrayLike

from terrain_widgets.session.sound import Sound
from terrain_widgets.session.stage.source_selector import SourceSelector

_LOOK_SECONDS = 0.5  # between two looks at whether the engine still lives: a gesture must cost nothing


class Silence(StrEnum):
    """Why a gesture is not heard: an event, which views put into words.

    ``NO_TERRAIN``: the terrain is what plays, and there is none. ``NOTHING_PLAYS``: points or sliders are what plays,
    and they have nothing yet. ``SOUND_OFF``: nobody listens. ``REVIVED``: the engine had died and is starting again.
    """

    NO_TERRAIN = "no_terrain"
    NOTHING_PLAYS = "nothing_plays"
    SOUND_OFF = "sound_off"
    REVIVED = "revived"


class Hand:
    """Plays the mapping that is chosen, by gestures of any kind.

    Args:
        sound: The engine, which gets the gestures.
        sources: Which mapping plays.
    """

    def __init__(self, sound: Sound, sources: SourceSelector) -> None:
        self._sound, self._sources = sound, sources
        self._looked = 0.0

    def __repr__(self) -> str:
        silence = self.silence()
        return f"Hand({'heard' if silence is None else silence.value})"

    def move(self, place: ArrayLike, on: bool = True, pressure: float = 1.0) -> Silence | None:
        """Play at a place, or fall silent with ``on=False``. Returns at once, on any thread.

        Where there is nothing to play the engine hears nothing of it: without a mapping it would sound the same
        everywhere.

        Args:
            place: ``[C]`` in control units.
            on: Whether the hand is down.
            pressure: 0…1; how loud.

        Returns:
            Why it is not heard, or ``None``; ``None`` too where the hand is up.
        """
        silence = self.silence()
        if not on or silence not in (Silence.NO_TERRAIN, Silence.NOTHING_PLAYS):
            self._sound.move(place, on, pressure)
        revived = self.look_after()
        return (revived or silence) if on else None

    def silence(self) -> Silence | None:
        """Why nothing would be heard now, or ``None``."""
        if self._sources.mapping is None:
            return Silence.NO_TERRAIN if self._sources.source == "terrain" else Silence.NOTHING_PLAYS
        if self._sound.engine is None or not self._sound.listening:
            return Silence.SOUND_OFF
        return None

    def look_after(self) -> Silence | None:
        """Start the engine again, in the background, if it has died; looks at most twice a second.

        Returns:
            ``REVIVED`` if it had died.
        """
        now, engine = time.monotonic(), self._sound.engine
        if engine is None or now - self._looked < _LOOK_SECONDS:
            return None
        self._looked = now
        if engine.status().alive:
            return None
        threading.Thread(target=self._sound.revive, name="terrain_widgets revive", daemon=True).start()
        return Silence.REVIVED
