"""The map of sounds: made in the background, played, heard point by point, made into a terrain, read and written."""

from __future__ import annotations

import os
from types import MappingProxyType

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.core.exploration.projection import METHODS, normalised, project
from terrain_widgets.core.exploration.sound_map import SoundMap
from terrain_widgets.interop.latent_audio.sound_map import load_sound_map, save_sound_map
from terrain_widgets.session.document import exploration_commands
from terrain_widgets.session.explore.map_paths import timed_path, with_paths
from terrain_widgets.session.explore.points_of_sounds import KINDS, MOST_POINTS, Of, points_of_sounds, random_points
from terrain_widgets.session.jobs.cpu_budget import leave_a_processor_free
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.map_source import MapSource

RANDOM_POINTS = 500


class SoundMaps(traitlets.HasTraits):
    """Makes the map of sounds that the document holds; every change of it is a step of undo.

    Args:
        sounds: What becomes the points.
        jobs: Making a map is a job, of the kind ``"map"``.
        source: Plays it.
    """

    now = traitlets.Any(None, allow_none=True, help="The SoundMap, or None.")

    def __init__(self, sounds: LatentStore, jobs: Jobs, source: MapSource) -> None:
        super().__init__()
        self._sounds, self._document, self._jobs, self.source = sounds, sounds.document, jobs, source
        self._document.observe(self._follow, names="state")

    def __repr__(self) -> str:
        return f"SoundMaps({self.now or 'no map yet'})"

    def make(
        self, of: Of = "sounds", method: str = "pca", *, count: int = RANDOM_POINTS, seed: int = 0, wait: bool = False
    ) -> Job:
        """Make the map in the background; ``jobs.cancel()`` stops it, and then the old one stays.

        Args:
            of: What becomes a point: every one of the encoded ``"sounds"``, all their ``"frames"``, their ``"grains"``
                (cut where hits begin), or ``"random"`` latents from a standard normal distribution.
            method: ``"pca"``, or ``"umap"`` or ``"tsne"`` where their libraries are installed.
            count: How many random latents.
            seed: Of UMAP, t-SNE and random latents.
            wait: Return only when it is done, and raise what went wrong.

        Returns:
            The running job.

        Raises:
            ValueError: If there is no such kind of point or method, or the count is not 3 to 10,000.
            RuntimeError: If another job runs.
        """
        if of not in KINDS or method not in METHODS or not 3 <= count <= MOST_POINTS:
            raise ValueError(
                f"a map is of {', '.join(KINDS)} by {', '.join(METHODS)}, of 3 to {MOST_POINTS} random points; "
                f"got {of!r}, {method!r}, {count!r}"
            )
        return self._jobs.start("map", lambda job: self._make(job, of, method, count, seed), wait)

    def _make(self, job: Job, of: Of, method: str, count: int, seed: int) -> None:
        leave_a_processor_free()

        def told(share: float, words: str) -> bool:
            job.progress(0.8 * share, words, seldom=True)
            return not job.cancelled

        codec, no_ids = self._sounds.codec, tuple[str, ...]()
        if of == "random":
            job.progress(0.0, "listening to random latents")
            latents, measured = random_points(codec, count, seed)
            group = np.arange(count, dtype=np.int32)
            begin, length = np.zeros(count, np.int32), np.ones(count, np.int32)
            names, ids = tuple(f"random {n + 1}" for n in range(count)), no_ids
        else:
            clips = self._sounds.encoded
            latents, group, begin, length, measured = points_of_sounds(self._sounds, of, told)
            names, ids = tuple(clip.name for clip in clips), tuple(clip.id for clip in clips)
        if job.cancelled:
            return
        job.progress(0.8, f"projecting {len(latents)} points")
        places = normalised(project(latents, method, seed))
        if job.cancelled or self._sounds.codec is not codec:
            return
        made = SoundMap(places, latents, names, group, begin, length, ids, MappingProxyType(measured), method)
        self._document.apply(exploration_commands.set_map, made)
        job.progress(1.0, f"{len(made)} points of {len(names)} sounds")

    def clear(self) -> None:
        """Take the map away (undo brings it back)."""
        self._document.apply(exploration_commands.set_map, None)

    # --- to play

    def play(self) -> None:
        """Play the map from now on; ``source.snap()`` and ``source.blend()`` say how.

        Raises:
            ValueError: If there is none.
        """
        self.source.play()

    def place(self, point: int) -> NDArray[np.float32]:
        """Where a point is, ``[2]`` in control units.

        Raises:
            ValueError: If there is no map.
            IndexError: If there is no such point.
        """
        found = self.needed
        place: NDArray[np.float32] = found.on(self._document.boundary)[self._checked(point)]
        return place

    def nearest(self, place: ArrayLike) -> int:
        """The point that is nearest to a place ``[2]`` in control units.

        Raises:
            ValueError: If there is no map.
        """
        return int(np.linalg.norm(self.needed.on(self._document.boundary) - np.asarray(place), axis=1).argmin())

    def audio(self, point: int) -> tuple[NDArray[np.float32], int]:
        """A point's whole sound, ``[A, S]`` and Hz: its clip, or of a random point its latents held for a second.

        Raises:
            ValueError: If there is no map.
            IndexError: If there is no such point.
        """
        found, codec = self.needed, self._sounds.codec
        group = int(found.group[self._checked(point)])
        clip = next((c for c in self._document.state.clips if found.ids and c.id == found.ids[group]), None)
        if clip is not None:
            return np.asarray(clip.sound.audio, np.float32), clip.sound.sample_rate
        held = np.repeat(found.latents[point : point + 1], max(1, round(codec.info.frame_rate)), axis=0)
        return np.asarray(codec.decode(held), dtype=np.float32)[:, codec.info.delay :], codec.info.sample_rate

    # --- a terrain of it

    def draw_paths(self) -> None:
        """Make a terrain of it: every sound gets a path where its points are, as one step of undo; then train.

        A sound of several points lies on the way from one to the next, each frame at its own time; one of a single
        point on a small curve about it.

        Raises:
            ValueError: If there is no map, or none of its sounds are in the session.
        """
        found, document = self.needed, self._document
        present = {clip.id for clip in document.state.clips}
        groups = [k for k, clip_id in enumerate(found.ids) if clip_id in present]
        if not groups:
            raise ValueError("the points of this map are of no sounds in the session; make a map of sounds or frames")
        places = found.on(document.boundary)
        ways = {group: timed_path(found, group, places) for group in groups}
        paths = {found.ids[group]: path for group, path in ways.items() if path is not None}
        single = [group for group, path in ways.items() if path is None]
        if single:
            from terrain_widgets.core.paths.packing import pack  # here, so that a session opens without scipy

            lengths = [self._sounds.frames_needed(found.ids[group]) for group in single]
            first = [int(np.flatnonzero(found.group == group)[0]) for group in single]
            packed = pack(lengths, document.boundary, document.seed, found.places[first] * [1, -1] + [0, 1])
            paths |= {found.ids[group]: path for group, path in zip(single, packed, strict=True)}
        document.apply(with_paths, paths)
        document.select_next()

    # --- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the map as LatentAudio's ``sound_map.json``.

        Raises:
            ValueError: If there is none.
        """
        save_sound_map(self.needed, self._sounds.codec.info.sample_rate, path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Take a map from LatentAudio's ``sound_map.json`` (undo brings the old one back).

        Raises:
            ForeignFileError: If the file cannot be read; nothing has changed.
            ValueError: If it is of another number of latents; nothing has changed.
        """
        found, wanted = load_sound_map(path), self._sounds.codec.info.latent_dim
        if found.latents.shape[1] != wanted:
            raise ValueError(
                f"that map has {found.latents.shape[1]} latents, and {self._sounds.codec_name} has {wanted}"
            )
        self._document.apply(exploration_commands.set_map, found)

    @property
    def needed(self) -> SoundMap:
        """The map.

        Raises:
            ValueError: If there is none.
        """
        found = self._document.state.explored.sound_map
        if found is None:
            raise ValueError("there is no map of sounds yet: call session.explore.map.make() first")
        return found

    def _checked(self, point: int) -> int:
        if not 0 <= point < len(self.needed):
            raise IndexError(f"the map has points 0 to {len(self.needed) - 1}, not {point}")
        return point

    def _follow(self, _change: object) -> None:
        if self.now is not self._document.state.explored.sound_map:
            self.now = self._document.state.explored.sound_map
