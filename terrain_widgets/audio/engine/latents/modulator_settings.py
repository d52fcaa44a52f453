"""How each latent's modulator is set, as numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from terrain_widgets.core.modulation.hashing import Floats, Words, seeds
from terrain_widgets.core.modulation.shaping import curved, stretched, units_per_second

_MOST_STEPS = 64


@dataclass(frozen=True, eq=False)
class ModulatorSettings:
    """One modulator for each latent: ``m = curve(energy) · basis + curve(deviation)``, bounded, then smoothed.

    Energy and deviation are those of the patch times its ``modulators.amount``.

    Args:
        on: ``[D]`` whether it moves.
        basis: D names.
        seed: ``[D]``.
        rate: ``[D]`` cells of noise, or free cycles, per second.
        energy: ``[D]`` factor.
        deviation: ``[D]`` what is added to it.
        mode: D names of what happens at the limit.
        limit: ``[D]``.
        smooth: ``[D]`` 0 to 100.
        seconds: ``[D]`` length of the loop; 0 does not loop.
        steps: D rows of values, of the basis ``steps``.
    """

    on: np.ndarray[Any, np.dtype[np.bool_]]
    basis: tuple[str, ...]
    seed: Words
    rate: Floats
    energy: Floats
    deviation: Floats
    mode: tuple[str, ...]
    limit: Floats
    smooth: Floats
    seconds: Floats
    steps: tuple[tuple[float, ...], ...]

    @property
    def moves(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """``[D]`` which are changed at all."""
        found: np.ndarray[Any, np.dtype[np.bool_]] = self.on & ((self.energy != 0.0) | (self.deviation != 0.0))
        return found

    @property
    def moving(self) -> bool:
        """Whether any latent is changed at all."""
        return bool(self.moves.any())

    @property
    def looped(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """``[D]`` which begin again after a time."""
        return self.seconds > 0.0

    def one(self, k: int) -> ModulatorSettings:
        """Those of one of them."""
        return ModulatorSettings(**{field.name: getattr(self, field.name)[k : k + 1] for field in fields(self)})

    @classmethod
    def joined(cls, parts: Sequence[ModulatorSettings]) -> ModulatorSettings:
        """Those of some, one after the other."""

        def one(name: str) -> Any:
            values = [getattr(part, name) for part in parts]
            return sum(values, ()) if isinstance(values[0], tuple) else np.concatenate(values)

        return cls(**{field.name: one(field.name) for field in fields(cls)})

    @classmethod
    def of(cls, dim: int, values: dict[str, Any], bar: float) -> ModulatorSettings:
        """From a patch's values, one for all latents or one for each.

        Args:
            dim: D.
            values: Values of the parameters ``modulators.*`` by their last word.
            bar: Seconds of a bar.

        Raises:
            ValueError: If a value has neither one number nor D.
        """

        def each(word: str) -> list[Any]:
            given = values[word]
            many = list(given) if isinstance(given, tuple) else [given]
            if len(many) not in (1, dim):
                raise ValueError(
                    f"modulators.{word} needs one value or {dim} (one per latent dimension), got {len(many)}"
                )
            return many * dim if len(many) == 1 else many

        def numbers(word: str) -> Floats:
            return np.array(each(word), dtype=np.float64)

        seed = seeds(values["seed"] if isinstance(values["seed"], tuple) else values["seed"] + np.arange(dim))
        if len(seed) != dim:
            each("seed")
        unit = np.array([{"free": 0.0, "seconds": 1.0, "bars": bar}[name] for name in each("loop_in")])
        steps = values["steps"] if isinstance(values["steps"], Sequence) else (values["steps"],)
        if not 1 <= len(steps) <= _MOST_STEPS:
            raise ValueError(f"modulators.steps are 1 to {_MOST_STEPS} values, got {len(steps)}")
        return cls(
            on=np.array(each("on"), dtype=bool),
            basis=tuple(each("basis")),
            seed=seed,
            rate=units_per_second(numbers("jump")),
            energy=values["amount"] * curved(numbers("energy")),
            deviation=values["amount"] * curved(numbers("deviation")),
            mode=tuple(each("mode")),
            limit=numbers("limit"),
            smooth=numbers("smooth"),
            seconds=stretched(numbers("loop") * unit, numbers("chaos"), seed),
            steps=(tuple(float(step) for step in steps),) * dim,
        )
