"""Attributes: measured ones at a press, named ones by examples, each with an absolute slider."""

from __future__ import annotations

from numpy.typing import ArrayLike

from terrain_widgets.core.exploration.attributes import AMOUNT, Attribute
from terrain_widgets.session.stage.current_latent import heard_now
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import Slider
from terrain_widgets.widgets.controls.words import TextField, Words
from terrain_widgets.widgets.panels.explore.pointed import Pointed

Example = tuple[str, ArrayLike | str]


class AttributesPart(Part):
    """A slider for each attribute, which adds to whatever plays.

    Args:
        panel: In which it stands.
        pointed: Gives what becomes an example.
    """

    def __init__(self, panel: Panel, pointed: Pointed) -> None:
        super().__init__(panel)
        self._bank, self._pointed = self.session.explore.attributes, pointed
        self._name = TextField(description="Name", placeholder="such as woody", longest=60)
        self._more: list[Example] = []
        self._less: list[Example] = []
        self._examples, self._read = Words(tone="quiet"), Words(tone="quiet")
        self._said, self._idle = Words(tone="quiet"), Words(tone="quiet")
        self._which = Dropdown((), description="Attributes", tooltip="Measured and named ones")
        self._sliders: dict[str, Slider] = {}
        measure, more, less, clear, define, read, remove = self.offers(*self._actions())
        self._fixed = (
            Row([measure]),
            Row([more, less, clear]),
            self._examples,
            Row([self._name, define]),
            Row([self._which, remove, read]),
            self._read,
            self._said,
            self._idle,
        )
        self.children = self._fixed
        self.listen("now", self._rebuild, self._bank)
        self.listen("amounts", self._rebuild, self._bank)
        self.listen("latents", self._latents_changed, self.session.sounds)
        self.listen("selected", self.offers.show, self.session.document)
        self.listen("working", self._refresh, self.session.jobs)
        self._rebuild()

    def _actions(self) -> list[Action]:
        session = self.session
        measure = Face("Measure", "bar-chart")
        return [
            Action(
                "measure",
                "Measure",
                "Find the directions of loudness, brightness, noisiness, pitch and roughness",
                self._measure_or_stop,
                face=lambda: Face("Cancel", "stop") if session.jobs.working == "measure" else measure,
            ),
            self._example("more", "plus", self._more),
            self._example("less", "minus", self._less),
            Action(
                "clear-examples",
                "Clear",
                "Begin again with the examples",
                self._forget_examples,
                enabled=lambda: bool(self._more or self._less),
                icon="times",
            ),
            Action(
                "define",
                "Define",
                "The direction from what has less of it to what has more becomes an attribute of this name",
                self._define,
                enabled=lambda: bool(self._more and self._less),
                icon="check",
            ),
            Action(
                "read-attributes",
                "Read what sounds",
                "How much of each attribute what sounds now has",
                self._read_now,
                enabled=lambda: len(self._bank.now) > 0,
                icon="eye",
            ),
            Action(
                "remove-attribute",
                "Remove",
                "Take the attribute away, with what it adds; undo brings it back",
                lambda: self._bank.remove(self._which.value),
                enabled=lambda: self._which.value is not None,
                icon="trash",
            ),
        ]

    def _example(self, side: str, icon: str, examples: list[Example]) -> Action:
        def face() -> Face:
            name = self._pointed.name
            return Face(f"“{name}” has {side}" if name else f"… has {side}", icon)

        def add() -> None:
            examples.append(self._pointed())
            self._refresh()

        return Action(
            f"has-{side}",
            f"The selected sound has {side} of it",
            f"An example of what has {side} of it: the point that the pointer was at last, or the selected sound",
            add,
            enabled=lambda: bool(self._pointed.name),
            face=face,
        )

    def _define(self) -> None:
        more, less = ([where for _, where in side] for side in (self._more, self._less))
        self._bank.define(self._name.value, more, less)
        self._forget_examples()

    def _forget_examples(self) -> None:
        self._more.clear()
        self._less.clear()
        self._refresh()

    def _latents_changed(self) -> None:
        if self.session.sounds.latents:
            self._refresh()
        else:
            self._forget_examples()  # another codec has other latents

    def refresh(self) -> None:
        """Show what is pointed at now; on the UI thread."""
        self.offers.show()

    def _read_now(self) -> None:
        _, latents = heard_now(self.session.sound)
        self._read.value = ", ".join(f"{name} {much:.2f}" for name, much in self._bank.read(latents).items())

    def _measure_or_stop(self) -> None:
        if self.session.jobs.working == "measure":
            self.session.jobs.cancel()
        else:
            self._bank.measure()

    def _rebuild(self) -> None:
        names = [name for name, one in self._bank.now.items() if one.works or name in self._bank.amounts]
        if names != list(self._sliders):
            self._sliders = {name: self._slider(name) for name in names}
            self.children = (*self._fixed, *self._sliders.values())
        self._refresh()

    def _slider(self, name: str) -> Slider:
        made = Slider(min=AMOUNT.low, max=AMOUNT.high, step=0.1, description=name, tooltip=AMOUNT.description)

        def moved(change: dict[str, float]) -> None:
            if abs(change["new"] - self._bank.amounts.get(name, 0.0)) > 1e-9:
                self.do(lambda: self._bank.set(name, change["new"]))

        made.observe(moved, names="value")
        return made

    def _refresh(self) -> None:
        sides = (("More", self._more), ("Less", self._less))
        self._examples.value = ". ".join(
            f"{word}: {', '.join(name for name, _ in side)}" for word, side in sides if side
        )
        self._which.options = tuple(self._bank.now)
        self.offers.show()
        for name, slider in self._sliders.items():
            slider.value = self._bank.amounts.get(name, 0.0)
        attributes = self._bank.now.values()
        self._said.value = ", ".join(_said(one) for one in attributes if one.works)
        idle = [one for one in attributes if not one.works]
        self._idle.value = f"This codec does not follow {', '.join(map(_said, idle))}: no slider." if idle else ""


def _said(attribute: Attribute) -> str:
    r2 = "" if attribute.r2 is None else f"R² {attribute.r2:.2f}" if attribute.r2 >= 0 else "R² below 0"
    steers = "" if attribute.steers is None else f"steers {attribute.steers:.0%} of the sounds"
    said = ", ".join(filter(None, (r2, steers)))
    return f"{attribute.name} ({said})" if said else attribute.name
