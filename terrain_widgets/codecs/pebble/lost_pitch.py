"""What is learnt of sounds without a pitch: any, so that the decoder makes them of noise."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

UNSURE = 0.05  # below this chance of the likeliest candidate the tracker goes by the neighbours, see pitch_path
LOST_PITCHES = (30.0, 96.0)  # MIDI note numbers between which the pitch of what has none is drawn


def any_pitch(curve: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
    """A pitch curve with every stretch of NaN filled by one pitch, drawn again for each stretch.

    What has no pitch is encoded with whatever tone was heard last. So that it sounds the same after any of them,
    training hears it with all of them, and the decoder learns to make it of noise.
    """
    gaps = np.isnan(curve)
    starts = np.flatnonzero(gaps & ~np.concatenate([[False], gaps[:-1]]))
    filled = curve.copy()
    for start in starts:
        length = int(np.argmin(np.concatenate([gaps[start:], [False]])))
        filled[start : start + length] = random.uniform(*LOST_PITCHES)
    return filled
