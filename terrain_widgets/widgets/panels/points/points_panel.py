"""Point-by-point steering: place points, say what sounds there, train the space between them, strike them as pads."""

from __future__ import annotations

from typing import Unpack

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.points.points import ControlPoint
from terrain_widgets.session.notices.events import PlacedWithoutSound
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action
from terrain_widgets.widgets.base.history_actions import history_actions
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.controls.boxes import Disclosure, Row
from terrain_widgets.widgets.controls.choices import ToggleGroup
from terrain_widgets.widgets.controls.words import Colour, TextField, Words
from terrain_widgets.widgets.panels.points.pads_bar import PadsBar
from terrain_widgets.widgets.panels.points.point_map_bar import PointMapBar
from terrain_widgets.widgets.panels.points.trace_bar import TraceBar
from terrain_widgets.widgets.panels.terrain.latent_choice import LatentChoice
from terrain_widgets.widgets.plane.dropped import map_point
from terrain_widgets.widgets.plane.gestures import PointMove, Steering
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.page_keys import POINTS, by_keys
from terrain_widgets.widgets.plane.plane import Plane
from terrain_widgets.widgets.plane.point_marks import pad_marks, point_marks
from terrain_widgets.widgets.plane.sheet import Handlers

_EDIT = "Points: click to place one with the latents chosen above, drag to move; keys are listed below"
_PLAY = "Points: move the pointer to play, or use the arrow keys; space is sound on and off"


