"""What moves other numbers by itself: a menu of what can be moved, and how the chosen mover does it."""

from __future__ import annotations

from typing import Any, cast

from terrain_widgets.audio.parameters import PARAMETERS
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.base.patch_control import parameter_control
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.item import Field

_LABELS = {"on": "On", "basis": "Basis", "depth": "Depth", "smooth": "Smooth", "loop_in": "Loop in", "loop": "Length"}


class MoversPart(Part):
    """Adds movers, shows the chosen one, and takes it away.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._movers = self.session.stage.movers
        self._target = Dropdown((), description="Move", tooltip="A number that is to move by itself")
        self._which = Dropdown((), description="Mover", tooltip="Whose settings are shown below")
        add, remove = self.offers(
            Action("move", "Add a mover", "Make the chosen number move by itself", self._add_it, icon="plus"),
            Action(
                "still",
                "Remove the mover",
                "Stop moving this number",
                lambda: self._movers.remove(self._which.value),
                icon="trash",
                enabled=lambda: self._which.value is not None,
            ),
        )
        self._fields: dict[str, Field] = {
            word: parameter_control(PARAMETERS.at(f"movers.*.{word}"), label) for word, label in _LABELS.items()
        }
        f = self._fields
        self._one = (
            Row([self._which, f["on"], remove]),
            Row([f["basis"], f["depth"], f["smooth"]]),
            Row([f["loop_in"], f["loop"]]),
        )
        self._fixed = (Row([self._target, add]),)
        self.children = self._fixed
        self._which.observe(lambda _change: self._refresh(), names="value")
        for word, field in f.items():
            field.observe(lambda change, word=word: self._set(word, change["new"]), names="value")
        self.listen("patch", self._refresh, self.session.document)
        self.listen("state", self._refresh, self.session.document)
        self._refresh()

    def _add_it(self) -> None:
        name = self._movers.add(self._target.value)
        self._refresh()
        self._which.value = name

    def _set(self, word: str, value: Any) -> None:
        name = self._which.value
        if name is not None and name in self._movers.now and value != self._movers.now[name][word]:
            self.do(lambda: self._movers.set(name, **cast(Any, {word: value})))

    def _refresh(self) -> None:
        now, options = self._movers.now, tuple(self._movers.targets)
        if tuple(self._target.options) != options:
            self._target.options = options
        names = tuple((self._movers.words(name), name) for name in now)
        if tuple(self._which.options) != names:
            self._which.options = names
        self.children = (*self._fixed, *(self._one if now else ()))
        if self._which.value in now:
            for word, field in self._fields.items():
                field.set_trait("value", now[self._which.value][word])
        self.offers.show()
