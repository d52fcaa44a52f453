"""What sounds between the points of the map: the nearest one, or a blend of a few."""

from __future__ import annotations

from contextlib import ExitStack

from terrain_widgets.core.exploration.blending import NEIGHBOURS, POWER
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import ToggleGroup
from terrain_widgets.widgets.controls.numbers import NumberField


class BetweenPart(Part):
    """Snap or blend; of a blend, how many points and how fast their weights fall.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._source = self.session.stage.map
        self.snap = ToggleGroup(
            [("Blend", False), ("Snap", True)],
            description="Between points",
            tooltips=["A blend of the nearest points", "The nearest point alone"],
        )
        self.neighbours = NumberField(
            value=NEIGHBOURS.default, min=2, max=NEIGHBOURS.high, step=1, integer=True, description="of",
            tooltip="How many of the nearest points are blended",
        )  # fmt: skip
        self.power = NumberField(
            value=POWER.default, min=POWER.low, max=POWER.high, step=0.5, description="Power", tooltip=POWER.description
        )
        self.children = (Row([self.snap, self.neighbours, self.power]),)
        for control in (self.snap, self.neighbours, self.power):
            control.observe(lambda _change: self.do(self._choose), names="value")
        for trait in ("neighbours", "power"):
            self.listen(trait, self._show, self._source)
        self._show()

    def _choose(self) -> None:
        wanted = (1, self._source.power) if self.snap.value else (int(self.neighbours.value), self.power.value)
        if (self._source.neighbours, self._source.power) != wanted:
            self._source.blend(*wanted)

    def _show(self) -> None:
        source = self._source
        with ExitStack() as together:  # or each would be taken for a choice that the others contradict
            for control in (self.snap, self.neighbours, self.power):
                together.enter_context(control.hold_trait_notifications())
            self.snap.value = source.neighbours == 1
            self.power.value = source.power
            if source.neighbours > 1:
                self.neighbours.value = source.neighbours
        self.neighbours.visible = self.power.visible = source.neighbours > 1
