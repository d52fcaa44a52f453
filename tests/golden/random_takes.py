"""Takes that nobody played: random gestures, mappings, playheads and clips, the same for the same seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.assets import (
    MAPPING,
)
from terrain_widgets.audio.takes.take import Stroke, Take
from terrain_widgets.audio.update import Update
from terrain_widgets.core.points.point_map import Method
from tests.golden.golden_mosaic import golden_mosaic
from tests.golden.random_control import random_control_map
from tests.golden.random_modulators import random_modulators, random_movers
from tests.golden.random_score import LATENT_DIM, MOSAIC_THEMES, RATIO, SAMPLE_RATE, STREAM_THEMES, Score

FloatArray = NDArray[np.float32]

#: What a take is about; ``everything`` is all of it. A new one comes last: its place is a part of a take's seed.
THEMES = (
    "terrain",
    *(str(method) for method in Method),
    "latents",
    "playheads",
    "clip",
    "faults",
    "loud",
    "hands",
    "everything",
    "mosaic",
    "mosaic-hands",
    "map",
    "modulators",
    "bent",
    "glide",
    "movers",
    "lead",
    "stream",
    "stream-bent",
)


def random_take(seed: int, theme: str = "everything", seconds: float = 1.115, *, big: bool = False) -> Take:
    """A take of one theme.

    Args:
        seed: Another seed, another take.
        theme: One of ``THEMES``.
        seconds: Its length.
        big: Terrains of the usual size, instead of small ones that a repository can hold.
    """
    mosaic = golden_mosaic() if theme in MOSAIC_THEMES else None
    ratio, pool = (RATIO, None) if mosaic is None else (mosaic.info.ratio, mosaic.corpus.latents)
    frames = round(seconds * SAMPLE_RATE / ratio)
    score = Score(np.random.default_rng([seed, THEMES.index(theme)]), frames, big, ratio, pool)
    settings = Update(assets={MAPPING: score.mapping(theme)})
    if theme in ("playheads", "hands", "everything", "mosaic", "movers", *STREAM_THEMES):
        most = 15 if big and theme == "hands" and score.chance(0.3) else 3
        for k in range(int(score.rng.integers(1, most + 1))):
            settings = settings.then(score.playhead(f"h{k}", 0))
    if theme == "stream-bent":
        settings = settings.then(score.bend(of_stream=True))
    if theme == "modulators":
        settings = settings.then(Update(random_modulators(score.rng, LATENT_DIM) | {"modulators.energy": 1.5}))
    if theme == "lead":
        settings = settings.then(random_control_map(score.rng, LATENT_DIM)).then(Update({"control.leads": True}))
    if theme == "movers":
        settings = (
            settings.then(score.clip()).then(score.bend()).then(Update(random_movers(score.rng, all_of_them=True)))
        )
    if theme == "clip" or (pool is not None and score.chance(0.5)):
        settings = settings.then(score.clip())
    gain = 30.0 if theme == "loud" else 1.0
    strokes = [Stroke(0, float(score.chance(0.7)), gain)]
    updates: list[tuple[int, Update]] = []
    for frame in range(1, frames):
        if score.chance(0.12):
            updates.append((frame, score.change(theme, frame)))
        if score.chance(0.1):
            gate = float(score.rng.choice([0.0, 1.0, 1.0, 0.3]))
            level = gain * float(score.rng.choice([1.0, 1.0, 0.4]))
            strokes.append(Stroke(frame, gate, level, onset=score.chance(0.3), panic=score.chance(0.1)))
    walk = score.walk(frames)
    fingers: dict[int, FloatArray] = {}
    if theme in ("hands", "everything", "mosaic-hands"):
        fingers, more = score.fingers()
        strokes = sorted([*strokes, *more], key=lambda stroke: stroke.frame)
    name = "mosaic" if theme in MOSAIC_THEMES else "stream" if theme in STREAM_THEMES else "pebble"
    return Take(name, SAMPLE_RATE, ratio, 0, walk, tuple(strokes), settings, tuple(updates), fingers=fingers)
