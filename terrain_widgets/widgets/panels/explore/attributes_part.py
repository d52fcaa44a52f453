"""Attributes: measured ones at a press, named ones by two sounds, each with an absolute slider."""

from __future__ import annotations

from terrain_widgets.core.exploration.attributes import AMOUNT, Attribute
from terrain_widgets.session.stage.current_latent import heard_now
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import Slider
from terrain_widgets.widgets.controls.words import TextField, Words


class AttributesPart(Part):
    """A slider for each attribute, which adds to whatever plays.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._bank = self.session.explore.attributes
        self._name = TextField(description="Name", placeholder="such as woody", longest=60)
        self._more = Dropdown((), description="more of it", tooltip="A sound that has more of it")
        self._less = Dropdown((), description="less of it", tooltip="A sound that has less of it")
        self._said = Words(tone="quiet")
        self._sliders: dict[str, Slider] = {}
        measure, define, read = self.offers(*self._actions())
        self._read = Words(tone="quiet")
        self._fixed = (
            Row([measure]),
            Row([self._name, self._more, self._less, define]),
            self._said,
            Row([read, self._read]),
        )
        self.children = self._fixed
        self.listen("now", self._rebuild, self._bank)
        self.listen("amounts", self._refresh, self._bank)
        self.listen("latents", self._refresh, self.session.sounds)
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
            Action(
                "define",
                "Define",
                "The direction from the one sound to the other becomes an attribute",
                lambda: self._bank.define(self._name.value, [self._more.value], [self._less.value]),
                enabled=lambda: len(session.sounds.encoded) > 1,
                icon="plus",
            ),
            Action(
                "read-attributes",
                "Read what sounds",
                "How much of each attribute what sounds now has",
                self._read_now,
                enabled=lambda: len(self._bank.now) > 0,
                icon="eye",
            ),
        ]

    def _read_now(self) -> None:
        _, latents = heard_now(self.session.sound)
        self._read.value = ", ".join(f"{name} {much:.2f}" for name, much in self._bank.read(latents).items())

    def _measure_or_stop(self) -> None:
        if self.session.jobs.working == "measure":
            self.session.jobs.cancel()
        else:
            self._bank.measure()

    def _rebuild(self) -> None:
        attributes = self._bank.now
        if list(attributes) != list(self._sliders):
            self._sliders = {name: self._slider(name) for name in attributes}
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
        encoded = tuple((clip.name, clip.id) for clip in self.session.sounds.encoded)
        self._more.options = self._less.options = encoded
        self.offers.show()
        for name, slider in self._sliders.items():
            slider.value = self._bank.amounts.get(name, 0.0)
        self._said.value = ", ".join(map(_said, self._bank.now.values()))


def _said(attribute: Attribute) -> str:
    if attribute.r2 is None:
        return attribute.name
    return f"{attribute.name} (R² {attribute.r2:.2f})" if attribute.r2 >= 0 else f"{attribute.name} (R² below 0)"
