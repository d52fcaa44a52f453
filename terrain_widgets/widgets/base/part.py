"""A part of a panel: controls that belong together, with what they do."""

from __future__ import annotations

from typing import Any

from terrain_widgets.widgets.base.offers import Offers
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.controls.boxes import Column


class Part(Column):
    """Controls below each other that share their panel's session, its notices and its end.

    Args:
        panel: In which it stands.
        **traits: First values of its traits.
    """

    def __init__(self, panel: Panel, **traits: Any) -> None:
        super().__init__(**traits)
        self.panel, self.session = panel, panel.session
        self.do, self.listen = panel.do, panel.listen
        self.say, self.explain = panel.say, panel.explain
        self.offers = Offers(panel.actions, panel.press)
