"""Numbers within a range: sliders, fields, and how far something is."""

from __future__ import annotations

import math
from typing import Any

import traitlets

from terrain_widgets.widgets.controls.item import Field, Item


class Ranged(Field):
    """A number, or two, kept from ``min`` to ``max``.

    Attributes:
        min: Smallest value.
        max: Largest value.
        step: What one press of an arrow key adds.
        integer: Whether only whole numbers make sense.
    """

    min = traitlets.Float(0.0).tag(page=True)
    max = traitlets.Float(1.0).tag(page=True)
    step = traitlets.Float(0.01).tag(page=True)
    integer = traitlets.Bool(False).tag(page=True)

    def said(self, name: str) -> Any:
        """The value of one of its traits; ``None`` for a limit or a value that is infinite, which JSON cannot say."""
        value = super().said(name)
        return None if isinstance(value, float) and not math.isfinite(value) else value

    def _kept(self, value: float) -> float:
        kept = min(max(value, self.min), max(self.min, self.max))
        return int(round(kept)) if self.integer else kept

    def _read_one(self, said: Any) -> float:
        if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
            raise ValueError(f"{self!r} is a number from {self.min:g} to {self.max:g}, not {said!r}")
        return self._kept(said)


class Number(Ranged):
    """One number; what is beyond the limits becomes the limit."""

    value = traitlets.Float(0.0).tag(page=True)

    def read(self, said: Any) -> float:
        """The number that a page says, within the limits.

        Raises:
            ValueError: If it says no finite number.
        """
        return self._read_one(said)

    @traitlets.validate("value")
    def _within(self, proposal: Any) -> float:
        return self._kept(proposal["value"])

    @traitlets.observe("min", "max")
    def _keep(self, _change: Any) -> None:
        self.value = self._kept(self.value)


class NumberField(Number):
    """A number to type; Enter, or leaving the field, sets it."""

    kind = "number"


class Slider(Number):
    """A number to drag, with a readout that can be typed in.

    Attributes:
        readout_format: ``".2f"`` for two decimals, ``"d"`` for whole numbers.
        curve: ``"linear"`` or ``"log"``: how it moves through its range.
        continuous_update: Whether the value follows a drag, or waits for its end.
    """

    kind = "slider"
    readout_format = traitlets.Unicode(".2f").tag(page=True)
    curve = traitlets.Enum(("linear", "log"), "linear").tag(page=True)
    continuous_update = traitlets.Bool(True).tag(page=True)


class RangeSlider(Ranged):
    """Two numbers to drag, the first never above the second.

    Attributes:
        value: Both.
        readout_format: As a slider's.
    """

    kind = "range"
    value = traitlets.Tuple(traitlets.Float(), traitlets.Float(), default_value=(0.0, 1.0)).tag(page=True)
    readout_format = traitlets.Unicode(".2f").tag(page=True)

    def read(self, said: Any) -> tuple[float, float]:
        """The two numbers that a page says, within the limits and in order.

        Raises:
            ValueError: If it does not say two finite numbers.
        """
        if not isinstance(said, list) or len(said) != 2:
            raise ValueError(f"{self!r} is two numbers, not {said!r}")
        low, high = sorted(map(self._read_one, said))
        return low, high

    @traitlets.validate("value")
    def _within(self, proposal: Any) -> tuple[float, float]:
        low, high = proposal["value"]
        if low > high:
            raise traitlets.TraitError(f"{self!r} goes from a lower to a higher number, not from {low:g} to {high:g}")
        return self._kept(low), self._kept(high)

    @traitlets.observe("min", "max")
    def _keep(self, _change: Any) -> None:
        low, high = self.value
        self.value = self._kept(low), self._kept(high)


class Progress(Item):
    """How far something is.

    Attributes:
        value: From 0 to 1.
        description: What it is of, for a screen reader.
    """

    kind = "progress"
    value = traitlets.Float(0.0).tag(page=True)
    description = traitlets.Unicode("Progress").tag(page=True)
