"""A and B: a terrain that was kept, and the one in training, by ear."""

from __future__ import annotations

from typing import Any

from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import button
from terrain_widgets.widgets.controls.choices import ToggleGroup
from terrain_widgets.widgets.controls.words import Words


class TerrainSwitch(Part):
    """Keep the terrain as A, go on, and change between A and B while they play.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._keep = button("Keep as A", "Keep the terrain as it is now, to compare what comes with it", "bookmark-o")
        self._side = ToggleGroup(
            options=[("A", "a"), ("B", "b")],
            value="b",
            tooltip="Which terrain is heard",
            tooltips=["Hear the terrain that was kept", "Hear the terrain as it is now"],
        )
        self._path = button("Same path", "Play the selected sound's path on A and B in turn, equally loud", "play")
        self._take = button("Back to A", "Go on with the terrain that was kept", "undo")
        self._words = Words(tone="quiet")
        self.children = (Row([self._keep, self._side, self._path, self._take]), self._words)
        compare = self.session.compare
        self.on_press(self._keep, compare.keep)
        self.on_press(self._path, self._play)
        self.on_press(self._take, lambda: compare.take("a"))
        self._side.observe(self._chosen, names="value")
        for trait in ("a", "b", "heard", "path"):
            self.listen(trait, self._refresh, compare)
        self.listen("shown", self._refresh, self.session.stage.sources)
        self._refresh()

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
        compare, trained = self.session.compare, self.session.stage.sources.latest("terrain") is not None
        kept = compare.a is not None
        self._keep.disabled = not trained
        for control in (self._side, self._path, self._take):
            control.visible = kept
        self._side.value = compare.heard
        self._path.description = "Stop path" if compare.path else "Same path"
        self._path.icon = "stop" if compare.path else "play"
        self._words.value = f"A: {compare.a.name}; you hear {compare.heard.upper()}." if kept else ""
