"""Pads: jump or glide to a stored point in a set time, as a drum pad triggers a sound."""

from __future__ import annotations

import threading
import time
from typing import Any, cast

import traitlets

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core.glide import Course
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.sound import Sound
from terrain_widgets.session.stage.patch_view import PatchView

GLIDE_SECONDS = PARAMETERS.number("pads.seconds")


class Pads(PatchView):
    """One pad for each point. A pad that is struck moves the hand there, and holds it until ``release``.

    What sounds on the way is whatever plays: the map between the points, or the terrain. The glide is the engine's own,
    frame by frame. Any other gesture, such as the pointer on the plane, takes over from it.

    Args:
        document: Whose points.
        sound: Whose hand.
    """

    seconds = traitlets.Float(GLIDE_SECONDS.default, min=GLIDE_SECONDS.low, max=GLIDE_SECONDS.high)
    course = traitlets.Enum(("eased", "even"), "eased", help="How a glide goes: see ``core.glide``.")
    held = traitlets.Unicode("", help="Id of the point that a pad holds or moves to, or nothing.")

    def __init__(self, document: Document, sound: Sound) -> None:
        super().__init__(document, seconds="pads.seconds", course="pads.course")
        self._sound = sound
        self._striking: int | None = None  # thread whose gesture is a pad's
        self._arrives = 0.0
        sound.observe(self._follow_hand, names="hand")

    def __repr__(self) -> str:
        points = self._document.state.points
        return f"Pads({len(points)} points, {self.seconds:g} s{', ' + self.held if self.held else ''})"

    def strike(self, pad: str | int, seconds: float | None = None, *, played: bool = False) -> None:
        """Go to a point and hold it. From wherever the hand is, in the middle of another glide too.

        With ``clock.quantise`` it begins with the next beat or bar.

        Args:
            pad: A point's id, or its number from 1.
            seconds: How long it takes; left out, ``self.seconds``. The first touch lands on the point at once.
            played: Whether an engine in the page has gone there already.

        Raises:
            KeyError: If there is no such point.
            ValueError: If the time is out of range.
        """
        points = self._document.state.points
        point = points.numbered(pad) if isinstance(pad, int) else points[pad]
        duration = GLIDE_SECONDS.check(self.seconds if seconds is None else seconds)
        hand = self._sound.hand
        if not hand.down or len(hand.place_or_origin) != len(point.control):
            duration = 0.0
        self._striking = threading.get_ident()
        try:
            course = cast(Course, self.course)
            self._sound.move(point.control, seconds=duration, course=course, played=played, waits=True)
        finally:
            self._striking = None
        self._arrives = time.monotonic() + duration
        self.held = point.id

    def release(self) -> None:
        """Lift the hand: silence, in the engine's own fade."""
        self._sound.lift(0)
        self.held = ""

    @property
    def gliding(self) -> bool:
        """Whether a pad is on its way, as far as the kernel's clock tells."""
        return bool(self.held) and time.monotonic() < self._arrives

    def _follow_hand(self, _change: Any) -> None:
        if self._striking != threading.get_ident():
            self.held = ""  # somebody else has the hand
