"""One description of every number a user can set: range, default, unit and words, for core, widgets and files."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class ParameterSpec:
    """A named number and what it may be.

    Args:
        name: The name in code and files.
        default: Value where nobody chose one.
        low: Smallest allowed value.
        high: Largest allowed value.
        unit: Unit in words a user reads, or ``""``.
        description: One sentence for tooltips and docs.
        integer: Whether only whole numbers make sense.
        curve: ``"linear"`` or ``"log"``: how a slider should move through the range.
    """

    name: str
    default: float
    low: float
    high: float
    unit: str = ""
    description: str = ""
    integer: bool = False
    curve: str = "linear"

    def check(self, value: float) -> float:
        """The value, if it is a number within the range.

        Raises:
            ValueError: Naming what was given and the range.
        """
        kind = "a whole number" if self.integer else "a number"
        expected = f"{self.name} must be {kind} from {self.low:g} to {self.high:g}"
        if self.unit:
            expected += f" {self.unit}"
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValueError(f"{expected}, got {value!r}")
        if not math.isfinite(value) or not self.low <= value <= self.high or (self.integer and value != int(value)):
            raise ValueError(f"{expected}, got {value:g}")
        return int(value) if self.integer else float(value)
