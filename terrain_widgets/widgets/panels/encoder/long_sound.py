"""What a panel offers for a sound that is too long to be taken without a question: a part, or all of it."""

from __future__ import annotations

from collections import deque

from terrain_widgets.io.sound_files import LONGEST_SECONDS, MAX_SECONDS, SoundTooLong, read_sound
from terrain_widgets.session.document.state import Clip
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.numbers import RangeSlider
from terrain_widgets.widgets.controls.words import Words


class LongSound(Part):
    """Hidden until a sound is too long; then its length, a part to choose, and three answers. One after the other.

    Args:
        panel: In which it stands; the sound goes to its session.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel, visible=False)
        self._waiting: deque[tuple[SoundTooLong, bytes]] = deque()
        self._line = Words()
        self._part = RangeSlider(
            min=0.0,
            max=MAX_SECONDS,
            value=(0.0, MAX_SECONDS),
            step=0.1,
            description="Part (s)",
            tooltip="Start and end of what is taken of this sound, in seconds",
            readout_format=".1f",
        )
        self.children = (self._line, self._part, Row(self.offers(*self._actions())))

    def _actions(self) -> list[Action]:
        def asked() -> bool:
            return len(self._waiting) > 0

        return [
            Action(
                "take-part",
                "Take this part",
                "Add only the part of the long sound that is between the two handles",
                lambda: self._taken(*self._part.value),
                offered=asked,
            ),
            Action(
                "take-all",
                "Take all of it",
                "Add the whole long sound; encoding it takes its time",
                lambda: self._taken(0.0, None),
                enabled=lambda: asked() and self._waiting[0][0].seconds <= LONGEST_SECONDS,
                offered=asked,
            ),
            Action("leave-out", "Leave it out", "Add nothing of the long sound", self._next, offered=asked),
        ]

    def ask(self, sound: SoundTooLong, content: bytes) -> str:
        """Ask about a sound, after those that wait; returns what to say meanwhile. On the UI thread."""
        self._waiting.append((sound, content))
        if len(self._waiting) == 1:
            self._show()
        self._say()
        return f"“{sound.name}” lasts {sound.seconds:.0f} s; choose below how much of it is taken."

    def _taken(self, start: float, end: float | None) -> None:
        sound, content = self._waiting[0]
        seconds = None if end is None else end - start
        read = read_sound(content, sound.name, LONGEST_SECONDS, start=start, seconds=seconds)
        clip: Clip = self.session.add_sound(read)
        self.session.document.select(clip.id)
        self._next()

    def _next(self) -> None:
        if self._waiting:
            self._waiting.popleft()
        self._show()

    def _show(self) -> None:
        self.visible = bool(self._waiting)
        self.offers.show()
        if not self._waiting:
            return
        sound, _ = self._waiting[0]
        self._part.max = sound.seconds
        self._part.value = (0.0, min(sound.seconds, MAX_SECONDS))
        self._say()

    def _say(self) -> None:
        sound, _ = self._waiting[0]
        more = f" {len(self._waiting) - 1} more wait." if len(self._waiting) > 1 else ""
        limit = ""
        if sound.seconds > LONGEST_SECONDS:
            limit = f" A session keeps sounds of up to {LONGEST_SECONDS / 60:.0f} minutes."
        self._line.value = f"“{sound.name}” lasts {sound.seconds:.0f} s. Take a part of it, or all?{limit}{more}"
