"""What plays: the terrain, the map between labelled points, the latent sliders, or the map of sounds."""

from __future__ import annotations

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.audio.assets import MappingAsset
from terrain_widgets.audio.parameters import SOURCES
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.stage.patch_view import PatchView

Range = tuple[NDArray[np.float32], NDArray[np.float32]]

_MISSING = {
    "terrain": "there is no terrain to play yet: encode, draw and train first",
    "points": "the points are not trained yet: place some, attach latents and train them",
    "map": "there is no map of sounds yet: call session.explore.map.make() first",
    "sliders": "the sliders are not heard yet: call session.stage.sliders.hear() first",
}


class SourceSelector(PatchView):
    """Each source offers its newest mapping; the chosen one's is played, and shown.

    So a training that goes on does not take the sound away from the points, nor the other way round. Sliders have no
    picture: while they sound, what was shown stays.

    Args:
        document: Whose patch says which source plays.
    """

    source = traitlets.Enum(SOURCES, "terrain", help="What plays; set by ``select``.")
    playing = traitlets.Any(None, allow_none=True, help="MappingAsset that sounds, or None.")
    shown = traitlets.Any(None, allow_none=True, help="Mapping that pictures show; never changed in place; or None.")
    shown_channel = traitlets.Int(
        -4, min=-4, help="Latent that pictures show; -1 is all of them as colour, -4 the sounds that one hears."
    )

    def __init__(self, document: Document) -> None:
        self._held: dict[str, MappingAsset] = {}
        self._shown_source = "terrain"
        self._audition: Mapping | None = None
        super().__init__(document, source="source")
        self.observe(lambda _change: self._refresh(), names="source")

    def __repr__(self) -> str:
        return f"SourceSelector({self.source}, of: {', '.join(self._held) or 'nothing yet'})"

    @property
    def mapping(self) -> Mapping | None:
        """The newest mapping of the source that plays."""
        return self.latest(self.source)

    def latest(self, source: str) -> Mapping | None:
        """The newest mapping of a source, played or not; ``None`` if it has none."""
        return self._held[source].mapping if source in self._held else None

    def publish(self, source: str, mapping: Mapping, latent_range: Range | None = None) -> None:
        """A source has something new: it is crossfaded to at once if that source plays, and kept if not.

        Args:
            source: ``"terrain"``, ``"points"``, ``"sliders"`` or ``"map"``.
            mapping: Not to be changed any more.
            latent_range: What its latents are kept within, ``(low, high)`` of ``[D]`` each; ``None`` is the engine's.
        """
        with self._document.lock:
            self._held[source] = MappingAsset(mapping, *(latent_range or (None, None)))
            self._refresh()

    def select(self, source: str) -> None:
        """Play this from now on.

        Raises:
            ValueError: If it has nothing to play yet.
        """
        with self._document.lock:
            if source not in self._held:
                raise ValueError(_MISSING.get(source, f"what plays is one of {', '.join(SOURCES)}, not {source!r}"))
            self.source = source

    def remove(self, source: str) -> None:
        """A source has nothing any more; if it plays, it falls silent, and the terrain is what plays next."""
        with self._document.lock:
            self._held.pop(source, None)
            if source == self._shown_source:
                self.shown, self._shown_source = None, "terrain"
            if source == self.source:
                self.playing = None
                self.source = "terrain"
            self._refresh()

    def audition(self, terrain: Mapping | None) -> None:
        """Play this terrain instead of the newest one, as long as the terrain is what plays; ``None`` ends that."""
        with self._document.lock:
            self._audition = terrain
            self._refresh()

    def _refresh(self) -> None:
        held = self._held.get(self.source)
        if self.source != "sliders" and held is not None:
            self._shown_source = self.source
        shown = self.latest(self._shown_source)
        if held is not None and self.source == "terrain" and self._audition is not None:
            if self.playing is None or self.playing.mapping is not self._audition:
                self.playing = MappingAsset(self._audition, held.low, held.high)
        else:
            self.playing = held
        if shown is not self.shown:
            self.shown = shown
