"""How latents move by themselves, by chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from terrain_widgets.core.modulation.basis import BASES
from terrain_widgets.core.modulation.shaping import MODES


def random_modulators(rng: np.random.Generator, dim: int) -> dict[str, Any]:
    """Some of how latents move by themselves, and now and then the tempo or a new beginning."""

    def chance(share: float) -> bool:
        return bool(rng.random() < share)

    def some(draw: Callable[[], Any]) -> Any:
        return tuple(draw() for _ in range(dim)) if chance(0.6) else draw()

    def choice(words: Sequence[str]) -> Any:
        return some(lambda: str(rng.choice(list(words))))

    def number(low: float, high: float) -> Any:
        return some(lambda: float(rng.uniform(low, high)))

    changes = {
        "modulators.on": some(lambda: chance(0.8)),
        "modulators.basis": choice(BASES),
        "modulators.seed": some(lambda: int(rng.integers(2**32))),
        "modulators.jump": number(-100, 100),
        "modulators.energy": number(-2, 2),
        "modulators.deviation": number(-1, 1),
        "modulators.mode": choice(MODES),
        "modulators.limit": number(0.3, 3),
        "modulators.smooth": number(0, 100),
        "modulators.loop_in": choice(("free", "seconds", "bars")),
        "modulators.loop": number(0.02, 0.4),
        "modulators.chaos": number(0, 1),
        "modulators.steps": tuple(rng.uniform(-1, 1, int(rng.integers(1, 9))).tolist()),
        "clock.tempo": float(rng.uniform(60, 200)),
        "clock.beats": int(rng.integers(1, 8)),
        "clock.quantise": str(rng.choice(["off", "beat", "bar"])),
        "modulators.triggers": int(rng.integers(1000)),
    }
    return {address: value for address, value in changes.items() if chance(0.5)}


_DEPTHS = {
    "hand.offset": 0.5,
    "hand.width": 0.5,
    "output.level": 0.5,
    "clip.wet": 0.5,
    "latents.scale": 0.3,
    "latents.offset": 0.6,
    "bend.amount": 0.5,
    "playheads.h0.speed": 1.0,
    "playheads.h1.gain": 0.5,
    "playheads.h2.shift": 4.0,
}


def random_movers(rng: np.random.Generator, *, all_of_them: bool = False) -> dict[str, Any]:
    """Some of how other numbers move by themselves; now and then one that goes, or comes for a playhead not there."""
    changes: dict[str, Any] = {}
    for target, depth in _DEPTHS.items():
        name = f"movers.{target.replace('.', '-')}"
        if not all_of_them and rng.random() < 0.7:
            continue
        if not all_of_them and rng.random() < 0.3:
            changes[name] = None
            continue
        many = target in ("hand.offset", "latents.offset") and rng.random() < 0.6
        changes |= {
            f"{name}.target": target,
            f"{name}.depth": float(rng.uniform(0.3, 1.0) * depth),
            f"{name}.basis": str(rng.choice(BASES)),
            f"{name}.along": tuple(rng.uniform(-1, 1, int(rng.integers(1, 4))).tolist()) if many else 1.0,
            f"{name}.jump": float(rng.uniform(-60, 60)),
            f"{name}.smooth": float(rng.choice([0.0, 30.0, 70.0])),
            f"{name}.loop_in": str(rng.choice(["free", "seconds", "bars"])),
            f"{name}.loop": float(rng.uniform(0.05, 0.5)),
            f"{name}.seed": int(rng.integers(2**32)),
            f"{name}.steps": (0.5, -1.0, 0.2),
        }
    if rng.random() < 0.3:
        changes["clock.quantise"] = str(rng.choice(["off", "beat", "bar"]))
        changes["clock.tempo"] = float(rng.uniform(100, 400))
    return changes
