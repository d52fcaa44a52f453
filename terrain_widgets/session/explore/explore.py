"""Exploring: the map of sounds, ways through latent space, attributes, presets, and what sounds like this."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.exploration.find import Findings, find_places, nearest
from terrain_widgets.core.mapping import Mapping
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


@dataclass(frozen=True, eq=False)
class FoundSound:
    """A sound on the map, and how far it is from what was looked for.

    Args:
        name: Of its nearest point.
        point: The number of that.
        place: ``[2]`` in control units.
        distance: As of ``Found``, in standard deviations of the map.
    """

    name: str
    point: int
    place: FloatArray
    distance: float


@dataclass(frozen=True, eq=False)
class OnMap:
    """What a search gave on the map of sounds.

    Args:
        places: Where what the map plays is nearest.
        sounds: Those of the map, the nearest first.
    """

    places: Findings
    sounds: tuple[FoundSound, ...]


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

    found = traitlets.Any(None, allow_none=True, help="Findings of the last ``find`` on the stage, or None.")
    on_map = traitlets.Any(None, allow_none=True, help="Likewise OnMap: what it found on the map of sounds, or None.")

    def __init__(self, sounds: LatentStore, stage: Stage, jobs: Jobs) -> None:
        super().__init__()
        self._sounds, self._stage = sounds, stage
        self.map = SoundMaps(sounds, jobs, stage.map)
        self.map.observe(lambda _change: setattr(self, "on_map", None), names="now")  # its points are others
        self.points = MapPoints(sounds, self.map, stage.points)
        self.ways = Ways(sounds, stage.clip, stage.rendering)
        self.attributes = AttributeBank(sounds, jobs)
        self.presets = PresetShelf(sounds, stage.sliders)
        self.reconstruction = Reconstructions(sounds, stage, jobs)

    def __repr__(self) -> str:
        return f"Explore({self.map!r}, {self.ways!r}, {self.attributes!r}, {self.presets!r})"

    def find(self, what: FloatArray | SoundLike, *, most: int = 8) -> Findings:
        """Where something sounds like this: places on the stage, and of each sound on the map its nearest point.

        What plays, or was shown last, is searched: the terrain, the points or the map; where nothing is shown yet, the
        map. The places, as a heat grid and a ranked list, are kept in ``found``; points of the map, if there is one, in
        ``on_map``. Every view of what was searched shows them.

        Args:
            what: An encoded sound's id, an array of latents ``[D]`` or ``[T, D]``, or a sound as ``add_sound``
                takes it, which is encoded in the calling thread.
            most: Length of each list.

        Raises:
            ValueError: If nothing can be searched yet, a sound is not encoded, or the latents are of another codec.
            SoundError: If a sound cannot be read.
        """
        boundary, sources = self._sounds.document.boundary, self._stage.sources
        of_map = sources.latest("map")
        searched: Mapping | None = of_map if sources.shown is None else sources.shown
        if searched is None:
            raise ValueError("there is nothing to search yet: train a terrain, or make a map of sounds")
        latents = self._latents(what)
        found = find_places(searched, latents, boundary, most=most)
        on_map = None
        if of_map is not None:
            places = found if found.searched is of_map else find_places(of_map, latents, boundary, most=most)
            on_map = OnMap(places, self._sounds_like(latents, most))
        with self.hold_trait_notifications():
            self.found, self.on_map = found, on_map
        return found

    def forget(self) -> None:
        """What was found is shown no more."""
        with self.hold_trait_notifications():
            self.found = self.on_map = None

    def like(self, what: FloatArray | SoundLike, most: int = 8) -> tuple[tuple[int, float], ...]:
        """The points of the map that sound most like this, the nearest first, with their distances.

        Args:
            what: As ``find``.
            most: How many.

        Raises:
            ValueError: If there is no map; and as ``find``.
        """
        distance, order = self._by_distance(self._latents(what))
        return tuple((int(point), float(distance[point])) for point in order[:most])

    def _sounds_like(self, latents: FloatArray, most: int) -> tuple[FoundSound, ...]:
        found, (distance, order) = self.map.needed, self._by_distance(latents)
        nearest_of_each = order[np.sort(np.unique(found.group[order], return_index=True)[1])]
        return tuple(
            FoundSound(found.name_of(point), int(point), self.map.place(point), float(distance[point]))
            for point in nearest_of_each[:most]
        )

    def _by_distance(self, latents: FloatArray) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        found, rows = self.map.needed, np.atleast_2d(latents)
        if found.frames.max() > 1:  # a point that is a mean is met by a mean
            rows = np.concatenate([rows, rows.mean(axis=0, keepdims=True)])
        distance, _ = nearest(found.latents, rows)
        return distance, np.argsort(distance, kind="stable")

    def _latents(self, what: FloatArray | SoundLike) -> FloatArray:
        if isinstance(what, str) and any(clip.id == what for clip in self._sounds.state.clips):
            values: FloatArray = self._sounds.latents_of(what).values
            return values
        if isinstance(what, np.ndarray):
            return np.asarray(what, dtype=np.float32)
        sound = as_sound(what, None)
        encoded: FloatArray = self._sounds.codec.encode(sound.audio, sound.sample_rate).values
        return encoded
