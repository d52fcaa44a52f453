"""A and B: the model's own sound and the bent one, equally loud."""

from __future__ import annotations

from terrain_widgets.widgets.base.actions import Action, Face
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

        def face(title: str, icon: str, hint: str, of_bent: bool) -> Face:
            heard = bent() and compare.bent is of_bent
            return Face(title, icon, "success" if heard else "", f"{hint}; this one is heard" if heard else hint)

        buttons = panel.offers(
            Action(
                "hear-own",
                "A: own",
                "Hear the model's own sound; its edits are kept",
                lambda: compare.hear(False),
                enabled=bent,
                face=lambda: face("A: own", "play", "Hear the model's own sound; its edits are kept", False),
            ),
            Action(
                "hear-bent",
                "B: bent",
                "Hear the bent sound at the amount that it had",
                lambda: compare.hear(True),
                enabled=bent,
                face=lambda: face("B: bent", "random", "Hear the bent sound at the amount that it had", True),
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
        self._heard, self._compare, self._show = compare.bent, compare, panel.offers.show
        panel.listen("patch", self._follow, panel.session.document)
        self.rows = (Row([self._amount, self._level]), Row(buttons))

    def _follow(self) -> None:
        if self._heard is not self._compare.bent:  # the patch changes with every move of any slider
            self._heard = self._compare.bent
            self._show()
