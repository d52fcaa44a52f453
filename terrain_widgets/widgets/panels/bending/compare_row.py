"""A and B: the model's own sound and the bent one, equally loud."""

from __future__ import annotations

from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.patch_control import patch_control
from terrain_widgets.widgets.controls.boxes import Row


class CompareRow:
    """How far the bend goes, and the way between both sounds.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        compare = panel.session.stage.bending.compare
        self._amount = patch_control(panel, "bend.amount", "Amount")
        self._level = patch_control(panel, "bend.level", "Level")
        bending = panel.session.stage.bending

        def bent() -> bool:
            return len(bending.bend.steps) > 0

        buttons = panel.offers(
            Action(
                "hear-own",
                "A: own",
                "Hear the model's own sound; its edits are kept",
                lambda: compare.hear(False),
                enabled=bent,
                icon="play",
            ),
            Action(
                "hear-bent",
                "B: bent",
                "Hear the bent sound at the amount that it had",
                lambda: compare.hear(True),
                enabled=bent,
                icon="random",
            ),
            Action(
                "match",
                "Equally loud",
                "Set the level so that both are alike",
                compare.match,
                enabled=bent,
                icon="balance-scale",
            ),
        )
        self.rows = (Row([self._amount, self._level]), Row(buttons))
