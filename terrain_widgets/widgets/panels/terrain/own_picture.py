"""The heatmap explorer's own picture, where it stands alone."""

from __future__ import annotations

import threading
from collections.abc import Callable

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.widgets.base.panel import Panel
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.base.ui_ticker import UiTicker
from terrain_widgets.widgets.charts.bokeh_view import BokehView
from terrain_widgets.widgets.panels.terrain.terrain_figure import TerrainFigure
from terrain_widgets.widgets.plane.heat import heat_picture
from terrain_widgets.widgets.plane.terrain_picture import COARSE
from terrain_widgets.widgets.plane.terrain_view import TerrainView

_TAP_SECONDS = 0.6


class OwnPicture:
    """A figure with axes that follows the session: terrain, paths and playheads.

    Args:
        panel: In which it stands.
        terrain: What is seen.
        pointed: Called with where the pointer is, ``(x, y)`` in control units, or ``None`` when it leaves.

    Attributes:
        figure: What is drawn on.
        view: What the page shows.
    """

    def __init__(
        self, panel: Panel, terrain: TerrainView, pointed: Callable[[tuple[float, float] | None], None]
    ) -> None:
        self._panel, self._session, self._terrain = panel, panel.session, terrain
        self._boundary = self._session.document.boundary
        self.figure = TerrainFigure(self._boundary, self._looked, pointed, self._tapped)
        self.view = BokehView(self.figure.plot)
        self._heads = UiTicker(self._beat)
        self._release: threading.Timer | None = None
        stage = self._session.stage
        for trait, whose in (
            ("shown", stage.sources),
            ("shown_channel", stage.sources),
            ("learned", stage.territory),
            ("working", self._session.jobs),
            ("look", terrain),
            ("heard", terrain),
            ("found", self._session.explore),
        ):
            panel.listen(trait, self._refresh, whose)
        panel.listen("state", self._edited, self._session.document)
        panel.listen("now", self._heads.start, stage.playheads)
        self._draw_paths()
        self._refresh()

    def close(self) -> None:
        """Draw no more."""
        self._heads.close()

    # --- what the user does

    def _looked(self, _seen: Boundary) -> None:
        ui.submit(self._refresh, key=(id(self), "look"))

    def _tapped(self, place: tuple[float, float]) -> None:
        if self._release is not None:
            self._release.cancel()
        hand = self._session.stage.hand
        self._panel.explain(hand.move(place))
        self._release = threading.Timer(_TAP_SECONDS, hand.move, (place, False))
        self._release.daemon = True
        self._release.start()

    # --- what is shown

    def _refresh(self) -> None:
        session = self._session
        if self._boundary != session.document.boundary:  # another session was opened
            self._boundary = session.document.boundary
            self.figure.look_at(session.document.boundary)
        self._draw(COARSE)
        if not session.jobs.working and session.stage.sources.shown is not None:
            ui.submit(lambda: self._draw(self._terrain.look.cells), key=(id(self), "fine"))

    def _draw(self, cells: int) -> None:
        seen = self.figure.seen
        found = self._terrain.layers(seen, cells)
        self.figure.show_picture(None if found is None else found.picture, seen)
        self.figure.show_veil(None if found is None else found.veil, seen)
        search = self._session.explore.found
        if search is None or search.searched is not self._session.stage.sources.shown:
            self.figure.show_found(None, seen, ())
        else:
            self.figure.show_found(heat_picture(search), search.boundary, [one.place for one in search.ranked])
        self.figure.show_contours([] if found is None else found.contours)
        self.figure.show_scale(None if found is None else found.limits)

    def _edited(self) -> None:
        self._draw_paths()
        if self._terrain.look.over == "distance":
            self._refresh()

    def _draw_paths(self) -> None:
        state = self._session.state
        drawn = [(clip.colour, state.paths[clip.id].values) for clip in state.clips if clip.id in state.paths]
        self.figure.show_paths([path for _, path in drawn], [sound_colour(colour) for colour, _ in drawn])

    def _beat(self) -> bool:
        self.figure.show_playheads(self._session.stage.playheads.positions())
        host = self._session.sound.engine
        return bool(self._session.stage.playheads.now) and host is not None and host.status().alive
