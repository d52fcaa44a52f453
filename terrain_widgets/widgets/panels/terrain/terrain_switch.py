"""A and B: a terrain that was kept, and the one in training, by ear."""

from __future__ import annotations

from typing import Any, Unpack

import ipywidgets

from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.panel import Panel, PanelOptions, button
from terrain_widgets.widgets.base.text_line import TextLine


class TerrainSwitch(Panel):
    """Keep the terrain as A, go on, and change between A and B while they play.

    Args:
        session: Whose terrains.
        area: Which of the session's notices says what goes wrong; the panel around it shows them.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session, area: str, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, area, "", **options)
        self._keep = button("Keep as A", "Keep the terrain as it is now, to compare what comes with it", "bookmark-o")
        self._side = ipywidgets.ToggleButtons(
            options=[("A", "a"), ("B", "b")],
            value="b",
            tooltips=["Hear the terrain that was kept", "Hear the terrain as it is now"],
            style={"button_width": "40px"},
            layout={"width": "auto"},
        )
        self._path = button("Same path", "Play the selected sound's path on A and B in turn, equally loud", "play")
        self._take = button("Back to A", "Go on with the terrain that was kept", "undo")
        self._words = TextLine()
        self.children = [
            ipywidgets.HBox([self._keep, self._side, self._path, self._take], layout={"flex_flow": "row wrap"}),
            self._words,
        ]
        compare = session.compare
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
            control.layout.display = "" if kept else "none"
        self._side.value = compare.heard
        self._path.description = "Stop path" if compare.path else "Same path"
        self._path.icon = "stop" if compare.path else "play"
        self._words.value = f"A: {compare.a.name}; you hear {compare.heard.upper()}." if kept else ""
