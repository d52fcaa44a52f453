"""The smoothing of modulators: a ladder of four low-pass filters with resonance, at frame rate."""

from __future__ import annotations

import math

import numpy as np

from terrain_widgets.core.modulation.hashing import Floats

STAGES = 4
_HIGHEST = 0.45  # of the frame rate


class Ladder:
    """Four one-pole low-pass filters with feedback, without delay (V. Zavalishin, "The Art of VA Filter Design", 2012).

    The input is made larger by what the feedback takes, so that a steady value stays as it is.

    Args:
        smooth: ``[D]`` 0 to 100. 0 is no filter; then the cutoff falls from 50 to 1 Hz and the resonance rises, by
            Latent-Playground's curves.
        frame_rate: Frames per second.
    """

    def __init__(self, smooth: Floats, frame_rate: float) -> None:
        share = np.asarray(smooth, dtype=np.float64) / 100.0
        cutoff = np.minimum(50.0 - 49.0 * share**0.25, _HIGHEST * frame_rate)
        resonance = np.minimum(1.0, 4.0 * share**4)
        g = np.tan(math.pi * cutoff / frame_rate)
        self._gain = g / (1.0 + g)
        self._feedback = 4.0 * 23.5 * resonance / 24.5
        self._off = share <= 0.0

    def process(self, values: Floats, state: Floats) -> tuple[Floats, Floats]:
        """Smooth some frames.

        Args:
            values: ``[T, D]``.
            state: ``[4, D]`` from the frames before; zeros at a beginning.

        Returns:
            Smoothed values ``[T, D]``, and the state after each frame, ``[T, 4, D]``.
        """
        out, states = np.empty_like(values), np.zeros((len(values), *state.shape))
        if self._off.all():
            return values, states
        gain, feedback = self._gain, self._feedback
        rest = 1.0 - gain
        whole = 1.0 + feedback * gain**4
        for frame, given in enumerate(values):
            s1, s2, s3, s4 = state
            memory = rest * (((s1 * gain + s2) * gain + s3) * gain + s4)
            x = ((1.0 + feedback) * given - feedback * memory) / whole
            after = np.empty_like(state)
            for k in range(STAGES):
                v = gain * (x - state[k])
                x = v + state[k]
                after[k] = x + v
            state = np.where(self._off, 0.0, after)
            out[frame], states[frame] = x, state
        return np.where(self._off, values, out), states
