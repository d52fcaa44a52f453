"""What modulators give over minutes, as a table for the page's engine to be held to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from terrain_widgets.audio.engine.latents.modulator_settings import ModulatorSettings
from terrain_widgets.audio.engine.latents.modulators import Modulators
from terrain_widgets.audio.engine.resolution import modulator_settings
from terrain_widgets.audio.patch import Patch
from terrain_widgets.core.modulation.basis import BASES
from terrain_widgets.core.modulation.shaping import MODES
from tests.golden.random_score import RATIO, SAMPLE_RATE

MOVEMENTS = Path(__file__).with_name("modulations.json")
FRAMES, EVERY, DIM = 2500, 31, len(BASES)


def settings(values: dict[str, Any]) -> ModulatorSettings:
    """For as many latents as there are bases."""
    return modulator_settings(Patch({f"modulators.{word}": value for word, value in values.items()}), DIM)


def modulations() -> list[dict[str, Any]]:
    """Every basis with every mode, speeds, smoothness and loops of all kinds: values, and every 31st frame."""
    rng = np.random.default_rng(5)
    tables = []
    for k, mode in enumerate(MODES):
        values: dict[str, Any] = {
            "basis": BASES,
            "seed": tuple(int(seed) for seed in rng.integers(2**32, size=DIM)),
            "jump": tuple(rng.uniform(-100, 100, DIM).round(3).tolist()),
            "energy": 2.7,
            "deviation": tuple(rng.uniform(-2, 2, DIM).round(3).tolist()),
            "mode": mode,
            "limit": 1.5,
            "smooth": (0.0, 10.0, 50.0, 95.0)[k],
            "loop_in": ("free", "seconds", "bars", "free")[k],
            "loop": tuple(rng.uniform(0.1, 4.0, DIM).round(3).tolist()),
            "chaos": 0.7,
            "steps": (0.0, 1.0, -0.5),
        }
        moved = Modulators(settings(values), SAMPLE_RATE / RATIO).process(FRAMES)
        assert moved is not None
        tables.append({"values": values, "frames": np.round(moved[::EVERY].astype(np.float64), 7).tolist()})
    return tables
