"""A point of the map of sounds taken out of it: drawn, or placed as a labelled point."""

from __future__ import annotations

from uuid import uuid4

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import SpatialTrajectory
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.explore.map_paths import timed_path, with_paths
from terrain_widgets.session.explore.sound_maps import SoundMaps
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.point_editor import PointEditor

_ROOM = 0.3  # share of the plane's side for the curve of a sound that has a single point


class MapPoints:
    """What becomes of a point of the map.

    Args:
        sounds: Codec, latents and document.
        maps: The map.
        editor: Places labelled points.
    """

    def __init__(self, sounds: LatentStore, maps: SoundMaps, editor: PointEditor) -> None:
        self._sounds, self._maps, self._editor = sounds, maps, editor

    def clip_of(self, point: int, gesture: str = "") -> str:
        """The id of a point's sound; one that is not in the session, such as a random latent's, is added first.

        Args:
            point: Of the map.
            gesture: Edits in a row under one name are one step of undo.

        Raises:
            ValueError: If there is no map.
            IndexError: If there is no such point.
        """
        document, found = self._sounds.document, self._maps.needed
        audio, rate = self._maps.audio(point)
        with document.lock:
            group = int(found.group[point])
            there = [clip.id for clip in document.state.clips]
            if found.ids and found.ids[group] in there:
                return found.ids[group]
            known = self._sounds.latents
            for clip_id in there:  # one that was made of this point before
                if clip_id in known and (known[clip_id].values == found.latents[point]).all():
                    return clip_id
            clip = document.add_sound(Sound(found.name_of(point), audio, rate), gesture=gesture)
            frames = max(2, round(self._sounds.codec.info.frame_rate))
            self._sounds.set_latents(clip.id, np.repeat(found.latents[point : point + 1], frames, axis=0))
            return clip.id

    def to_drawing(self, point: int, place: ArrayLike | None = None) -> str:
        """Draw a path for a point's sound, in place of the one it had.

        A sound of several points has its path through them as on the map, moved so that this point comes to lie at the
        place; one of a single point has a small curve about it.

        Args:
            point: Of the map.
            place: ``[2]`` in control units; by default where it lies on the map.

        Returns:
            The clip's id.

        Raises:
            ValueError: If there is no map.
            IndexError: If there is no such point.
        """
        document, found = self._sounds.document, self._maps.needed
        with document.lock:
            gesture = f"point {uuid4()}"  # where its sound is added, that is the same step of undo
            clip_id = self.clip_of(point, gesture)
            where = self._maps.place(point) if place is None else np.asarray(place, dtype=np.float64)
            group = int(found.group[point])
            own = found.ids and found.ids[group] == clip_id  # else its sound is this point alone
            path = timed_path(found, group, found.on(document.boundary)) if own else None
            if path is not None:
                path = SpatialTrajectory(path.values + (where - self._maps.place(point)), times=path.times)
            else:
                from terrain_widgets.core.paths.packing import pack  # here, so that a session opens without scipy

                room = _about(document.boundary, where)
                path = pack([self._sounds.frames_needed(clip_id)], room, document.seed + point)[0]
            document.apply_within(gesture, with_paths, {clip_id: path})
            document.select(clip_id)
            return clip_id

    def to_point(self, point: int, place: ArrayLike | None = None) -> str:
        """A labelled point that sounds as a point of the map does.

        Args:
            point: Of the map.
            place: ``[2]`` in control units; by default where it lies on the map.

        Returns:
            The labelled point's id.

        Raises:
            ValueError: If there is no map, or the labelled points are of another space.
            IndexError: If there is no such point.
        """
        found, there = self._maps.needed, self._maps.place(point)
        return self._editor.place(there if place is None else place, found.latents[point], found.name_of(point))


def _about(boundary: Boundary, place: ArrayLike) -> Boundary:
    """A square about a place, a share of the plane's sides and within the plane if the place is."""
    middle = boundary.to_unit(place)
    inside = bool(((middle >= 0) & (middle <= 1)).all())
    low = np.clip(middle - _ROOM / 2, 0.0, 1.0 - _ROOM) if inside else middle - _ROOM / 2
    (left, top), (right, bottom) = boundary.from_unit([low, low + _ROOM])
    return Boundary(float(left), float(top), float(right), float(bottom))
