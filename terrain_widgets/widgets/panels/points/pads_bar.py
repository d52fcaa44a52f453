"""Pads with their time: jump or glide to the points."""

from __future__ import annotations

from typing import Any

from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.stage.pads import GLIDE_SECONDS
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row, Slot
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.numbers import NumberField
from terrain_widgets.widgets.panels.points.pads_row import PadsRow


class PadsBar(Part):
    """One pad for each point, how long it takes there, and a button to release it.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        session = self.session
        # Not through the panel's queue: a pad that waits behind a picture is no drum.
        self.row = PadsRow(self._strike, lambda: self.do(session.stage.pads.release), key=session.sound.key)
        self._seconds = NumberField(
            value=session.stage.pads.seconds,
            min=GLIDE_SECONDS.low,
            max=GLIDE_SECONDS.high,
            step=0.1,
            description="Glide (s)",
            tooltip="Seconds that a pad takes to its point; 0 jumps",
        )
        self._course = Dropdown(
            [("gently", "eased"), ("evenly", "even")],
            value=session.stage.pads.course,
            tooltip="Whether a glide starts and stops gently, or keeps one speed",
        )
        release = Action(
            "release", "Release", "Lift the hand: silence (key 0)", session.stage.pads.release, icon="hand-paper-o"
        )
        self.children = (Slot(self.row), Row([self._seconds, self._course, *self.offers(release)]))
        self._seconds.observe(lambda change: self._set("seconds", change["new"]), names="value")
        self._course.observe(lambda change: self._set("course", change["new"]), names="value")
        for trait in ("seconds", "course", "held"):
            self.listen(trait, self._refresh, session.stage.pads)
        self._refresh()

    def _strike(self, point_id: str, played: bool) -> None:
        try:
            self.session.stage.pads.strike(point_id, played=played)
        except KeyError as error:  # it was deleted while the message was on its way
            self.say(Failed.of(error))
            return
        self.explain(self.session.stage.hand.silence())

    def _set(self, trait: str, value: Any) -> None:
        if value != getattr(self.session.stage.pads, trait):  # else it is this bar showing how it stands
            self.do(lambda: setattr(self.session.stage.pads, trait, value))

    def _refresh(self) -> None:
        pads = self.session.stage.pads
        self._seconds.value, self._course.value, self.row.held = pads.seconds, pads.course, pads.held
