"""How the space between points is filled, how well each way does it, and whether points or terrain play."""

from __future__ import annotations

import math
from typing import Any

from terrain_widgets.audio.parameters import POINT_METHODS
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.part import Part
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown, ToggleGroup
from terrain_widgets.widgets.controls.words import Words

_WORDS = {
    "networks": "one network per latent",
    "joint": "one network for all",
    "rbf": "smooth interpolation (RBF)",
    "idw": "weighted by distance (IDW)",
    "nearest": "the nearest point",
}


class PointMapBar(Part):
    """Method, training, comparison, and the switch between points and terrain.

    Args:
        panel: In which it stands.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(panel)
        session = self.session
        self._method = Dropdown(
            [(words, name) for name, words in _WORDS.items()],
            value=session.stage.points.method,
            description="Interpolation",
            tooltip="What sounds between the points; networks pass near the points, the others through them",
        )
        self._follow = Checkbox(
            value=session.stage.points.follow,
            description="Auto-fit",
            tooltip="While the points play, fit the map again whenever one of them changes",
        )
        train, comparison = self.offers(*self._actions())
        self._errors = Words(tone="quiet")
        self._state = Words()
        self._source = ToggleGroup(
            [("Terrain", "terrain"), ("Points", "points")],
            value="terrain",
            description="Plays",
            tooltips=["The trained terrain plays, and is shown", "The map between the points plays, and is shown"],
        )
        self.children = (
            self._method,
            Row([train, comparison, self._follow]),
            self._state,
            self._errors,
            self._source,
        )
        self._method.observe(self._choose_method, names="value")
        self._follow.observe(self._choose_following, names="value")
        self._source.observe(self._choose_source, names="value")
        self.listen("state", self._refresh, self.session.document)
        for trait in ("working", "status"):
            self.listen(trait, self._refresh, self.session.jobs)
        for trait in ("method", "follow", "fitted", "errors"):
            self.listen(trait, self._refresh, session.stage.points)
        self.listen("source", self._refresh, session.stage.sources)
        self._refresh()

    def _actions(self) -> list[Action]:
        session, compare = self.session, Face("Compare", "list-ol")

        def comparing() -> bool:
            return session.jobs.working == "compare"

        return [
            Action(
                "train",
                "Train points",
                "Fit the map between them; a fraction of a second",
                session.stage.points.train,
                enabled=lambda: bool(session.state.points.attached),
                icon="bolt",
                style="primary",
            ),
            Action(
                "compare",
                "Compare",
                "Leave out each point in turn: how far does each method miss it?",
                self._compare_or_stop,
                enabled=lambda: comparing() or not session.jobs.working,
                face=lambda: Face("Stop", "stop") if comparing() else compare,
            ),
        ]

    # Of what changes, only what differs from the session is the user's: the rest is this bar showing how it stands.

    def _choose_method(self, change: Any) -> None:
        if change["new"] != self.session.stage.points.method:
            self.do(lambda: setattr(self.session.stage.points, "method", change["new"]))

    def _choose_following(self, change: Any) -> None:
        if change["new"] != self.session.stage.points.follow:
            self.do(lambda: setattr(self.session.stage.points, "follow", change["new"]))

    def _choose_source(self, change: Any) -> None:
        source = change["new"]

        def choose() -> None:
            try:
                if source == "points":
                    self.session.stage.points.play()
                else:
                    self.session.stage.points.play_terrain()
            finally:
                self._refresh()

        if source is not None and source != self.session.stage.sources.source:
            self.do(choose)

    def _compare_or_stop(self) -> None:
        if self.session.jobs.working == "compare":
            self.session.jobs.cancel()
        else:
            self.session.stage.points.compare()

    def _refresh(self) -> None:
        session, points = self.session, self.session.stage.points
        comparing = session.jobs.working == "compare"
        self._method.value, self._follow.value = points.method, points.follow
        source = session.stage.sources.source
        self._source.value = source if source in self._source.values else None
        self.offers.show()
        self._state.value = self._standing()
        if comparing:
            self._errors.value = f"{session.jobs.status.message}…"
        elif points.errors:
            best_first = sorted(POINT_METHODS, key=lambda name: _rank(points.errors.get(name, math.nan)))
            each = [f"{name} {_number(points.errors[name])}" for name in best_first if name in points.errors]
            self._errors.value = f"Error at a point left out (1 is a blind guess): {' · '.join(each)}"
        else:
            self._errors.value = ""

    def _standing(self) -> str:
        points, state = self.session.stage.points, self.session.state.points
        if not state.attached:
            return "No point has a sound yet."
        if points.fitted is None:
            return f"{len(state.attached)} points with a sound: train them."
        made = f"Trained on {len(points.fitted.places)} points ({points.fitted.method})"
        return f"{made}; changed since, train again." if points.stale else f"{made}."


def _rank(error: float) -> float:
    return math.inf if math.isnan(error) else error


def _number(error: float) -> str:
    return "–" if math.isnan(error) else f"{error:.2f}"
