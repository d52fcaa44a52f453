"""A latent vector by hand: one slider per latent, heard while it moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

from terrain_widgets.core.exploration.sliders import TEMPERATURE
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.history_actions import history_actions
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.slider_list import SliderList
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.buttons import Toggle
from terrain_widgets.widgets.controls.numbers import NumberField
from terrain_widgets.widgets.controls.words import Words


class LatentSlidersPanel(Panel):
    """As many sliders as the codec has latents, each ±3, with locks, chance, zero and undo.

    Everything it does is a method of ``session.stage.sliders``; the codec is loaded to know how many there are.

    Args:
        session: Whose codec; a new session with the bundled one if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        options.setdefault("layout", {"width": "440px"})  # so that a long sentence wraps and moves nothing
        super().__init__(session, "sliders", "Latent sliders", **options)
        bank = self.session.stage.sliders
        self.sliders = SliderList(
            on_move=lambda moves: self.do(lambda: self._move(moves)),
            on_lock=lambda index, locked: self.do(lambda: bank.lock(index, locked)),
            key=self.session.sound.key,
        )
        self._hear = Toggle(
            description="Hear them",
            icon="volume-up",
            tooltip="The sliders sound, and go on while they move; the terrain waits meanwhile",
        )
        self._temperature = NumberField(
            value=TEMPERATURE.default,
            min=TEMPERATURE.low,
            max=TEMPERATURE.high,
            step=0.1,
            description="of size",
            tooltip=TEMPERATURE.description,
        )
        chance, zero, attach, place = self.offers(*self._actions())
        (undo,) = self.offers(replace(history_actions(self.session)[0], keys=()))  # the stage's
        self._hint = Words(tone="quiet")
        self.lay_out(
            self.heading,
            Row([self._hear, chance, self._temperature, zero, undo]),
            Slot(self.sliders),
            Row([attach, place]),
            self._hint,
            self._notice,
        )
        self._hear.observe(self._toggled, names="value")
        for trait in ("now", "hearing"):
            self.listen(trait, self._refresh, bank)
        self.listen("selected", self._refresh, self.session.stage.points)
        for trait in ("state", "patch"):
            self.listen(trait, self._refresh, self.session.document)
        self.listen("codec_name", self._refresh, self.session.sounds)
        self._refresh()

    def _actions(self) -> list[Action]:
        bank, points = self.session.stage.sliders, self.session.stage.points
        return [
            Action(
                "random",
                "Random",
                "Draw the free sliders from a normal distribution",
                lambda: bank.randomise(float(self._temperature.value)),
                icon="random",
            ),
            Action("zero", "Zero", "Set the free sliders to zero", bank.zero, icon="circle-o"),
            Action(
                "attach",
                "Attach to point",
                "The selected point sounds like the sliders",
                lambda: points.attach(bank.now.values),
                enabled=lambda: bool(points.selected),
                icon="link",
            ),
            Action(
                "place",
                "Place a point",
                "A new point in the middle of the plane, with these latents",
                self._place_one,
                icon="plus",
            ),
        ]

    def _move(self, moves: list[tuple[int, float]]) -> None:
        for index, value in moves:
            if index < len(self.session.stage.sliders.now.values):  # else the codec has changed meanwhile
                self.session.stage.sliders.move(index, value)

    def _toggled(self, change: Any) -> None:
        # Only what differs is the user's: the rest is this panel showing how it stands.
        if change["new"] != self.session.stage.sliders.hearing:
            self.do(lambda: self._listen(change["new"]))

    def _listen(self, on: bool) -> None:
        self.session.stage.sliders.hear(on)
        self.explain(self.session.stage.hand.silence() if on else None)

    def _place_one(self) -> None:
        boundary = self.session.document.boundary
        self.session.stage.points.place(boundary.from_unit([[0.5, 0.5]])[0], self.session.stage.sliders.now.values)

    def _refresh(self) -> None:
        bank, points = self.session.stage.sliders, self.session.stage.points
        now = bank.prepare()
        self.sliders.show(now.values, now.locked)
        self._hear.value = bank.hearing
        self._hear.button_style = "success" if bank.hearing else ""
        self.offers.show()
        locked = int(now.locked.sum())
        chosen = "no point is selected" if not points.selected else f"point {self._number()} is selected"
        self._hint.value = f"{len(now.values)} latents, {locked} locked; {chosen}."

    def _number(self) -> int:
        ids = [point.id for point in self.session.state.points]
        return ids.index(self.session.stage.points.selected) + 1 if self.session.stage.points.selected in ids else 0
