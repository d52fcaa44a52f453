"""What a hand's motion gives, frame by frame, as a table for the page's engine to be held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from terrain_widgets.audio.engine.sources.hand_motion import HandMotion
from tests.golden.random_score import COURSES, RATIO, SAMPLE_RATE

TABLE = Path(__file__).with_name("hand_motions.json")


def hand_motions(frames: int = 120) -> list[dict[str, Any]]:
    """Random gestures, glides that go on and glides that are cut short, other dimensions: each with its place."""
    rng = np.random.default_rng(3)
    motion = HandMotion(SAMPLE_RATE / RATIO)
    rows: list[dict[str, Any]] = []
    target, number, course, seconds, dim = [0.0, 0.0], 0, COURSES[0], 0.0, 2
    for _ in range(frames):
        if rng.random() < 0.3:
            target = [None if rng.random() < 0.1 else float(x) for x in rng.uniform(-1, 1, 2).round(3)]
            seconds = float(rng.choice([0.0, 0.05, 0.2, 1.0]))
            number, course = number + int(seconds > 0.0), COURSES[int(rng.integers(2))]
        if rng.random() < 0.03:
            dim = int(rng.choice([1, 2, 3]))
        given = tuple(np.nan if x is None else x for x in target)
        if seconds > 0.0:
            motion.glide(given, seconds, course, number, dim)
        else:
            motion.end_glide(number)
        place = motion.places(given, 1, dim, landing=False)[0].tolist()
        gesture = {"target": target, "seconds": seconds, "course": course, "number": number, "dim": dim}
        rows.append({**gesture, "place": place})
    return rows
