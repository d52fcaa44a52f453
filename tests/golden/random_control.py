"""Control maps by chance, and a hand that leads."""

from __future__ import annotations

from typing import Any

import numpy as np

from terrain_widgets.audio.assets import CONTROL, ControlAsset
from terrain_widgets.audio.control_map import GROUPS, ControlMap, MapPoint
from terrain_widgets.audio.parameters import POINT_METHODS
from terrain_widgets.audio.patch import Patch
from terrain_widgets.audio.update import Update
from tests.golden.random_modulators import random_modulators


def random_control_map(rng: np.random.Generator, dim: int) -> Update:
    """Another map of some places, by one of the methods."""
    places = rng.uniform(-1, 1, (int(rng.integers(3, 9)), 2))
    patches = [Patch(random_modulators(rng, dim)) for _ in places]
    points = tuple(MapPoint.of(place, patch) for place, patch in zip(places, patches, strict=True))
    groups = frozenset(rng.choice(list(GROUPS), int(rng.integers(2, 6)), replace=False).tolist()) | {"energy"}
    made = ControlMap(points, str(rng.choice(POINT_METHODS)), groups)
    return Update(assets={CONTROL: ControlAsset(made.fit(dim))})


def random_lead(rng: np.random.Generator, dim: int) -> Update:
    """The hand leads, or no longer; another place while it is up, another map, or none."""
    kind = int(rng.integers(5))
    if kind == 0:
        return random_control_map(rng, dim)
    if kind == 1:
        return Update(assets={CONTROL: None})
    changes: dict[str, Any] = {"control.leads": bool(rng.random() < 0.8)}
    if kind == 2:
        changes["control.place"] = tuple(rng.uniform(-1, 1, 2).tolist())
    return Update(changes | random_modulators(rng, dim) | {"modulators.amount": float(rng.uniform(0.5, 1.5))})
