"""A and B: the model's own sound and the bent one, equally loud."""

from __future__ import annotations

from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.patch_control import patch_control
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import button


class CompareRow:
    """How far the bend goes, and the way between both sounds.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        compare = panel.session.stage.bending.compare
        self._amount = patch_control(panel, "bend.amount", "Amount")
        self._level = patch_control(panel, "bend.level", "Level")
        self.own = button("A: own", "Hear the model's own sound; its edits are kept", "play")
        self.bent = button("B: bent", "Hear the bent sound at the amount that it had", "random")
        self.match = button("Equally loud", "Set the level so that both are alike", "balance-scale")
        self.rows = (Row([self._amount, self._level]), Row([self.own, self.bent, self.match]))
        panel.on_press(self.own, lambda: compare.hear(False))
        panel.on_press(self.bent, lambda: compare.hear(True))
        panel.on_press(self.match, compare.match)

    def show(self, bent: bool) -> None:
        """Whether there are two sounds to compare."""
        for control in (self.own, self.bent, self.match):
            control.disabled = not bent
