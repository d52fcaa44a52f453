"""The plane: terrain and paths drawn from Python, with a sheet over them. Not a panel, but what panels show."""

from __future__ import annotations

import time
from collections.abc import Callable

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.session.session import Session
from terrain_widgets.session.sounds.arranging import suggested
from terrain_widgets.widgets.base.actions import Action, Actions, Face
from terrain_widgets.widgets.base.following import Following
from terrain_widgets.widgets.base.page_widget import shared_layout
from terrain_widgets.widgets.base.rest import Rest
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.base.ui_ticker import UiTicker
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.plane.gestures import PointMove, Stroke, Touch
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.layers import Layers
from terrain_widgets.widgets.plane.point_marks import placed_marks
from terrain_widgets.widgets.plane.sheet import Handlers, Sheet
from terrain_widgets.widgets.plane.terrain_picture import COARSE, FINE
from terrain_widgets.widgets.plane.terrain_view import TerrainView

SIZE = 480
_FILLS = {"width": "100%", "height": "100%", "margin": "0"}
_FOLLOW_SECONDS = 0.1  # a training sends seven terrains a second
_FINER_SECONDS = 0.3  # after a change
_STEP = 1.25  # of a key that zooms
_NEAREST, _FARTHEST = 1e3, 1e-2  # how large and how small the session's plane may be seen
_LARGEST = 2400  # CSS pixels: a page may say anything


