"""Exploring latent space: a map of sounds to hear, and ways, attributes and presets below it."""

from __future__ import annotations

from typing import Unpack

from terrain_widgets.core.exploration.measures import MEASURES
from terrain_widgets.session.explore.points_of_sounds import MOST_POINTS
from terrain_widgets.session.explore.sound_maps import RANDOM_POINTS
from terrain_widgets.session.session import Session
from terrain_widgets.widgets.base.actions import Action, Face
from terrain_widgets.widgets.base.panel import Panel, PanelOptions
from terrain_widgets.widgets.base.ui_thread import ui
from terrain_widgets.widgets.controls.boxes import Disclosure, Row, Slot
from terrain_widgets.widgets.controls.buttons import Checkbox
from terrain_widgets.widgets.controls.choices import Dropdown
from terrain_widgets.widgets.controls.file_button import FileButton
from terrain_widgets.widgets.controls.numbers import NumberField
from terrain_widgets.widgets.controls.words import Words
from terrain_widgets.widgets.files.by_path import read, written
from terrain_widgets.widgets.panels.explore.attributes_part import AttributesPart
from terrain_widgets.widgets.panels.explore.between_part import BetweenPart
from terrain_widgets.widgets.panels.explore.find_part import FindPart
from terrain_widgets.widgets.panels.explore.map_canvas import MapCanvas
from terrain_widgets.widgets.panels.explore.pointed import Pointed
from terrain_widgets.widgets.panels.explore.presets_part import PresetsPart
from terrain_widgets.widgets.panels.explore.reconstruction_part import ReconstructionPart
from terrain_widgets.widgets.panels.explore.ways_part import WaysPart

_OF = (("sounds", "sounds"), ("frames", "frames"), ("grains", "grains"), ("random latents", "random"))
_BY = (("PCA", "pca"), ("UMAP", "umap"), ("t-SNE", "tsne"))