class PointsPanel(Panel):
    """A plane of labelled points, from which a map is trained and played.

    Everything it does is a method of ``session.stage.points``, ``session.stage.pads`` and ``session.stage.tracer``.

    Args:
        session: Whose points; a new session with the bundled sounds if none is given.
        plane: Where they lie; by default one of its own.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(
        self, session: Session | None = None, plane: Plane | None = None, **options: Unpack[PanelOptions]
    ) -> None:
        super().__init__(session, "points", "Steer by points", **options)
        self.add_class("tw-points")
        self._mode = ToggleGroup(
            [("Edit", "edit"), ("Play", "play")],
            tooltips=["Clicks place, select and drag points", "The pointer plays over the points"],
            tooltip="What a pointer does on the plane",
        )
        self.choice = LatentChoice(self)
        self._hint = Words()
        self.grip = Grip(
            Handlers(
                place=lambda place: self.do(lambda: self._place(place)),
                drop=lambda what, place: self.do(lambda: self._dropped(what, place)),
                select=lambda point: self.do(lambda: self.session.stage.points.select(point)),
                move_point=self._move_point,
                steer=self._play,
            ),
            "points",
            _EDIT,
            press=lambda key: self.do(lambda: self.actions.press(key)),
            terrain_opacity=0.8,
        )
        self.plane = Plane(self.session, self.grip) if plane is None else plane
        self._own = [self.plane] if plane is None else []  # else it is shown, and closed, by who gave it
        self.actions.add(*self._actions())
        self.grip.actions = self.actions
        self.plane.dress(self.grip)
        self._label = TextField(
            placeholder="bright and loud", description="Label", tooltip="What you call the selected point", wide=True
        )
        self._colour = Colour(tooltip="Colour of the selected point")
        undo, redo, *edits = self.offers.buttons(
            *(self.actions[name] for name in ("undo", "redo", "attach", "to-sliders", "delete", "clear"))
        )
        self.map_bar, self.pads, self.trace = PointMapBar(self), PadsBar(self), TraceBar(self)
        self.lay_out(
            self.heading,
            self._mode,
            self.choice,
            *self._own,
            self._hint,
            Row([self._label, self._colour, undo, redo]),
            Row(edits),
            self.pads,
            *(() if plane is not None else (self._notice,)),  # else below the stage, and by “?”
            self.map_bar,
            self.trace,
            Disclosure([Words(by_keys(POINTS, self.actions), "quiet")], title="Keys", visible=plane is None),
        )
        self._filling = False
        self._mode.observe(lambda change: self.do(lambda: self._take_mode(change["new"])), names="value")
        self._label.observe(lambda change: self._update(label=change["new"]), names="value")
        self._colour.observe(lambda change: self._update(colour=change["new"]), names="value")
        self.listen("state", self._refresh, self.session.document)
        self.listen("selected", self._refresh, self.session.stage.points)
        self.listen("held", self._refresh, self.session.stage.pads)
        self._refresh()

    def close(self) -> None:
        """Stop listening and remove the panel. The session, and what plays, live on."""
        for plane in self._own:
            plane.close()
        super().close()

    # --- what the hand does

    def _actions(self) -> list[Action]:
        """The panel's table."""
        session = self.session

        def chosen() -> bool:
            return self._selected() is not None

        def sounding() -> bool:
            point = self._selected()
            return point is not None and point.latent is not None

        return [
            Action(
                "attach",
                "Attach",
                "The selected point sounds like the latents chosen above",
                lambda: session.stage.points.attach(self.choice.latent()),
                ("a",),
                chosen,
                "link",
            ),
            Action(
                "to-sliders",
                "To sliders",
                "Set the latent sliders to the selected point's latents",
                self._to_the_sliders,
                enabled=sounding,
                icon="sliders",
            ),
            Action(
                "delete",
                "Delete",
                "Take the selected point away",
                session.stage.points.delete,
                ("Delete", "Backspace"),
                chosen,
                "trash",
            ),
            Action(
                "clear",
                "Clear",
                "Take all points away",
                session.stage.points.clear,
                enabled=lambda: len(session.state.points) > 0,
                icon="times",
            ),
            # Not the plane's key for all of it: 0 is the pads'.
            *(self.plane.view_actions[name] for name in ("closer", "farther")),
            *history_actions(session),
        ]

    def _dropped(self, what: str, place: NDArray[np.float64]) -> None:
        point = map_point(self.session, what)
        if point is not None:
            self.session.explore.points.to_point(point, place)

    def _place(self, place: NDArray[np.float64]) -> None:
        try:
            latent, without = self.choice.latent(), None
        except (ValueError, KeyError) as error:
            latent, without = None, PlacedWithoutSound(str(error.args[0]))
        self.session.stage.points.place(place, latent)
        self.say(without)

    def _move_point(self, move: PointMove) -> None:
        if any(point.id == move.point for point in self.session.state.points):  # else it was undone under the hand
            self.do(lambda: self.session.stage.points.move(move.point, move.place, f"drag {move.point} {move.gesture}"))

    def _play(self, steering: Steering) -> None:
        self.explain(self.session.stage.hand.steer(steering.place, steering.on, steering.force, played=steering.played))

    def _to_the_sliders(self) -> None:
        point = self._selected()
        if point is None or point.latent is None:
            raise ValueError("the selected point has no latents yet")
        self.session.stage.sliders.take(point.latent)

    def _update(self, **changes: str) -> None:
        point = self._selected()
        if self._filling or point is None:
            return

        def update() -> None:
            (name, value), = changes.items()  # fmt: skip
            if point.id == self.session.stage.points.selected and getattr(point, name) != value:
                self.session.stage.points.update(point.id, **changes)

        self.do(update)

    def _take_mode(self, mode: str) -> None:
        self.grip.tool, self.grip.label = ("play", _PLAY) if mode == "play" else ("points", _EDIT)
        self.plane.dress(self.grip)

    # --- what there is to see

    def _selected(self) -> ControlPoint | None:
        chosen = self.session.stage.points.selected
        return next((point for point in self.session.state.points if point.id == chosen), None)

    def _refresh(self) -> None:
        point = self._selected()
        shown = point_marks(self.session.state)
        self.pads.row.pads = pad_marks(self.session.state)
        self._hint.value = self._words(point)
        self._filling = True  # filling the fields must not edit for the user
        try:
            self._label.value = "" if point is None else point.label
            colours = {each["id"]: each["colour"] for each in shown}
            self._colour.value = "#888888" if point is None else str(colours[point.id])
        finally:
            self._filling = False
        for field in (self._label, self._colour):
            field.disabled = point is None
        self.offers.show()

    def _words(self, point: ControlPoint | None) -> str:
        points = self.session.state.points.points
        if not points:
            return "Click the plane: a point appears, with the latents chosen above."
        if len(points[0].control) != 2:
            dims = len(points[0].control)
            return (
                f"These {len(points)} points have {dims} dimensions and cannot be shown on a plane; the pads play them."
            )
        if point is None:
            return f"{len(points)} points; click one to select it."
        name = f" “{point.label}”" if point.label else ""
        sound = "no sound attached yet" if point.latent is None else f"{len(point.latent)} latents attached"
        return f"Point {points.index(point) + 1} of {len(points)}{name}: {sound}."
