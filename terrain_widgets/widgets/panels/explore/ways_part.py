"""Morphs, walks and variations: from the point under the pointer, heard as latents that run by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from terrain_widgets.core.exploration.variations import DEVIATION
from terrain_widgets.core.exploration.walk import MOMENTUM, PULL, STEP
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Button, Checkbox, button
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import NumberField, Slider
from terrain_widgets.widgets.controls.words import Words


class WaysPart(Part):
    """A and B, a morph between them, a walk from A, variations of A, and what there is to play.

    Args:
        panel: In which it stands.
        meant: Gives the number of the point of the map that the pointer was at last, or -1.
    """

    def __init__(self, panel: Panel, meant: Callable[[], int]) -> None:
        super().__init__(panel)
        self._meant = meant
        self._ways = self.session.explore.ways
        self._ends: dict[str, tuple[str, Any]] = {}
        self._a = button("A is the selected sound", "A morph and a walk begin at its mean latents")
        self._b = button("B is the selected sound", "A morph ends at its mean latents")
        self._said = Words(tone="quiet")
        self._seconds = NumberField(value=5.0, min=0.1, max=120.0, step=0.5, description="Seconds", tooltip="How long")
        self._morph = button("Morph", "From A to B on an arc, frame by frame", "exchange")
        self._walk = button("Walk", "A random walk from A that stays near the sounds", "random")
        self._step = Slider(
            value=STEP.default, min=0.05, max=3.0, step=0.05, description="Step", tooltip=STEP.description
        )
        self._momentum = Slider(
            value=MOMENTUM.default, min=0.0, max=1.0, description="Momentum", tooltip=MOMENTUM.description
        )
        self._pull = Slider(value=PULL.default, min=0.0, max=1.0, description="Pull", tooltip=PULL.description)
        self._which = Dropdown((), description="Ways", tooltip="Morphs and walks that were made")
        self._play = button("Play", "Hear it, again and again", "play")
        self._stop = button("Stop", "End it", "stop")
        self._steered = Checkbox(description="Steer it", tooltip="Add what plays under the hand")
        self._keep = button("Add as a sound", "Its sound becomes one of the session's, to draw and train", "plus")
        self._remove = button("Remove", "Take it away; undo brings it back", "trash")
        self._deviation = Slider(
            value=DEVIATION.default, min=DEVIATION.low, max=DEVIATION.high, description="Deviation",
            tooltip=DEVIATION.description,
        )  # fmt: skip
        self._vary = button("Variations of A", "Nine sounds around it; the middle one is A", "th")
        self._cells = [button(str(n + 1), f"Hear variation {n + 1}; it becomes A") for n in range(9)]
        self._grid = [Row(self._cells[row : row + 3], visible=False) for row in (0, 3, 6)]
        self._made: Any = None
        self.children = (
            Row([self._a, self._b]),
            self._said,
            Row([self._morph, self._walk, self._seconds]),
            Row([self._step, self._momentum, self._pull]),
            Row([self._which, self._play, self._stop, self._steered]),
            Row([self._keep, self._remove]),
            Row([self._vary, self._deviation]),
            *self._grid,
        )
        self.on_press(self._a, lambda: self._choose("A"))
        self.on_press(self._b, lambda: self._choose("B"))
        self.on_press(self._morph, lambda: self._make(self._morphed))
        self.on_press(self._walk, lambda: self._make(self._walked))
        self.on_press(self._play, lambda: self._ways.play(self._which.value, steered=self._steered.value))
        self.on_press(self._stop, self._ways.stop)
        self.on_press(self._keep, lambda: self._ways.add_as_sound(self._which.value))
        self.on_press(self._remove, lambda: self._ways.remove(self._which.value))
        self.on_press(self._vary, self._vary_it)
        for number, cell in enumerate(self._cells):
            self._on_cell(cell, number)
        self.listen("now", self.refresh, self._ways)
        self.listen("selected", self.refresh, self.session.document)
        self.refresh()

    def _on_cell(self, cell: Button, number: int) -> None:
        self.on_press(cell, lambda: self._hear(number))

    def _choose(self, end: str) -> None:
        self._ends[end] = self._candidate()
        self.refresh()

    def _candidate(self) -> tuple[str, Any]:
        """What the pointer was at on the map, or else the selected sound."""
        found, point = self.session.explore.map.now, self._meant()
        if found is not None and 0 <= point < len(found):
            return found.name_of(point), found.latents[point]
        clip = self.session.state.clip(self.session.document.selected)
        return clip.name, clip.id

    def _make(self, make: Callable[[], str]) -> None:
        name = make()
        self.refresh()
        self._which.value = name
        self.explain(self.session.stage.hand.silence())
        self._ways.play(name, steered=self._steered.value)

    def _end(self, end: str) -> Any:
        if end not in self._ends:
            raise ValueError(f"choose {end} first: point at the map, or select a sound, and press “{end} is …”")
        return self._ends[end][1]

    def _morphed(self) -> str:
        return self._ways.morph([self._end("A"), self._end("B")], seconds=self._seconds.value)

    def _walked(self) -> str:
        return self._ways.walk(
            self._end("A"), seconds=self._seconds.value, step=self._step.value, momentum=self._momentum.value,
            pull=self._pull.value,
        )  # fmt: skip

    def _vary_it(self) -> None:
        self._made = self._ways.variations(self._end("A"), self._deviation.value)
        for row in self._grid:
            row.visible = True

    def _hear(self, number: int) -> None:
        sliders = self.session.stage.sliders
        sliders.take(self._made[number])
        sliders.hear()
        self._ends["A"] = (f"variation {number + 1}", self._made[number])
        self.explain(self.session.stage.hand.silence())
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen and what there is; on the UI thread."""
        try:
            candidate = self._candidate()[0]
        except KeyError:
            candidate = ""
        for end, pressed in (("A", self._a), ("B", self._b)):
            pressed.description = f"{end} is “{candidate}”" if candidate else f"{end} is …"
            pressed.disabled = not candidate
        self._said.value = ", ".join(f"{end}: {name}" for end, (name, _) in sorted(self._ends.items()))
        self._which.options = tuple(self._ways.now)
        for control in (self._play, self._keep, self._remove, self._which):
            control.disabled = not self._ways.now
