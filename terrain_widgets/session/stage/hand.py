"""The hand: whatever a gesture comes from, one place decides whether it may sound, and why it does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from numpy.typing import ArrayLike

from terrain_widgets.core.stylus import StylusMapping
from terrain_widgets.session.notices.silence import Silence
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.stage.source_selector import SourceSelector
from terrain_widgets.session.stage.stylus import Stylus

_LOOK_SECONDS = 0.5  # between two looks at whether the engine still lives: a gesture must cost nothing


class Hand:
    """Plays the mapping that is chosen, by gestures of any kind.

    Args:
        sound: The engine, which gets the gestures.
        sources: Which mapping plays.
        stylus: What pressure does.
    """

    def __init__(self, sound: Sound, sources: SourceSelector, stylus: Stylus) -> None:
        self._sound, self._sources, self._stylus = sound, sources, stylus
        self._looked = 0.0
        self._listeners: list[Callable[[ArrayLike, bool], None]] = []

    def on_move(self, listener: Callable[[ArrayLike, bool], None]) -> None:
        """Call this with each place ``[C]`` to which the first hand moves, and whether it is down there."""
        self._listeners.append(listener)

    def __repr__(self) -> str:
        silence = self.silence()
        return f"Hand({'heard' if silence is None else silence.value})"

    def move(
        self, place: ArrayLike, on: bool = True, pressure: float = 1.0, *, hand: int = 0, played: bool = False
    ) -> Silence | None:
        """Play at a place, or fall silent with ``on=False``. Returns at once, on any thread.

        Where there is nothing to play the engine hears nothing of it: without a mapping it would sound the same
        everywhere.

        Args:
            place: ``[C]`` in control units.
            on: Whether the hand is down.
            pressure: 0…1; how loud.
            hand: Which of several fingers, 0 to 7.
            played: Whether the page that felt it has played it itself.

        Returns:
            Why it is not heard, or ``None``; ``None`` too where the hand is up.
        """
        for listener in self._listeners if hand == 0 else ():
            listener(place, on)
        silence = self.silence()
        if not on or silence not in (Silence.NO_TERRAIN, Silence.NOTHING_PLAYS):
            self._sound.move(place, on, pressure, hand=hand, played=played)
        revived = self.look_after()
        return (revived or silence) if on else None

    def steer(
        self, place: ArrayLike, on: bool = True, pressure: float | None = None, *, played: bool = False
    ) -> Silence | None:
        """Play at a place on the plane, with what the stylus makes of the pressure; returns at once, on any thread.

        Args:
            place: ``[2]`` in control units.
            on: Whether it shall sound.
            pressure: 0…1; ``None`` where the device feels none: it is as loud as can be, and stays on the plane.
            played: As for ``move``.

        Returns:
            As ``move``.
        """
        shown = self._sources.shown
        dimensions = 2 if shown is None else shown.control_dim
        mapping = self._stylus.mapping
        if pressure is None and isinstance(mapping.pressure_to, int):
            mapping = StylusMapping("nothing")
        coordinates, gain = mapping(place, 1.0 if pressure is None else pressure, dimensions)
        return self.move(coordinates, on, gain, played=played)

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
