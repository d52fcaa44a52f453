"""A and B: a terrain that was kept, and the one in training, by ear."""

from __future__ import annotations

from typing import Any

from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import ToggleGroup
from terrain_widgets.widgets.controls.words import Words


class TerrainSwitch(Part):
    """Keep the terrain as A, go on, and change between A and B while they play.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._side = ToggleGroup(
            options=[("A", "a"), ("B", "b")],
            value="b",
            tooltip="Which terrain is heard",
            tooltips=["Hear the terrain that was kept", "Hear the terrain as it is now"],
        )
        keep, path, take = self.offers(*self._actions())
        self._words = Words(tone="quiet")
        self.children = (Row([keep, self._side, path, take]), self._words)
        compare = self.session.compare
        self._side.observe(self._chosen, names="value")
        for trait in ("a", "b", "heard", "path"):
            self.listen(trait, self._refresh, compare)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self._refresh()

    def _actions(self) -> list[Action]:
        compare, sources = self.session.compare, self.session.stage.sources

        def kept() -> bool:
            return compare.a is not None

        return [
            Action(
                "keep-a",
                "Keep as A",
                "Keep the terrain as it is now, to compare what comes with it",
                compare.keep,
                enabled=lambda: sources.latest("terrain") is not None,
                icon="bookmark-o",
            ),
            Action(
                "same-path",
                "Same path",
                "Play the selected sound's path on A and B in turn, equally loud",
                self._play,
                offered=kept,
                face=lambda: Face("Stop path", "stop") if compare.path else Face("Same path", "play"),
            ),
            Action(
                "back-to-a",
                "Back to A",
                "Go on with the terrain that was kept",
                lambda: compare.take("a"),
                offered=kept,
                icon="undo",
            ),
        ]

    def _chosen(self, change: Any) -> None:
        if change["new"] != self.session.compare.heard:
            self.do(lambda: self.session.compare.hear(change["new"]))

    def _play(self) -> None:
        compare = self.session.compare
        if compare.path:
            compare.stop()
        elif (silence := self.session.stage.hand.silence()) is not None:
            self.explain(silence)
        else:
            compare.play(self.session.document.selected)

    def _refresh(self) -> None:
        compare = self.session.compare
        self._side.visible = compare.a is not None
        self._side.value = compare.heard
        self._words.value = "" if compare.a is None else f"A: {compare.a.name}; you hear {compare.heard.upper()}."
        self.offers.show()
