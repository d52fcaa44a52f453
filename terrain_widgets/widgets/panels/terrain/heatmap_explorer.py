"""Look at the terrain from above."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

import numpy as np

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.pictures.relief import in_relief
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Face
from terrain_widgets.widgets.base.bar import BarItem
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Row
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.words import TextField, Words
from terrain_widgets.widgets.panels.terrain.own_picture import OwnPicture
from terrain_widgets.widgets.panels.terrain.terrain_export import KINDS, PICTURE, PLOT, TABLE, plot, png, table
from terrain_widgets.widgets.plane.gestures import Steering
from terrain_widgets.widgets.plane.grip import Grip
from terrain_widgets.widgets.plane.plane import Plane
from terrain_widgets.widgets.plane.sheet import Handlers
from terrain_widgets.widgets.plane.terrain_colours import (
    ALL,
    AS_NN_TERRAIN,
    THREE,
    chosen,
    offered,
    parsed_channels,
)
from terrain_widgets.widgets.plane.terrain_picture import terrain_grid
from terrain_widgets.widgets.plane.terrain_view import TerrainView

_FINES = (128, 256, 512)
_SURFACES = (("flat", ""), ("in relief", "relief"), ("with contours", "contours"))
_OVERS = (("nothing", ""), ("distance to the drawings", "distance"), ("loudness, before you play", "loud"))
#: On a stage: what each button of the bar sets, and to what.
_TOOLS = {
    "relief": ("surface", "mountain", "Lit from the upper left, as a relief"),
    "contours": ("surface", "layer-group", "With lines of equal height"),
    "distance": ("over", "low-vision", "Dark where no drawing is near and the terrain only guesses"),
    "loud": ("over", "volume-up", "How loud each place will be, before you play"),
}


class HeatmapExplorer(Panel):
    """The terrain over its control space: latents as colour, where it only guesses, how loud it is.

    Alone it has a picture with axes; given a plane, it says how that one shows the terrain. Zoom and move, and the
    picture is sampled again: coarse at once, fine after. The pointer reads the latents; a click plays the place.

    Args:
        session: Whose terrain; a new session with the bundled sounds if none is given.
        plane: On what; by default a picture of its own.
        **options: As every panel takes them: ``layout``.

    Attributes:
        terrain: How it is shown: its ``look``.
    """

    def __init__(
        self, session: Session | None = None, plane: Plane | None = None, **options: Unpack[PanelOptions]
    ) -> None:
        super().__init__(session, "heatmap", "Look at the terrain", **options)
        self.terrain = TerrainView(self.session) if plane is None else plane.terrain
        self._plane = plane
        look = self.terrain.look
        self._channel = Dropdown(
            options=[("all latents as colour", ALL)],
            description="Show",
            tooltip="All latents at once (their three strongest directions as red, green, blue) or one of them",
        )
        self._over = Dropdown(
            _OVERS,
            value=look.over,
            description="Overlay",
            tooltip="Dark where no drawing is near and the terrain only guesses; or how loud each place will be",
        )
        self._latents = TextField(
            value=", ".join(map(str, look.channels)),
            description="Latents",
            tooltip="Which latents: red, green, blue; or, as nn.terrain draws them, brightness, red, green, blue",
            visible=False,
        )
        self._surface = Dropdown(
            _SURFACES,
            value=look.surface,
            description="Surface",
            tooltip="Lit from the upper left, or with lines of equal height: of the latent shown, or of their "
            "strongest direction",
        )
        self._fine = Dropdown(
            options=[(f"{cells} × {cells}", cells) for cells in _FINES],
            value=look.cells,
            description="Resolution",
            tooltip="How finely the picture is sampled once nothing changes any more",
        )
        self._kind = Dropdown(
            options=[("table (CSV)", TABLE), ("picture (PNG)", PICTURE), ("nn.terrain (JSON)", PLOT)],
            description="File",
            tooltip="What the button beside it saves",
        )
        self._status = Words()
        self._reading = Words(tone="quiet") if plane is None else plane.reading
        export = self.offers.file("export", *KINDS[TABLE], face=self._export_face, give=self._file)
        self.grip = Grip(
            Handlers(steer=self._steered),
            "play",
            "Terrain: its latents are read where the pointer is; press to hear a place, or use the arrow keys",
            hover=False,
            tools=self._tools,
            use_tool=self._use_tool,
        )
        self._own_picture = None if plane is not None else OwnPicture(self, self.terrain, self._pointed)
        shown = () if self._own_picture is None else (self._own_picture.view,)
        self.lay_out(
            self.heading,
            self._channel,
            self._latents,
            self._surface,
            self._fine,
            self._over,
            *shown,
            self._status,
            *(() if plane is not None else (self._reading,)),
            Row([self._kind, export]),
            *(() if plane is not None else (self._notice,)),
        )
        self._channel.observe(self._chosen, names="value")
        self._latents.observe(lambda _: self.do(self._choose_latents), names="value")
        for control, name in ((self._surface, "surface"), (self._over, "over"), (self._fine, "cells")):
            control.observe(lambda change, name=name: self._look(**{name: change["new"]}), names="value")
        self._kind.observe(lambda _: ui.submit(self.offers.show), names="value")
        for trait in ("shown", "shown_channel"):
            self.listen(trait, self._offer, self.session.stage.sources)
        for trait in ("look", "words"):
            self.listen(trait, self._describe, self.terrain)
        self._offer()
        self._describe()

    def close(self) -> None:
        """Stop listening ahead, and leave the page."""
        if self._own_picture is not None:
            self._own_picture.close()
            self.terrain.close()
        super().close()

    # --- what the user does

    def _look(self, **changes: Any) -> None:
        self.terrain.look = replace(self.terrain.look, **changes)

    def _chosen(self, change: Any) -> None:
        own = change["new"]
        if own is None:
            return
        self._look(own=own)
        if own not in (THREE, AS_NN_TERRAIN):
            self.session.stage.sources.shown_channel = own

    def _choose_latents(self) -> None:
        mapping = self.session.stage.sources.shown
        if mapping is not None:
            self._look(channels=tuple(parsed_channels(self._latents.value, mapping.latent_dim)))

    def _tools(self) -> list[BarItem]:
        look = self.terrain.look
        return [
            BarItem(name, "", hint, icon, on=getattr(look, trait) == name)
            for name, (trait, icon, hint) in _TOOLS.items()
        ]

    def _use_tool(self, name: str) -> None:
        trait = _TOOLS[name][0]
        self._look(**{trait: "" if getattr(self.terrain.look, trait) == name else name})

    def _pointed(self, place: tuple[float, float] | None) -> None:
        mapping = self.session.stage.sources.shown
        if place is None or mapping is None or mapping.control_dim != 2:
            self._reading.value = ""
            return
        latents = np.asarray(mapping(np.array([place], dtype=np.float32)))[0]
        numbers = " ".join(f"{value:+.2f}" for value in latents[:16])
        more = " …" if len(latents) > 16 else ""
        name = self.session.stage.territory.names(latents)[0]
        like = f", like “{name}”" if name else ""
        self._reading.value = f"x {place[0]:.2f}, y {place[1]:.2f}{like}: {numbers}{more}"

    def _steered(self, steering: Steering) -> None:
        place = (float(steering.place[0]), float(steering.place[1]))
        ui.submit(lambda: self._pointed(place), key=(id(self), "reading"))
        self.explain(self.session.stage.hand.move(steering.place, steering.on, played=steering.played))

    def _export_face(self) -> Face:
        title, hint = KINDS[self._kind.value]
        return Face(title, hint=hint)

    @property
    def _seen(self) -> Boundary:
        if self._plane is not None:
            return self._plane.view
        assert self._own_picture is not None
        return self._own_picture.figure.seen

    def _file(self) -> tuple[str, bytes]:
        look, seen, kind = self.terrain.look, self._seen, self._kind.value
        grid, mapping = terrain_grid(self.session, seen, look.cells), self.session.stage.sources.shown
        if grid is None:
            raise ValueError("nothing is trained yet")
        if kind == TABLE:
            return "terrain.csv", table(grid, seen)
        if kind == PICTURE:
            picture = self.terrain.coloured(grid).picture
            height = self.terrain.height(grid)
            return "terrain.png", png(in_relief(picture, height) if look.surface == "relief" else picture)
        one = [max(0, self.session.stage.sources.shown_channel)]
        channels = chosen(list(look.channels), look.own, grid.shape[-1]) if look.own == AS_NN_TERRAIN else one
        return "terrain.json", plot(mapping, seen, look.cells, channels)

    # --- what is shown

    def _offer(self) -> None:
        """Every latent that there is; chosen is what the session shows, or what only this look knows."""
        sources, own = self.session.stage.sources, self.terrain.look.own
        if sources.shown is None:
            return
        options = offered(sources.shown.latent_dim)
        if len(self._channel.options) != len(options):
            self._channel.unobserve(self._chosen, names="value")  # filling the menu must not choose for the user
            self._channel.options = options
            self._channel.observe(self._chosen, names="value")
        if own not in (THREE, AS_NN_TERRAIN):
            own = min(sources.shown_channel, sources.shown.latent_dim - 1)
        if self._channel.value != own:
            self._channel.value = own

    def _describe(self) -> None:
        look = self.terrain.look
        self._surface.value, self._over.value, self._fine.value = look.surface, look.over, look.cells
        self._latents.visible = look.own in (THREE, AS_NN_TERRAIN)
        self._status.value = self.terrain.words
        if self._plane is not None:
            self._plane.dress(self.grip)  # for the bar beside it
