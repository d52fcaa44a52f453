"""What plays: the terrain, the map between labelled points, or the latent sliders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import traitlets

from terrain_widgets.core.mapping import Mapping

if TYPE_CHECKING:
    from terrain_widgets.session.session import Session
    from terrain_widgets.session.stage.player import Range

SOURCES = ("terrain", "points", "sliders")
_MISSING = {
    "terrain": "there is no terrain to play yet: encode, draw and train first",
    "points": "the points are not trained yet: place some, attach latents and train them",
    "sliders": "the sliders are not heard yet: turn on “Hear them”",
}


class SourceSelector(traitlets.HasTraits):
    """Each source offers its newest mapping; the chosen one's is played, and shown as the session's ``mapping``.

    So a training that goes on does not take the sound away from the points, nor the other way round. Sliders have no
    picture: while they sound, what was shown stays.

    Args:
        session: Whose engine plays, and whose ``mapping`` is set.
    """

    source = traitlets.Enum(SOURCES, "terrain", help="What plays; set by ``select``.")

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._held: dict[str, tuple[Mapping, Range | None]] = {}
        self._shown = "terrain"

    def __repr__(self) -> str:
        return f"SourceSelector({self.source}, of: {', '.join(self._held) or 'nothing yet'})"

    @property
    def mapping(self) -> Mapping | None:
        """What sounds."""
        return self.latest(self.source)

    def latest(self, source: str) -> Mapping | None:
        """The newest mapping of a source, played or not; ``None`` if it has none."""
        return self._held[source][0] if source in self._held else None

    def publish(self, source: str, mapping: Mapping, latent_range: Range | None = None) -> None:
        """A source has something new: it is crossfaded to at once if that source plays, and kept if not.

        Args:
            source: ``"terrain"``, ``"points"`` or ``"sliders"``.
            mapping: Not to be changed any more.
            latent_range: What its latents are kept within, ``(low, high)`` of ``[D]`` each; ``None`` is the engine's.
        """
        with self._session.lock:
            self._held[source] = (mapping, latent_range)
            if source == self.source:
                self._play()
            elif source == self._shown:
                self._session.mapping = mapping

    def select(self, source: str) -> None:
        """Play this from now on.

        Raises:
            ValueError: If it has nothing to play yet.
        """
        with self._session.lock:
            if source not in self._held:
                raise ValueError(_MISSING.get(source, f"what plays is one of {', '.join(SOURCES)}, not {source!r}"))
            if source != self.source:
                self.source = source
                self._play()

    def remove(self, source: str) -> None:
        """A source has nothing any more; if it plays, it falls silent, and the terrain is what plays next."""
        session = self._session
        with session.lock:
            self._held.pop(source, None)
            if source == self._shown:
                session.mapping, self._shown = None, "terrain"
            if source == self.source:
                session.performance.keep_within(None)
                session.player.forget()
                self.source = "terrain"
                if "terrain" in self._held:
                    self._play()

    def _play(self) -> None:
        session = self._session
        mapping, latent_range = self._held[self.source]
        if latent_range is None and session.player.latents is not None:
            from terrain_widgets.audio.engine.latent_chain import DEFAULT_LATENT_LIMIT

            edge = np.full(mapping.latent_dim, DEFAULT_LATENT_LIMIT, dtype=np.float32)
            latent_range = (-edge, edge)  # the engine still has the range of what played before
        session.performance.keep_within(latent_range)
        session.player.play(mapping)
        if self.source != "sliders":
            self._shown, session.mapping = self.source, mapping
