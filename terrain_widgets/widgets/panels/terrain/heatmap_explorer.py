"""Look at the terrain from above."""

from __future__ import annotations

import threading
from typing import Any, Unpack

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.pictures.heatmap import distance_to_data
from terrain_widgets.core.pictures.relief import heights, in_relief
from terrain_widgets.core.pictures.sound_colours import sound_colour
from terrain_widgets.session.session import Session
from terrain_widgets.session.stage.loudness import LoudnessAhead
from terrain_widgets.widgets.base.bokeh_view import BokehView
from terrain_widgets.widgets.base.palette import viridis
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.base.ui_ticker import UiTicker
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.words import TextField, Words
from terrain_widgets.widgets.panels.terrain.terrain_export import KINDS, PICTURE, PLOT, TABLE, plot, png, table
from terrain_widgets.widgets.panels.terrain.terrain_figure import TerrainFigure
from terrain_widgets.widgets.plane.gestures import Steering
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.sheet import Handlers
from terrain_widgets.widgets.plane.terrain_colours import (
    ALL,
    AS_NN_TERRAIN,
    THREE,
    Coloured,
    chosen,
    coloured,
    offered,
    parsed_channels,
)
from terrain_widgets.widgets.plane.terrain_picture import COARSE, TERRITORY, terrain_grid

_FINES = (128, 256, 512)
_VEIL_CELLS = 96
_TAP_SECONDS = 0.6
_FAR = 0.5  # control units of a plane of ±1: from here on a terrain only guesses
_LOUD_DB = (-60.0, 0.0)