class Plane(ipywidgets.Box):
    """Control space as a square picture that feels the pointer and fills the width of its place.

    It shows by itself what its session has: terrain, paths, points and playheads. What a pointer does on it, the grip
    says that holds it.

    Args:
        session: What is drawn.
        grip: Who has it at first.

    Attributes:
        grip: Who has it now.
        view_actions: Zoom in, zoom out, and show all.
        terrain: How the terrain is shown: its ``look``.
        reading: What its grip reads at the pointer; shown by who shows the plane.
    """

    def __init__(self, session: Session, grip: Grip | None = None) -> None:
        self._session = session
        self.grip = grip if grip is not None else Grip()
        self._dressed: Callable[[], object] = lambda: None
        self._view: Boundary | None = None
        self._suggests = False  # shows where the sounds will lie
        self._cells = 0  # of the terrain's picture, each way
        self._followed = -np.inf  # when the terrain was drawn
        self._layers = Layers(SIZE)
        self.terrain, self.reading = TerrainView(session), Words("", "quiet")
        self._finer = Rest(session, self._draw_finer, _FINER_SECONDS)
        self.sheet = Sheet(self._sheet_handlers(), key=session.sound.key, layout=self._layers.widget.layout)
        self.sheet.view = list(session.document.boundary.as_tuple())
        self.view_actions = Actions(
            [
                _view_action("closer", "Zoom in", "search-plus", "z", lambda: self.look_closer(_STEP)),
                _view_action("farther", "Zoom out", "search-minus", "Z", lambda: self.look_closer(1 / _STEP)),
                _view_action("fit", "Show all", "home", "0", self.fit),
            ]
        )
        # Seen where nothing is drawn over it: in a page that no kernel answers.
        self.still = ipywidgets.Image(value=b"", format="png", layout={**_FILLS, "visibility": "hidden"})
        super().__init__([self.still, self._layers.widget, self.sheet], layout=shared_layout())
        self.add_class("tw-plane")
        self.add_class("tw-looked-at")
        self._heads = UiTicker(self._beat)
        self._layers.widget.on_client_ready(self._page_appeared)
        self._follows = Following(self)
        stage = session.stage
        for trait in ("state", "selected"):
            self._follows.to(trait, self._draw_paths, session.document)
        for trait, whose in (("state", session.document), ("selected", stage.points), ("held", stage.pads)):
            self._follows.to(trait, self._show_points, whose)
        for trait in ("shown", "shown_channel"):
            self._follows.to(trait, self._follow_terrain, stage.sources)
        self._follows.to("working", self._follow_terrain, session.jobs)
        self._follows.to("state", self._draw_distance, session.document)
        self._follows.to("found", self._draw_terrain, session.explore)
        self._follows.to("learned", self._draw_terrain, stage.territory)
        for trait in ("look", "heard"):
            self._follows.to(trait, self._draw_terrain, self.terrain)
        self._follows.to("now", self._heads.start, stage.playheads)
        self.take(self.grip)
        self._show_points()

    def close(self) -> None:
        """Stop listening, and leave the page."""
        self._follows.end()
        self._heads.close()
        self._finer.close()
        self.terrain.close()
        super().close()

    # --- who has it

    def take(self, grip: Grip) -> None:
        """That grip has the plane from now on."""
        self.grip = grip
        self.reading.value = ""
        self.dress(grip)
        self.show_terrain()

    def dress(self, grip: Grip) -> None:
        """A grip has changed: show that if it has the plane."""
        if grip is not self.grip:
            return
        with self.sheet.hold_sync():
            self.sheet.tool, self.sheet.label, self.sheet.hover = grip.tool, grip.label, grip.hover
            self.sheet.chords = self._actions.keys
        self._dressed()
        self.show_paths()

    def show_tools(self, grip: Grip) -> None:
        """A grip's tools offer something else: show that if it has the plane."""
        if grip is self.grip:
            self._dressed()

    def on_dress(self, show: Callable[[], object]) -> None:
        """Call this, on any thread, when the plane has another grip or its grip has changed."""
        self._dressed = show

    @property
    def _actions(self) -> Actions:
        return self.view_actions if self.grip.actions is None else self.grip.actions

    # --- what is looked at

    @property
    def view(self) -> Boundary:
        """What is looked at: the session's own plane, or what the user has zoomed and moved to."""
        return self._session.document.boundary if self._view is None else self._view

    def look(self, view: Boundary | None) -> None:
        """Look at another part of control space, ``None`` for the session's own plane."""
        self._view = None if view == self._session.document.boundary else view
        self.show_terrain()
        self.show_paths()

    def look_closer(self, factor: float, at: ArrayLike = (0.5, 0.5), by: ArrayLike = (0.0, 0.0)) -> None:
        """Zoom about a place in fractions of the view, then move what is drawn by fractions of it, soon."""

        def change() -> None:
            home = self._session.document.boundary
            view = self.view.zoomed(factor, at).moved(by)
            if _FARTHEST < abs((home.right - home.left) / (view.right - view.left)) < _NEAREST:
                self.look(view)

        ui.submit(change)

    def fit(self) -> None:
        """Look at the session's own plane, and at what is drawn beyond it."""
        home = self._session.document.boundary
        drawn = [d.path.values for d in self._session.state.drawings.values() if d.path.control_dim == 2]
        places = home.to_unit(np.concatenate([home.from_unit([[0, 0], [1, 1]]), *drawn]))
        low, high = places.min(axis=0), places.max(axis=0)
        if (low < 0).any() or (high > 1).any():
            side = 1.1 * (high - low).max()  # the same scale both ways, and a margin
            corner = (low + high - side) / 2
            (left, top), (right, bottom) = home.from_unit([corner, corner + side])
            self.look(Boundary(float(left), float(top), float(right), float(bottom)))
        else:
            self.look(None)

    # --- drawing

    def show_terrain(self) -> None:
        """Draw the terrain again, soon; what lies above it stays."""
        ui.submit(self._draw_terrain, key=(id(self), "terrain"))

    def show_paths(self) -> None:
        """Redraw the paths soon."""
        ui.submit(self._draw_paths, key=(id(self), "paths"))

    def draw_now(self) -> None:
        """Redraw everything. On the UI thread only."""
        self._draw_terrain()
        self._draw_paths()

    def _follow_terrain(self) -> None:
        if self._session.jobs.working != "train" or time.monotonic() - self._followed > _FOLLOW_SECONDS:
            self._followed = time.monotonic()
            self._draw_terrain()
            if self._suggests:  # until there is a terrain
                self._draw_paths()

    def _draw_terrain(self) -> None:
        self._draw_sampled(COARSE if self._session.jobs.working else FINE)
        if self._session.stage.sources.shown is not None:
            self._finer.changed()

    def _draw_finer(self) -> None:
        if self._cells < self.terrain.look.cells:
            self._draw_sampled(self.terrain.look.cells)

    def _draw_distance(self) -> None:
        if self.terrain.look.over == "distance":
            self._draw_terrain()

    def _draw_sampled(self, cells: int) -> None:
        home = self._session.document.boundary
        shown = self.terrain.layers(self.view, cells)
        self._cells = 0 if shown is None else shown.picture.shape[0]
        found = self._session.explore.found
        if found is not None and found.searched is not self._session.stage.sources.shown:
            found = None  # it was found somewhere else
        self._layers.draw_terrain(shown, self.view, home, self.grip.terrain_opacity, found)

    def _draw_paths(self) -> None:
        self.sheet.view = list(self.view.as_tuple())  # with the picture, so that nobody draws on one that is gone
        document, session = self._session.document, self._session
        self._suggests = not document.state.drawings and session.stage.sources.shown is None
        paths = {key: path.values for key, path in suggested(session.sounds).items()} if self._suggests else {}
        self._layers.draw_paths(document.state, self.view, document.selected, self.grip, paths)

    def _show_points(self) -> None:
        stage = self._session.stage
        with self.sheet.hold_sync():
            self.sheet.points = placed_marks(self._session.state)
            self.sheet.selected, self.sheet.held = stage.points.selected, stage.pads.held

    def _beat(self) -> bool:
        playheads, host = self._session.stage.playheads, self._session.sound.engine
        self._layers.draw_playheads(playheads.positions(), self.view)
        return bool(playheads.now) and host is not None and host.status().alive

    def _page_appeared(self) -> None:
        def redraw() -> None:
            self._layers.page_appeared()
            self.draw_now()

        ui.submit(redraw)

    # --- what the hand does

    def _sheet_handlers(self) -> Handlers:
        def soon(tell: Callable[[Handlers], None]) -> None:
            handlers = self.grip.handlers  # of who has the plane when the hand moves, not when there is time for it
            ui.submit(lambda: tell(handlers))

        return Handlers(
            stroke=self._stroke,
            steer=lambda steering: self.grip.handlers.steer(steering),
            touch=self._touch,
            key=self._key,
            view=self.look_closer,
            drop=lambda what, place: soon(lambda told: told.drop(what, place)),
            place=lambda place: soon(lambda told: told.place(place)),
            select=lambda point: soon(lambda told: told.select(point)),
            move_point=self._move_point,
            size=self._resize,
        )

    def _resize(self, side: int, ratio: float, calm: bool) -> None:
        def change() -> None:
            self._layers.calm = calm
            if self._layers.resize(side, ratio):
                self.draw_now()

        if 0 < side <= _LARGEST and 0.25 <= ratio <= 4:
            ui.submit(change, key=(id(self), "size"))

    def _key(self, key: str) -> None:
        press = self._actions.press if self.grip.press is None else self.grip.press

        def act() -> None:
            press(key)

        ui.submit(act)

    def _stroke(self, stroke: Stroke) -> None:
        handlers = self.grip.handlers

        def hand_over() -> None:
            try:
                handlers.stroke(stroke)
            finally:
                self._draw_paths()
                self.sheet.settle(stroke.number)

        ui.submit(hand_over)

    def _touch(self, touch: Touch) -> None:
        handlers = self.grip.handlers
        # Where a drag began and ended always counts.
        key = (id(self), "drag", touch.gesture) if touch.phase == "drag" else None
        ui.submit(lambda: handlers.touch(touch), key=key)

    def _move_point(self, move: PointMove) -> None:
        handlers = self.grip.handlers
        # Of a drag that waits only the newest place counts.
        ui.submit(lambda: handlers.move_point(move), key=(id(self), "point", move.gesture))


def _view_action(name: str, title: str, icon: str, key: str, run: Callable[[], object]) -> Action:
    """One whose button is an icon alone."""
    return Action(name, title, title, run, (key,), face=lambda: Face("", icon))
