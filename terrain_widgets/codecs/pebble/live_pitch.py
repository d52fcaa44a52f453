"""Pitch while it sounds: what a frame says, and a memory of the frames before that one odd frame does not overrule."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.codecs.pebble.pitch import BINS_PER_SEMITONE, CANDIDATES, candidate_pitches, chances_of

FloatArray = NDArray[np.float32]
MEMORY = 0.7  # share of what the frames before say
PER_BIN, FARTHEST = 0.12 / BINS_PER_SEMITONE, 3.5  # nats that a move costs, as in ``pitch.pitch_path``


class LivePitch:
    """The likeliest pitch so far, frame by frame: the forward half of the search in ``pitch.pitch_path``."""

    def __init__(self) -> None:
        self._pitches = candidate_pitches()
        self.reset()

    def reset(self) -> None:
        """Nothing was heard yet: middle C."""
        self._total = -1e-4 * np.abs(self._pitches - 60.0)

    def next(self, scores: FloatArray, audible: bool) -> float:
        """The pitch of the next frame as a MIDI note number, refined between candidates.

        Args:
            scores: Logits ``[CANDIDATES]``.
            audible: Whether the frame is loud enough to be believed.
        """
        chances, evidence = chances_of(scores[None], np.array([audible]))
        # The best way to each candidate: along the axis either way, or a leap from the best of all.
        total = MEMORY * self._total
        ramp = PER_BIN * np.arange(CANDIDATES)
        below = np.maximum.accumulate(total + ramp) - ramp
        above = (np.maximum.accumulate((total - ramp)[::-1]))[::-1] + ramp
        total = np.maximum(np.maximum(below, above), total.max() - FARTHEST) + evidence[0]
        self._total = total - total.max()
        best = int(self._total.argmax())
        if not audible:
            return float(self._pitches[best])
        around = np.clip(best + np.arange(-2, 3), 0, CANDIDATES - 1)
        weights = chances[0, around].astype(np.float64) + 1e-6
        return float((weights * self._pitches[around]).sum() / weights.sum())
