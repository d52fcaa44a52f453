"""Where walks without end are after a while, as a table for the page's engine to be held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from terrain_widgets.core.exploration.endless_walk import EndlessWalk, Walker

WALKS = Path(__file__).with_name("walks.json")
FRAMES, EVERY, DIM = 4000, 37, 5


def walks() -> list[dict[str, Any]]:
    """Anywhere, to a target, within a range and near to latents: how each goes, and every 37th frame."""
    rng = np.random.default_rng(6)
    data = rng.normal(size=(60, DIM)).round(3).astype(np.float32)
    made = [
        EndlessWalk(data[0], 1, 10.77, momentum=0.8),
        EndlessWalk(data[1], 2**32 - 1, 3.5, 0.3, 2.0, 0.2, 0.7, target=data[2]),
        EndlessWalk(data[3], 3, 1.0, 1.2, low=data.min(axis=0), high=data.max(axis=0)),
        EndlessWalk(data[4], 4, 10.77, 1.0, near=data, radius=0.8),
    ]
    return [_told(walk) for walk in made]


def _told(walk: EndlessWalk) -> dict[str, Any]:
    config, arrays = walk.to_state()
    frames = Walker(walk).frames(0, FRAMES)[::EVERY]
    return {
        "config": config,
        "arrays": {name: np.round(array.astype(np.float64), 7).tolist() for name, array in arrays.items()},
        "frames": np.round(frames.astype(np.float64), 6).tolist(),
    }
