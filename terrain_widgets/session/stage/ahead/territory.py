"""Which sound every place is like, found out before anybody plays there: by latents, and by decoding."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.audio.engine.latents.latent_settings import LatentSettings
from terrain_widgets.codecs.base import Codec
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.mapping import Mapping as ControlToLatents
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.core.pictures.heatmap import sample_grid
from terrain_widgets.core.pictures.territory import Landmarks, territory
from terrain_widgets.process.last_threads import daemon
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.jobs.cpu_budget import leave_a_processor_free
from terrain_widgets.session.sounds.landmarks import sound_landmarks
from terrain_widgets.session.sounds.latent_store import LatentStore

log = logging.getLogger(__name__)

GRIDS = (16, 32, 64)  # places each way that are decoded, one grid after the other
_REST_SECONDS, _FINER_REST_SECONDS = 0.5, 1.5  # without another question, before a thread begins, and goes on
_LONG_SECONDS = 6.0  # a codec that needs more for a grid would need long for the next one, with four times the places
_MOST_FRAMES = 6000  # of all sounds together, that are decoded


@dataclass(frozen=True)
class _Question:
    codec: Codec
    mapping: ControlToLatents
    boundary: Boundary
    clips: Sequence[Clip]
    latents: Mapping[str, LatentTrajectory]

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, _Question)
            and self.boundary == other.boundary
            and all(getattr(self, name) is getattr(other, name) for name in ("codec", "mapping", "clips", "latents"))
        )


@dataclass(frozen=True, eq=False)
class _Heard:
    """Places that were decoded: latents ``[M, D]``, loudness ``[M]`` and levels ``[M, bands]``; and sounds, by id.

    Of a sound it is known which levels its latents have.
    """

    latents: NDArray[np.float32]
    loudness: NDArray[np.float32]
    levels: NDArray[np.float64]
    sounds: Mapping[str, tuple[LatentTrajectory, NDArray[np.float64]]]


class TerritoryAhead(traitlets.HasTraits):
    """What a map of the sounds is coloured by.

    At once that is the frames of the sounds: a place is like the sound whose latents are nearest. But latents that are
    near may sound otherwise. So a grid of places is decoded in a thread, coarse and then fine, and each is like the
    sound that has a frame with the most similar levels in mel bands. What latents sound like is true of any mapping, so
    it holds on while the next one is trained.

    Args:
        sounds: Codec, sounds and their latents.
        shaping: Gives the limits of the latents.
    """

    learned = traitlets.Int(0, help="Counts up when more is known; pictures are drawn again then.")

    def __init__(self, sounds: LatentStore, shaping: Callable[[], LatentSettings]) -> None:
        super().__init__()
        self._sounds, self._shaping = sounds, shaping
        self._asked: _Question | None = None
        self._answered: _Question | None = None
        self._stop = threading.Event()
        self._heard: _Heard | None = None
        self._known: tuple[object, object, object, Landmarks | None] | None = None

    @property
    def landmarks(self) -> Landmarks | None:
        """All that is known by now; ``None`` if no sound is encoded."""
        clips, latents, heard = self._sounds.state.clips, self._sounds.latents, self._heard
        known = self._known
        if known is None or known[0] is not clips or known[1] is not latents or known[2] is not heard:
            known = self._known = (clips, latents, heard, _landmarks(clips, latents, heard))
        return known[3]

    def names(self, latents: ArrayLike) -> list[str]:
        """What the sounds are called that latents ``[N, D]`` are like; nothing where no sound is encoded."""
        table, marks = np.atleast_2d(np.asarray(latents, dtype=np.float32)), self.landmarks
        if marks is None:
            return [""] * len(table)
        clips = self._sounds.state.clips
        return [clips[number].name for number in territory(table[None], marks).named[0]]

    def learn(self, mapping: ControlToLatents, boundary: Boundary, *, wait: bool = False) -> None:
        """Decode places all over a plane, unless that was the last question; a new question ends the one before.

        Args:
            mapping: Of two control dimensions.
            boundary: The plane.
            wait: Return when the coarse grid is decoded; otherwise that happens in a thread, and finer ones after it.
        """
        codec = self._sounds.loaded_codec
        if codec is None or mapping.latent_dim != codec.info.latent_dim:
            return
        asked = _Question(codec, mapping, boundary, self._sounds.state.clips, self._sounds.latents)
        if asked == (self._answered if wait else self._asked):
            return
        if wait:
            self._hear(asked, GRIDS[0], threading.Event())
        else:
            self.cancel()
            self._asked = asked
            stop = self._stop = threading.Event()
            daemon(self._run, asked, stop, name="terrain_widgets territory", stop=stop.set).start()

    def cancel(self) -> None:
        """Nobody wants to know more; what is known stays."""
        self._stop.set()
        self._asked = self._answered = None

    def forget(self) -> None:
        """Another codec: nothing is known any more."""
        self.cancel()
        self._heard = None

    def _run(self, asked: _Question, stop: threading.Event) -> None:
        leave_a_processor_free()
        rest = _REST_SECONDS
        try:
            for cells in GRIDS:
                if stop.wait(rest):
                    return
                began = time.monotonic()
                self._hear(asked, cells, stop)
                if time.monotonic() - began > _LONG_SECONDS:
                    return
                rest = _FINER_REST_SECONDS
        except Exception:  # whatever a codec raises; the next question is asked again
            if self._asked is asked:
                self._asked = None
            log.warning("places could not be decoded; the map of the sounds goes by latents alone", exc_info=True)

    def _hear(self, asked: _Question, cells: int, stop: threading.Event) -> None:
        from terrain_widgets.session.stage.ahead.held_places import held_places, sound_levels  # import torch

        codec, shaping, clips = asked.codec, self._shaping(), [clip for clip in asked.clips if clip.id in asked.latents]
        sounds = {} if self._heard is None else dict(self._heard.sounds)
        for clip in clips:
            if stop.is_set():
                return
            latents = asked.latents[clip.id]
            if clip.id not in sounds or sounds[clip.id][0] is not latents:
                sounds[clip.id] = (latents, sound_levels(codec, latents.values, _MOST_FRAMES // len(clips)))
        grid = sample_grid(asked.mapping, asked.boundary, cells, cells)
        rows = []
        for row in grid:
            if stop.is_set():
                return
            rows.append(held_places(codec, np.clip(row, shaping.low, shaping.high).astype(np.float32)))
        loudness, levels = (np.concatenate(parts) for parts in zip(*rows, strict=True))
        if not stop.is_set():
            self._heard = _Heard(grid.reshape(-1, grid.shape[-1]), loudness, levels, sounds)
            self._answered = asked
            self.learned += 1


def _landmarks(
    clips: Sequence[Clip], latents: Mapping[str, LatentTrajectory], heard: _Heard | None
) -> Landmarks | None:
    marks = sound_landmarks(clips, latents)
    if marks is None or heard is None:
        return marks
    from terrain_widgets.session.stage.ahead.held_places import most_alike  # imports torch

    present = {}
    for number, clip in enumerate(clips):
        known = heard.sounds.get(clip.id)
        if known is not None and known[0] is latents.get(clip.id):
            present[number] = known[1]
    return marks.with_places(heard.latents, heard.loudness, most_alike(heard.levels, present)) if present else marks
