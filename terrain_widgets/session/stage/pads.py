"""Pads: jump or glide to a stored point in a set time, as a drum pad triggers a sound."""

from __future__ import annotations

import threading
import time
from typing import cast

import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.core.glide import Course, Glide
from terrain_widgets.core.parameter import Number
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.jobs.ticker import Ticker
from terrain_widgets.session.sound import HandPosition, Sound
from terrain_widgets.session.stage.patch_view import PatchView

GLIDE_SECONDS = cast(Number, PARAMETERS.at("pads.seconds"))
_PERIOD = 1 / 60  # seconds; the engine goes straight from place to place between two of these


class Pads(PatchView):
    """One pad for each point. A pad that is struck moves the hand there, and holds it until ``release``.

    What sounds on the way is whatever plays: the map between the points, or the terrain. Any other gesture, such as
    the pointer on the plane, takes over from a glide.

    Args:
        document: Whose points.
        sound: Whose hand.
    """

    seconds = traitlets.Float(GLIDE_SECONDS.default, min=GLIDE_SECONDS.low, max=GLIDE_SECONDS.high)
    course = traitlets.Enum(("eased", "even"), "eased", help="How a glide goes: see ``core.glide``.")
    held = traitlets.Unicode("", help="Id of the point that a pad holds or moves to, or nothing.")

    def __init__(self, document: Document, sound: Sound) -> None:
        super().__init__(document, seconds="pads.seconds", course="pads.course")
        self._sound, self._lock = sound, threading.Lock()
        self._glide: Glide | None = None
        self._began = 0.0
        self._hand: HandPosition | None = None  # as the last step left it: another one is somebody else's
        self._ticker = Ticker(_PERIOD, self._step, "terrain_widgets pads")

    def __repr__(self) -> str:
        points = self._document.state.points
        return f"Pads({len(points)} points, {self.seconds:g} s{', ' + self.held if self.held else ''})"

    def strike(self, pad: str | int, seconds: float | None = None) -> None:
        """Go to a point and hold it. From wherever the hand is, in the middle of another glide too.

        Args:
            pad: A point's id, or its number from 1.
            seconds: How long it takes; left out, ``self.seconds``. The first touch lands on the point at once.

        Raises:
            KeyError: If there is no such point.
            ValueError: If the time is out of range.
        """
        points = self._document.state.points
        point = points.numbered(pad) if isinstance(pad, int) else points[pad]
        duration = GLIDE_SECONDS.check(self.seconds if seconds is None else seconds)
        hand = self._sound.hand
        start: ArrayLike = point.control
        if hand.down and hand.place is not None and len(hand.place) == len(point.control):
            start = hand.place
        else:
            duration = 0.0
        with self._lock:
            self._glide = Glide(start, point.control, duration, cast(Course, self.course))
            self._began, self._hand = time.monotonic(), hand
        self.held = point.id
        self._ticker.start()

    def release(self) -> None:
        """Lift the hand: silence, in the engine's own fade."""
        self._ticker.stop()
        with self._lock:
            self._glide = None
        self.held = ""
        self._sound.lift()

    @property
    def gliding(self) -> bool:
        """Whether a pad is on its way."""
        return self._ticker.running

    def close(self) -> None:
        """End the clock."""
        self._ticker.close()

    def _step(self) -> bool:
        sound = self._sound
        with self._lock:
            glide, elapsed = self._glide, time.monotonic() - self._began
            if glide is None:
                return False
            if sound.hand is not self._hand:
                self._glide = None  # somebody else has the hand
            else:
                sound.move(glide.at(elapsed))
                self._hand = sound.hand
                if not glide.done(elapsed):
                    return True
                self._glide = None
                return False
        self.held = ""
        return False