class ExplorePanel(Panel):
    """Every sound, frame or grain is a point; like sounds lie together. Hover to hear, click to hear a whole sound.

    Everything it does is a method of ``session.explore``.

    Args:
        session: What is explored; a new session with the bundled sounds if none is given.
        **options: As every panel takes them: ``layout``.
    """

    def __init__(self, session: Session | None = None, **options: Unpack[PanelOptions]) -> None:
        options.setdefault("layout", {"width": "440px"})
        super().__init__(session, "explore", "Explore", **options)
        session = self.session
        self._explore, self._maps = session.explore, session.explore.map
        self.meant = -1
        self._of = Dropdown(_OF, description="Points", tooltip="What becomes a point of the map")
        self._by = Dropdown(
            _BY, description="placed by", tooltip="PCA is instant; UMAP and t-SNE need a library and some seconds"
        )
        colours = [("sound", "sound"), *((name, name) for name in MEASURES)]
        self._colours = Dropdown(colours, description="Colours", tooltip="What the colours of the points say")
        self._hear = Checkbox(
            value=True, description="Hover to hear", tooltip="The map sounds under the pointer, with the sound on"
        )
        self.canvas = MapCanvas(
            on_hand=self._hand,
            on_mean=self._mean,
            on_audition=lambda point: self.do(lambda: self._audition(point)),
            on_take=lambda point, drawing: self.do(lambda: self._take_out(point, drawing)),
            key=session.sound.key,
        )
        self.between = BetweenPart(self)
        self._count = NumberField(
            value=RANDOM_POINTS, min=3, max=MOST_POINTS, step=100, integer=True, description="How many", visible=False,
            tooltip="How many random latents",
        )  # fmt: skip
        make, paths, draw, place = self.offers(*self._actions())
        self._open = FileButton(
            take=self._take, description="Open a map…", tooltip="LatentAudio's sound_map.json", accept=".json"
        )
        self._save = FileButton(
            give=lambda: written(self._maps.save, "sound_map.json"),
            description="Save the map",
            tooltip="As LatentAudio's sound_map.json",
        )
        self._state = Words(tone="quiet")
        self.find = FindPart(self, lambda: self.meant, self._audition)
        pointed = Pointed(session, lambda: self.meant)
        self.ways, self.attributes = WaysPart(self, pointed), AttributesPart(self, pointed)
        self.presets, self.reconstruction = PresetsPart(self), ReconstructionPart(self)
        self.lay_out(
            self.heading,
            Row([self._of, self._count, self._by, make]),
            Row([self._colours, self._hear]),
            Slot(self.canvas),
            self.between,
            Row([paths, draw, place]),
            self.find,
            self._state,
            Row([self._open, self._save]),
            Disclosure([self.ways], title="Morph, walk, variations"),
            Disclosure([self.attributes], title="Attributes"),
            Disclosure([self.presets], title="Presets"),
            Disclosure([self.reconstruction], title="Reconstruction"),
            self._notice,
        )
        self._hear.observe(lambda change: setattr(self.canvas, "hear", change["new"]), names="value")
        self._colours.observe(lambda _change: self._show(), names="value")
        self._of.observe(lambda change: setattr(self._count, "visible", change["new"] == "random"), names="value")
        self.listen("now", self._show, self._maps)
        self.listen("on_map", self._mark, self._explore)
        self._mark()
        for trait in ("working", "status"):
            self.listen(trait, self._refresh, session.jobs)
        self.listen("latents", self._refresh, session.sounds)
        self._show()

    def _actions(self) -> list[Action]:
        session, maps = self.session, self._maps

        def making() -> bool:
            return session.jobs.working == "map"

        def drawable() -> bool:
            return maps.now is not None and len(maps.now.ids) > 0

        return [
            Action(
                "make",
                "Make the map",
                "Place every point by its latents; in the background",
                self._make_or_stop,
                enabled=lambda: making() or not session.jobs.working,
                face=lambda: Face("Cancel", "stop") if making() else Face("Make the map", "map", "primary"),
            ),
            Action(
                "paths",
                "Make a terrain of it",
                "Draw a path for every sound where its points are; then train",
                maps.draw_paths,
                enabled=drawable,
                icon="pencil",
            ),
            Action(
                "draw-point",
                "Draw the point",
                "Draw its sound where it lies on the map; or drag it from the map to the stage, or press D on it",
                lambda: self._take_out(self.meant, True),
                enabled=lambda: self.meant >= 0,
                icon="pencil",
            ),
            Action(
                "place-point",
                "Label the point",
                "A labelled point that sounds like it; or drag it to the stage under Points, or press P on it",
                lambda: self._take_out(self.meant, False),
                enabled=lambda: self.meant >= 0,
                icon="map-marker",
            ),
        ]

    # --- from the page: on whatever thread the kernel uses for messages

    def _hand(self, place: tuple[float, float], on: bool, played: bool) -> None:
        if on and self.session.stage.sources.source != "map":
            ui.submit(self._play, key=(id(self), "play"))
            return
        silence = self.session.stage.hand.move(place, on, played=played)
        if on:
            self.explain(silence)

    def _play(self) -> None:
        if self._maps.now is not None and self.session.stage.sources.source != "map":
            self._maps.play()

    def _mean(self, point: int) -> None:
        self.meant = point
        ui.submit(self._refresh_offers, key=(id(self), "mean"))

    def _audition(self, point: int) -> None:
        """Hear a whole sound, through the codec; of a point without one, the point itself."""
        found, clips = self._maps.needed, self.session.latents
        clip_id = found.ids[found.group[point]] if found.ids else ""
        self.explain(self.session.stage.hand.silence())
        if clip_id in clips:
            self.session.stage.clip.run(clip_id, "keep", loop=False)
        else:
            self.session.stage.hand.move(self._maps.place(point))

    # --- what is pressed

    def _make_or_stop(self) -> None:
        if self.session.jobs.working == "map":
            self.session.jobs.cancel()
        else:
            self._maps.make(self._of.value, self._by.value, count=int(self._count.value))

    def _take(self, name: str, content: bytes) -> str:
        read(self._maps.load, content, ".json")
        return f"{name} is the map now."

    def _take_out(self, point: int, drawing: bool) -> None:
        points = self._explore.points
        (points.to_drawing if drawing else points.to_point)(point)

    # --- what is shown

    def _show(self) -> None:
        self.meant = -1
        self.canvas.show(self._maps.now, self.session.document.boundary, self._colours.value)
        self._refresh()

    def _mark(self) -> None:
        found = self._explore.on_map
        if found is None:
            self.canvas.mark([], None)
        else:
            self.canvas.mark([sound.place for sound in found.sounds], found.places.nearness)

    def _refresh(self) -> None:
        session, found = self.session, self._maps.now
        making = session.jobs.working == "map"
        self._save.disabled = found is None
        if making:
            self._state.value = f"{session.jobs.status.message}…"
        elif found is None:
            self._state.value = "" if session.sounds.encoded else "Encode the sounds first."
        else:
            by = next((title for title, method in _BY if method == found.method), found.method)
            self._state.value = f"{len(found)} points of {len(found.names)} sounds, placed by {by}."
        self._refresh_offers()

    def _refresh_offers(self) -> None:
        self.ways.refresh()
        self.attributes.refresh()
        self.find.offers.show()
        self.offers.show()
