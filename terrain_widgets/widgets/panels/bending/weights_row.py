"""What is done to a layer's weights: sliders that are edits, and the order over which a curve is drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, get_args

from terrain_widgets.core.bending.distributions import DistributionName
from terrain_widgets.core.bending.edit import Edit
from terrain_widgets.core.bending.edits import (
    CHAOS,
    FACTOR,
    LIMIT,
    NOISE,
    SHARE,
    Distribution,
    Noise,
    Scale,
    ZeroSmallest,
)
from terrain_widgets.widgets.controls.boxes import Column, Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.item import Field
from terrain_widgets.widgets.controls.numbers import Slider


class WeightsRow:
    """Controls of one layer's weights.

    Args:
        change: Called with an edit and its gesture's name when a user has moved one of them.
        seed: Gives the number that is drawn by.
        ordered: Called when curves are drawn over another order.
    """

    def __init__(
        self, change: Callable[[Edit, str], object], seed: Callable[[], int], ordered: Callable[[], object]
    ) -> None:
        self._change, self._showing = change, False
        self.scale = Slider(value=1.0, min=FACTOR.low, max=FACTOR.high, description="Scale", tooltip=FACTOR.description)
        self.clip = Checkbox(description=f"Clip at ±{LIMIT:.0f}", tooltip="Scaled weights end there")
        self.noise = Slider(max=3.0, description="Noise", tooltip=NOISE.description)
        self.kind = Dropdown(get_args(DistributionName), description="Chaos of", tooltip="What the weights move to")
        self.chaos = Slider(description="Chaos", tooltip=CHAOS.description)
        self.zeros = Slider(description="Zero", tooltip=SHARE.description)
        self.order = Dropdown(
            [("smallest to largest", "sorted"), ("as in memory", "raw")],
            description="Draw over",
            tooltip="Which weight takes the beginning of a drawn curve, and which its end",
        )
        self.box = Column(
            [Row([self.scale, self.clip, self.noise]), Row([self.kind, self.chaos, self.zeros]), self.order]
        )
        for scales, gesture in ((self.scale, "scale"), (self.clip, "clip")):
            self._follow(scales, gesture, lambda: Scale(self.scale.value, self.clip.value))
        self._follow(self.noise, "noise", lambda: Noise(self.noise.value, seed()))
        self._follow(self.zeros, "zero", lambda: ZeroSmallest(self.zeros.value))
        for way, gesture in ((self.chaos, "chaos"), (self.kind, "kind")):
            self._follow(way, gesture, lambda: Distribution(self.kind.value, self.chaos.value, seed()))
        self.order.observe(lambda _change: ordered(), names="value")

    @property
    def raw(self) -> bool:
        """Whether curves are drawn over weights as they lie in memory."""
        return bool(self.order.value == "raw")

    def _follow(self, control: Field, gesture: str, edit: Callable[[], Edit]) -> None:
        def moved(_change: Any) -> None:
            idle = control is self.kind and not self.chaos.value
            if not self._showing and not idle:  # else it shows how the layer stands
                self._change(edit(), f"bend {gesture}")

        control.observe(moved, names="value")

    def show(self, last: Edit | None) -> None:
        """Show the newest of all edits, if it is one of the chosen layer."""
        self._showing = True
        try:
            scaled = last if isinstance(last, Scale) else Scale()
            self.scale.value, self.clip.value = scaled.factor, scaled.clipped
            self.noise.value = last.amount if isinstance(last, Noise) else 0.0
            self.zeros.value = last.share if isinstance(last, ZeroSmallest) else 0.0
            if isinstance(last, Distribution):
                self.kind.value, self.chaos.value = last.name, last.chaos
            else:
                self.chaos.value = 0.0
        finally:
            self._showing = False

    def enable(self, on: bool) -> None:
        """Whether there is anything to change."""
        for control in (self.scale, self.clip, self.noise, self.kind, self.chaos, self.zeros, self.order):
            control.disabled = not on
