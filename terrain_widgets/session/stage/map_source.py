"""The map of sounds as what plays: snapped to the nearest point, or a blend of a few."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from terrain_widgets.core.exploration.blending import NEIGHBOURS, POWER
from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.stage.patch_view import PatchView
from terrain_widgets.session.stage.source_selector import SourceSelector

_BLENDED = int(NEIGHBOURS.default)


class MapSource(PatchView):
    """Offers the document's map of sounds to whoever plays, and follows it through edits and undo.

    Args:
        document: Holds the map and the patch.
        sources: Told of every map, as what can play.
    """

    neighbours = traitlets.Int(_BLENDED, min=1, max=64, help="How many points are blended; 1 snaps.")
    power = traitlets.Float(2.0, min=0.1, max=16.0, help="How fast a point's weight falls with its distance.")

    def __init__(self, document: Document, sources: SourceSelector) -> None:
        self._offered: tuple[Any, ...] = (None,)
        super().__init__(document, neighbours="map.neighbours", power="map.power")
        self._sources = sources
        document.observe(self._offer, names=["state", "patch"])

    def __repr__(self) -> str:
        found = self._document.state.explored.sound_map
        return f"MapSource({found or 'no map'}, {'snap' if self.neighbours == 1 else f'blend of {self.neighbours}'})"

    def play(self) -> None:
        """Play the map from now on.

        Raises:
            ValueError: If there is none.
        """
        self._offer()
        self._sources.select("map")

    def snap(self) -> None:
        """Sound as the nearest point."""
        self._document.set({"map.neighbours": 1})

    def blend(self, neighbours: int = _BLENDED, power: float = POWER.default) -> None:
        """Sound as a blend of some points, weighted by ``(d² + 1e-6) ** (-power / 2)``, d in units of the map.

        Raises:
            ValueError: If a number is out of range.
        """
        self._document.set({"map.neighbours": neighbours, "map.power": power})

    def _offer(self, _change: Any = None) -> None:
        document = self._document
        found: SoundMap | None = document.state.explored.sound_map
        wanted = (found, document.patch["map.neighbours"], document.patch["map.power"], document.boundary)
        if wanted[0] is self._offered[0] and wanted[1:] == self._offered[1:]:
            return
        self._offered = wanted
        if found is None:
            self._sources.remove("map")
            return
        made = found.mapping(document.boundary, wanted[1], wanted[2])
        edges = np.asarray(found.latents)
        self._sources.publish("map", made, (edges.min(axis=0), edges.max(axis=0)))
