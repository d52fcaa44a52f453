"""Touches that wait for a beat, as a pad's do where triggers are quantised."""

from __future__ import annotations

from dataclasses import replace

from terrain_widgets.audio.memory.control import Gesture, Touch


class WaitingTouches:
    """Holds a touch that waits back until the beat; what the hand did before goes on until then."""

    def __init__(self) -> None:
        self._let_in: dict[int, Touch] = {}  # by hand
        self._panics = 0

    def settle(self, gesture: Gesture, frames_to_beat: int) -> tuple[Gesture, bool]:
        """A gesture without touches that still wait, and whether there are any.

        Args:
            gesture: The newest. A panic lets everything in, so that nothing sounds after it by itself.
            frames_to_beat: Frames until the beat; 0 is now.
        """
        panic, self._panics = gesture.panics != self._panics, gesture.panics
        touches, waiting = list(gesture.touches), False
        for hand, touch in enumerate(gesture.touches):
            before = self._let_in.get(hand, Touch())
            if touch.waits and frames_to_beat > 0 and not panic and touch != before:
                touches[hand], waiting = before, True
            else:
                self._let_in[hand] = touch
        return (replace(gesture, touches=tuple(touches)) if waiting else gesture), waiting
