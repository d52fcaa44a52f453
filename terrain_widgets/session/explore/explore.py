"""Exploring: the map of sounds, ways through latent space, attributes, presets, and what sounds like this."""

from __future__ import annotations

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.exploration.find import Findings, find_places, nearest
from terrain_widgets.io.sound_sources import SoundLike, as_sound
from terrain_widgets.session.explore.attribute_bank import AttributeBank
from terrain_widgets.session.explore.map_points import MapPoints
from terrain_widgets.session.explore.preset_shelf import PresetShelf
from terrain_widgets.session.explore.reconstructions import Reconstructions
from terrain_widgets.session.explore.sound_maps import SoundMaps
from terrain_widgets.session.explore.ways import Ways
from terrain_widgets.session.jobs.jobs import Jobs
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.stage import Stage

FloatArray = NDArray[np.float32]


class Explore(traitlets.HasTraits):
    """Ways to find and to make sounds in latent space. Everything the panel does is a method here or of a part.

    Args:
        sounds: Codec and latents.
        stage: Plays what is found.
        jobs: For what takes long.

    Attributes:
        map: The map of sounds.
        points: Points of the map, taken to the drawing or to the labelled points.
        ways: Morphs, walks and variations.
        attributes: Named and measured directions, with absolute sliders.
        presets: Latent vectors with names.
        reconstruction: A sound beside what codec and terrain make of it.
    """

    found = traitlets.Any(None, allow_none=True, help="Findings of the last ``find``, or None.")

    def __init__(self, sounds: LatentStore, stage: Stage, jobs: Jobs) -> None:
        super().__init__()
        self._sounds, self._stage = sounds, stage
        self.map = SoundMaps(sounds, jobs, stage.map)
        self.points = MapPoints(sounds, self.map, stage.points)
        self.ways = Ways(sounds, stage.clip)
        self.attributes = AttributeBank(sounds, jobs)
        self.presets = PresetShelf(sounds, stage.sliders)
        self.reconstruction = Reconstructions(sounds, stage, jobs)

    def __repr__(self) -> str:
        return f"Explore({self.map!r}, {self.ways!r}, {self.attributes!r}, {self.presets!r})"

    def find(self, what: FloatArray | SoundLike, *, most: int = 8) -> Findings:
        """Where on the plane something sounds like this, as a heat grid and a ranked list; kept in ``found``.

        Every view of what was searched shows it: the stage, and the map of sounds if that is what plays.

        What plays, or was shown last, is searched: the terrain, the points or the map.

        Args:
            what: An encoded sound's id, an array of latents ``[D]`` or ``[T, D]``, or a sound as ``add_sound``
                takes it, which is encoded in the calling thread.
            most: Length of the list.

        Raises:
            ValueError: If nothing can be searched yet, a sound is not encoded, or the latents are of another codec.
            SoundError: If a sound cannot be read.
        """
        mapping = self._stage.sources.shown
        if mapping is None:
            raise ValueError("there is nothing to search yet: train a terrain, or make a map of sounds")
        self.found = found = find_places(mapping, self._latents(what), self._sounds.document.boundary, most=most)
        return found

    def forget(self) -> None:
        """What was found is shown no more."""
        self.found = None

    def like(self, what: FloatArray | SoundLike, most: int = 8) -> tuple[tuple[int, float], ...]:
        """The points of the map that sound most like this, the nearest first, with their distances.

        Args:
            what: As ``find``.
            most: How many.

        Raises:
            ValueError: If there is no map; and as ``find``.
        """
        distance, _ = nearest(self.map.needed.latents, self._latents(what))
        best = np.argsort(distance, kind="stable")[:most]
        return tuple((int(point), float(distance[point])) for point in best)

    def _latents(self, what: FloatArray | SoundLike) -> FloatArray:
        if isinstance(what, str) and any(clip.id == what for clip in self._sounds.state.clips):
            values: FloatArray = self._sounds.latents_of(what).values
            return values
        if isinstance(what, np.ndarray):
            return np.asarray(what, dtype=np.float32)
        sound = as_sound(what, None)
        encoded: FloatArray = self._sounds.codec.encode(sound.audio, sound.sample_rate).values
        return encoded
