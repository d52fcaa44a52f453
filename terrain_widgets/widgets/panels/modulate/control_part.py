"""The control map: points of the plane at which the modulators are set, and the hand that goes between them."""

from __future__ import annotations

from terrain_widgets.audio.control_map import GROUPS
from terrain_widgets.audio.parameters import POINT_METHODS
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import Words

_LARGEST = 16 * 2**20
_HINTS = {
    "seed": "Seeds, as at the nearest point",
    "time": "Length and chaos of loops",
    "jump": "Jump and smooth",
    "energy": "How far latents move",
    "deviation": "What is added to them",
}


class ControlPart(Part):
    """Adds points where the hand was last, trains the map, and has the hand lead.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        self._map = control = self.session.stage.control_map
        self._which = Dropdown((), description="Place", tooltip="A press of the hand beside a place chooses it too")
        self._method = Dropdown(POINT_METHODS, description="Between", tooltip="How the space between is filled")
        self._groups = {
            name: Checkbox(description=name, tooltip=_HINTS[name], value=name in control.now.groups) for name in GROUPS
        }
        self._predict = Checkbox(
            description="Hand leads",
            tooltip="Where the hand goes, the modulators follow the map, as far as its groups are on",
        )
        add, recall, update, delete, train, reset = self.offers(*self._actions())
        save = self.offers.file(
            "save the control map",
            "Save the control map",
            "The map as a JSON file, in your browser's downloads",
            give=lambda: ("control-map.json", control.to_bytes()),
        )
        open_ = self.offers.file(
            "open a control map",
            "Open a control map…",
            "A map of this program, or a mapping of Latent-Playground",
            take=self._take,
            accept=".json",
            largest=_LARGEST,
        )
        self._said = Words(tone="quiet")
        self._showing = False
        self.children = (
            Row([add, self._which]),
            Row([recall, update, delete]),
            Row(list(self._groups.values())),
            Row([self._method, train, self._predict]),
            Row([save, open_, reset]),
            self._said,
        )
        self._method.observe(lambda _change: self._choose(), names="value")
        for box in self._groups.values():
            box.observe(lambda _change: self._choose(), names="value")
        self._predict.observe(lambda _change: self._lead(), names="value")
        self.listen("now", self._refresh, control)
        self.listen("trained", self._refresh, control)
        self.listen("follows", self._refresh, control)
        self.listen("place", self._near, control)
        self._refresh()

    def _actions(self) -> list[Action]:
        control = self._map

        def some() -> bool:
            return bool(control.now.points)

        return [
            Action(
                "add a place",
                "Add a place",
                "Keep how the modulators stand, for the place where the hand was last",
                self._add_it,
                icon="plus",
            ),
            Action(
                "recall a place",
                "Recall",
                "Set the modulators as they were kept for this place",
                lambda: control.recall(self._which.value),
                icon="undo",
                enabled=some,
            ),
            Action(
                "update a place",
                "Update",
                "Keep how the modulators stand now, for this place",
                lambda: control.update(self._which.value),
                icon="save",
                enabled=some,
            ),
            Action(
                "delete a place",
                "Delete the place",
                "Take this place out of the control map",
                lambda: control.delete(self._which.value),
                icon="trash",
                enabled=some,
            ),
            Action(
                "train the map",
                "Train the map",
                "Fit the control map to its places",
                self._train_it,
                icon="play",
                enabled=some,
            ),
            Action("clear the map", "Clear the map", "Without places", control.reset, icon="times", enabled=some),
        ]

    def _add_it(self) -> None:
        number = self._map.add()
        self._refresh()
        self._which.value = number

    def _train_it(self) -> None:
        error = self._map.train()
        self._said.value = f"Trained: at its places it is off by {error:.1%} of the range."

    def _lead(self) -> None:
        if not self._showing and self._predict.value != self._map.follows:
            self.do(lambda: self._map.lead(self._predict.value))

    def _choose(self) -> None:
        if self._showing:
            return
        groups = frozenset(name for name, box in self._groups.items() if box.value)
        if (self._method.value, groups) != (self._map.now.method, self._map.now.groups):
            self.do(lambda: self._map.choose(self._method.value, groups))

    def _take(self, name: str, data: bytes) -> str:
        return f"{self._map.take(name, data)} places of {name}."

    def _near(self) -> None:
        near = self._map.near(self._map.place)
        if near is not None and not self._map.follows:
            self._which.value = near

    def _refresh(self) -> None:
        now = self._map.now
        options = tuple(
            (f"{k + 1} at {point.place[0]:.2f}, {point.place[1]:.2f}", k) for k, point in enumerate(now.points)
        )
        if tuple(self._which.options) != options:
            self._which.options = options
        self.offers.show()
        self._predict.disabled = not now.points
        self._showing = True  # one after the other, each would be taken for a choice
        try:
            self._predict.value = self._map.follows
            self._method.value = now.method
            for name, box in self._groups.items():
                box.value = name in now.groups
        finally:
            self._showing = False
        if not options:
            self._said.value = "No places yet: play somewhere, set the modulators, and add a place."
