"""Hands as the render loop plays them: gestures from the kernel to what the engine takes with a block."""

from __future__ import annotations

from dataclasses import replace

from terrain_widgets.audio.engine.engine import Engine
from terrain_widgets.audio.engine.sources.hand import HandBlock
from terrain_widgets.audio.engine.sources.hand_motion import HandMotion
from terrain_widgets.audio.memory.control import Gesture, Touch

_SMALLEST_LEVEL = 1e-4  # 0 is "up" to the engine, and the lightest pressure is still a hand that is down


def level(touch: Touch) -> float:
    """At which a touch sounds: 0 where it is up."""
    return max(_SMALLEST_LEVEL, min(1.0, touch.pressure)) if touch.gate else 0.0


class PlayedHand:
    """Keeps count of one hand's touches and glides.

    Args:
        engine: That plays it.
        number: Of the hand, from 0.
    """

    def __init__(self, engine: Engine, number: int) -> None:
        self.number = number
        self._engine = engine
        self._motion = HandMotion(engine.info.frame_rate)
        self._onsets = 0
        self._down = False

    def begin(self, touch: Touch) -> None:
        """Where it was before the first block; a hand that is down already counts as coming down now."""
        self._onsets = touch.onsets - int(touch.gate)
        self._motion.end_glide(touch.glides)

    def plays(self, touch: Touch) -> bool:
        """Whether the engine has to know of it; of the first hand always."""
        return self.number == 0 or touch.gate or self._engine.hand_sounds(self.number)

    def take(self, touch: Touch, panic: bool) -> bool:
        """The newest touch before a block; returns whether it has been up between two blocks, and is down again.

        A hand that was down when panic came has to lift first.
        """
        onset = touch.onsets != self._onsets and not panic
        self._onsets = touch.onsets
        if onset:
            self._engine.retrigger(self.number)
        if touch.seconds > 0.0 and touch.gate and self._down and not onset:
            dim = self._engine.mapping.control_dim
            self._motion.glide(touch.coordinates, touch.seconds, touch.course, touch.glides, dim)
        else:
            self._motion.end_glide(touch.glides)
        self._down = touch.gate
        return onset

    def block(self, touch: Touch, frames: int) -> HandBlock:
        """What it does in so many frames."""
        landing = not self._engine.hand_sounds(self.number)
        dim = self._engine.mapping.control_dim
        return HandBlock(self._motion.places(touch.coordinates, frames, dim, landing), level(touch))


class WaitingTouches:
    """Holds a touch that waits back until the beat, as a pad's; what the hand did before goes on until then."""

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