class HeatmapExplorer(Panel):
    """The terrain over its control space, with axes: latents as colour, where it only guesses, how loud it is.

    Zoom and move, and the picture is sampled again: coarse at once, fine after. The pointer reads the latents; a click
    plays the place.

    Args:
        session: Whose terrain; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        super().__init__(session, "heatmap", "Look at the terrain", **options)
        self._channel = Dropdown(
            options=[("all latents as colour", ALL)],
            description="Show",
            tooltip="All latents at once (their three strongest directions as red, green, blue) or one of them",
        )
        self._over = Dropdown(
            options=[("nothing", ""), ("distance to the drawings", "distance"), ("loudness, before you play", "loud")],
            description="Overlay",
            tooltip="Dark where no drawing is near and the terrain only guesses; or how loud each place will be",
        )
        self._latents = TextField(
            value="0, 1, 2, 3",
            description="Latents",
            tooltip="Which latents: red, green, blue; or, as nn.terrain draws them, brightness, red, green, blue",
            visible=False,
        )
        self._surface = Dropdown(
            options=[("flat", ""), ("in relief", "relief"), ("with contours", "contours")],
            description="Surface",
            tooltip="Lit from the upper left, or with lines of equal height: of the latent shown, or of their "
            "strongest direction",
        )
        self._fine = Dropdown(
            options=[(f"{cells} × {cells}", cells) for cells in _FINES],
            value=_FINES[1],
            description="Resolution",
            tooltip="How finely the picture is sampled once nothing changes any more",
        )
        self._kind = Dropdown(
            options=[("table (CSV)", TABLE), ("picture (PNG)", PICTURE), ("nn.terrain (JSON)", PLOT)],
            description="File",
            tooltip="What the button beside it saves",
        )
        self._figure = TerrainFigure(self.session.document.boundary, self._looked, self._pointed, self._tapped)
        self._view = BokehView(self._figure.plot)
        self._status, self._reading = Words(), Words(tone="quiet")
        self._export = FileButton(give=self._file, description=KINDS[TABLE][0], tooltip=KINDS[TABLE][1])
        self.grip = Grip(
            Handlers(steer=self._steered),
            "play",
            "Terrain: its latents are read where the pointer is; press to hear a place, or use the arrow keys",
            hover=False,
        )
        self._channels = [0, 1, 2, 3]
        self._own = TERRITORY  # what is shown where the session's planes cannot follow
        self._boundary = self.session.document.boundary
        self._loudness = LoudnessAhead(
            lambda: self.session.codec,
            lambda: self.session.stage.latents,
            lambda found: ui.submit(lambda: self._heard(found)),
        )
        self._heads = UiTicker(self._beat)
        self._release: threading.Timer | None = None
        self.lay_out(
            self.heading,
            self._channel,
            self._latents,
            Row([self._surface, self._fine]),
            self._over,
            self._view,
            self._status,
            self._reading,
            Row([self._kind, self._export]),
            self._notice,
        )
        self._channel.observe(self._chosen, names="value")
        self._latents.observe(lambda _: self.do(self._choose_latents), names="value")
        for control in (self._surface, self._fine):
            control.observe(lambda _: ui.submit(self._refresh, key=(id(self), "shown")), names="value")
        self._kind.observe(lambda _: ui.submit(self._name_export), names="value")
        self._over.observe(lambda _: ui.submit(self._show_veil, key=(id(self), "veil")), names="value")
        for trait in ("shown", "shown_channel"):
            self.listen(trait, self._refresh, self.session.stage.sources)
        self.listen("working", self._refresh, self.session.jobs)
        self.listen("state", self._draw_paths, self.session.document)
        self.listen("state", self._show_veil, self.session.document)
        self.listen("now", self._heads.start, self.session.stage.playheads)
        self._draw_paths()
        self._refresh()

    def close(self) -> None:
        """Stop listening ahead, and leave the page."""
        self._loudness.cancel()
        self._heads.close()
        super().close()

    # --- what the user does

    def _chosen(self, change: Any) -> None:
        if change["new"] is None:
            return
        self._own = int(change["new"])
        if self._own not in (THREE, AS_NN_TERRAIN):
            self.session.stage.sources.shown_channel = self._own
        ui.submit(self._refresh, key=(id(self), "shown"))

    def _looked(self, _seen: Boundary) -> None:
        ui.submit(self._refresh, key=(id(self), "look"))

    def _pointed(self, place: tuple[float, float] | None) -> None:
        mapping = self.session.stage.sources.shown
        if place is None or mapping is None or mapping.control_dim != 2:
            self._reading.value = ""
            return
        latents = np.asarray(mapping(np.array([place], dtype=np.float32)))[0]
        numbers = " ".join(f"{value:+.2f}" for value in latents[:16])
        more = " …" if len(latents) > 16 else ""
        self._reading.value = f"x {place[0]:.2f}, y {place[1]:.2f}: {numbers}{more}"

    def _steered(self, steering: Steering) -> None:
        place = (float(steering.place[0]), float(steering.place[1]))
        ui.submit(lambda: self._pointed(place), key=(id(self), "reading"))
        self.explain(self.session.stage.hand.move(steering.place, steering.on, played=steering.played))

    def _tapped(self, place: tuple[float, float]) -> None:
        if self._release is not None:
            self._release.cancel()
        hand = self.session.stage.hand
        self.explain(hand.move(place))
        self._release = threading.Timer(_TAP_SECONDS, hand.move, (place, False))
        self._release.daemon = True
        self._release.start()

    def _choose_latents(self) -> None:
        mapping = self.session.stage.sources.shown
        if mapping is not None:
            self._channels = parsed_channels(self._latents.value, mapping.latent_dim)
            self._refresh()

    def _name_export(self) -> None:
        self._export.description, self._export.tooltip = KINDS[self._kind.value]

    def _file(self) -> tuple[str, bytes]:
        seen, cells, kind = self._figure.seen, self._fine.value, self._kind.value
        grid, mapping = terrain_grid(self.session, seen, cells), self.session.stage.sources.shown
        if grid is None:
            raise ValueError("nothing is trained yet")
        if kind == TABLE:
            return "terrain.csv", table(grid, seen)
        if kind == PICTURE:
            return "terrain.png", png(self._surfaced(self._coloured(grid), grid))
        one = [max(0, self.session.stage.sources.shown_channel)]
        channels = chosen(self._channels, self._own, grid.shape[-1]) if self._own == AS_NN_TERRAIN else one
        return "terrain.json", plot(mapping, seen, cells, channels)

    # --- what is shown

    def _refresh(self) -> None:
        session = self.session
        if self._boundary != session.document.boundary:  # another session was opened
            self._boundary = session.document.boundary
            self._figure.look_at(session.document.boundary)
        self._show_picture(COARSE)
        if not session.jobs.working and session.stage.sources.shown is not None:
            ui.submit(lambda: self._show_picture(self._fine.value), key=(id(self), "fine"))
            self._show_veil()

    def _show_picture(self, cells: int) -> None:
        session, seen = self.session, self._figure.seen
        grid = terrain_grid(session, seen, cells)
        if grid is None:
            self._status.value = "Nothing is trained yet; the picture appears while training."
            self._figure.show_picture(None, seen)
            self._figure.show_contours(None, seen)
            self._figure.show_scale(None)
            return
        self._offer(grid.shape[-1])
        found = self._coloured(grid)
        self._figure.show_picture(self._surfaced(found, grid), seen)
        self._figure.show_contours(self._height(grid) if self._surface.value == "contours" else None, seen)
        self._figure.show_scale(found.limits)
        self._status.value = found.words

    def _coloured(self, grid: NDArray[np.float32]) -> Coloured:
        return coloured(self.session, grid, self._own, [k for k in self._channels if k < grid.shape[-1]])

    def _surfaced(self, found: Coloured, grid: NDArray[np.float32]) -> NDArray[np.uint8]:
        return in_relief(found.picture, self._height(grid)) if self._surface.value == "relief" else found.picture

    def _height(self, grid: NDArray[np.float32]) -> NDArray[np.float32]:
        return heights(
            grid, min(self.session.stage.sources.shown_channel, grid.shape[-1] - 1) if self._own >= ALL else -1
        )

    def _offer(self, latent_dim: int) -> None:
        options = offered(latent_dim)
        if len(self._channel.options) != len(options):
            own, self._channel.options = self._own, options
            self._own = own
        if self._own not in (THREE, AS_NN_TERRAIN):
            self._own = min(self.session.stage.sources.shown_channel, latent_dim - 1)
        if self._channel.value != self._own:
            self._channel.value = self._own
        self._latents.visible = self._own in (THREE, AS_NN_TERRAIN)

    def _show_veil(self) -> None:
        session, seen, over = self.session, self._figure.seen, self._over.value
        if over != "loud":
            self._loudness.cancel()
        if over == "distance" and len(session.training.dataset):
            distance = distance_to_data(session.training.dataset.coordinates, seen, _VEIL_CELLS, _VEIL_CELLS)
            self._figure.show_veil(_dark(distance / _FAR), seen)
        elif (
            over == "loud" and getattr(session.stage.sources.shown, "control_dim", 0) == 2 and not session.jobs.working
        ):
            self._loudness.ask(session.stage.sources.shown, seen)
        else:
            self._figure.show_veil(None, seen)

    def _heard(self, found: NDArray[np.float32] | str) -> None:
        if isinstance(found, str):
            self.say(found)
        elif self._loudness.asked is not None:
            low, high = _LOUD_DB
            colours = viridis()[((found - low) / (high - low) * 255).clip(0, 255).astype(np.intp)]
            picture = np.full((*found.shape, 4), 200, dtype=np.uint8)
            picture[..., :3] = colours
            self._figure.show_veil(picture, self._loudness.asked[1])
            self._figure.show_scale(_LOUD_DB)
            self._status.value = f"loudness from {found.min():.0f} to {found.max():.0f} dB, each place held a moment"

    def _draw_paths(self) -> None:
        state = self.session.state
        drawn = [(i, state.paths[clip.id].values) for i, clip in enumerate(state.clips) if clip.id in state.paths]
        self._figure.show_paths([path for _, path in drawn], [sound_colour(i) for i, _ in drawn])

    def _beat(self) -> bool:
        self._figure.show_playheads(self.session.stage.playheads.positions())
        host = self.session.sound.engine
        return bool(self.session.stage.playheads.now) and host is not None and host.status().alive


def _dark(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A veil ``[H, W, 4]`` that is clear at 0 and nearly black at 1."""
    picture = np.zeros((*share.shape, 4), dtype=np.uint8)
    picture[..., 3] = (share.clip(0.0, 1.0) * 215).astype(np.uint8)
    return picture
