"""Reconstruction: a sound, what the codec makes of it, and what the terrain has of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.exploration.find import Followed, follow
from terrain_widgets.core.paths.trajectory import LatentTrajectory, SpatialTrajectory
from terrain_widgets.io.sound_sources import SoundLike, as_sound
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.sounds.codec_errors import codec_errors, copy_error, excerpts_of
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.sounds.reconstruction import Reconstruction, reconstruct
from terrain_widgets.session.stage.stage import Stage

FloatArray = NDArray[np.float32]

CODEC, TERRAIN = "codec", "terrain"


@dataclass(frozen=True, eq=False)
class Reconstructed:
    """A sound beside its copies.

    Args:
        clip: The sound.
        latents: The codec's of it, ``[T, D]``.
        followed: Where the terrain comes nearest to each frame; None where nothing is trained.
        copies: By ``"codec"`` and ``"terrain"``, each as long and as loud as the original.
        errors: Mean log-mel distance in dB from the original, not matched in loudness, of the same.
        codecs: Likewise of each codec, by its name, measured on the sound's first seconds.
    """

    clip: Clip
    latents: FloatArray
    followed: Followed | None
    copies: Mapping[str, Reconstruction]
    errors: Mapping[str, float]
    codecs: Mapping[str, float]

    def __repr__(self) -> str:
        said = ", ".join(f"{name} {error:.1f} dB" for name, error in {**self.errors, **self.codecs}.items())
        return f"Reconstructed({self.clip.name!r}, {said})"


class Reconstructions(traitlets.HasTraits):
    """Makes reconstructions, and brings what was reconstructed to the sliders, to a point or to the drawing.

    Args:
        sounds: Codec and latents.
        stage: Its terrain is searched.
        jobs: Reconstructing is a job, of the kind ``"reconstruct"``.
    """

    now = traitlets.Any(None, allow_none=True, help="The last one, Reconstructed, or None.")

    def __init__(self, sounds: LatentStore, stage: Stage, jobs: Jobs) -> None:
        super().__init__()
        self._sounds, self._stage, self._jobs = sounds, stage, jobs

    def __repr__(self) -> str:
        return f"Reconstructions({self.now or 'none yet'})"

    def make(self, what: SoundLike, *, wait: bool = False) -> Job:
        """Encode and decode a sound, once through the codec and once through the terrain; the result is in ``now``.

        Through the terrain each frame is the one of the terrain that is nearest: the best that it can do.

        Args:
            what: A clip's id, or a sound as ``add_sound`` takes it.
            wait: Return only when it is done, and raise what went wrong.

        Returns:
            The running job.

        Raises:
            SoundError: If a sound cannot be read.
            RuntimeError: If another job runs.
        """
        clip = next((c for c in self._sounds.state.clips if isinstance(what, str) and c.id == what), None)
        if clip is None:
            clip = Clip("", as_sound(what, None))
        found = clip
        return self._jobs.start("reconstruct", lambda job: self._make(job, found), wait)

    def _make(self, job: Job, clip: Clip) -> None:
        sounds, codec = self._sounds, self._sounds.codec
        info, sound = codec.info, clip.sound
        job.progress(0.1, f"encoding {clip.name}")
        if clip.id in sounds.latents:
            latents = sounds.latents_of(clip.id).values
        else:
            latents = codec.encode(sound.audio, sound.sample_rate).values
        mapping = self._stage.sources.shown
        followed = None if mapping is None else follow(mapping, latents, sounds.document.boundary)
        tables = {CODEC: latents} | ({} if followed is None else {TERRAIN: followed.latents})
        copies, errors = {}, {}
        for n, (name, table) in enumerate(tables.items()):
            job.progress(0.3 + 0.2 * n, f"decoding {clip.name}")
            copies[name] = reconstruct(clip, LatentTrajectory(table), codec)
            decoded = np.asarray(codec.decode(table), dtype=np.float32)[:, info.delay :]
            errors[name] = copy_error(sound, decoded, info.sample_rate)
        job.progress(0.7, "comparing codecs")
        codecs = codec_errors(excerpts_of([sound]), codec, cancelled=lambda: job.cancelled)
        if not job.cancelled:
            self.now = Reconstructed(clip, latents, followed, copies, errors, codecs)
            job.progress(1.0, "; ".join(f"{name} errs by {error:.1f} dB" for name, error in errors.items()))

    # --- what becomes of it

    def to_sliders(self) -> None:
        """Set the latent sliders to the sound's mean latents.

        Raises:
            ValueError: If nothing was reconstructed.
        """
        self._stage.sliders.take(self._needed.latents.mean(axis=0))

    def to_point(self) -> str:
        """A point with the sound's mean latents, where the terrain comes nearest to them, or in the plane's middle.

        Raises:
            ValueError: If nothing was reconstructed.
        """
        made, mapping = self._needed, self._stage.sources.shown
        mean, boundary = made.latents.mean(axis=0), self._sounds.document.boundary
        if mapping is None:
            place = boundary.from_unit(np.array([[0.5, 0.5]]))[0]
        else:
            place = follow(mapping, mean, boundary).places[0]
        return self._stage.points.place(place, mean, made.clip.name)

    def to_drawing(self) -> str:
        """Draw the path along which the terrain comes nearest to the sound; a sound that is new is added first.

        Returns:
            The clip's id.

        Raises:
            ValueError: If nothing was reconstructed, nothing is trained, or all frames are nearest to one place.
        """
        made, sounds = self._needed, self._sounds
        if made.followed is None:
            raise ValueError("there is no terrain to follow yet: train one first")
        places = made.followed.places
        moved = np.flatnonzero(np.any(np.diff(places, axis=0), axis=1))
        turns = np.unique(np.concatenate([[0], moved, moved + 1, [len(places) - 1]]))
        path = SpatialTrajectory(places[turns], times=turns.astype(np.float64))
        with sounds.document.lock:
            gesture = f"reconstruction {uuid4()}"  # the sound and its path are one step of undo
            clip = next((c for c in sounds.state.clips if c.id == made.clip.id), None)
            if clip is None:
                clip = sounds.document.add_sound(made.clip.sound, gesture=gesture)
                sounds.set_latents(clip.id, made.latents)
            sounds.document.draw(clip.id, path, gesture)
            return clip.id

    @property
    def _needed(self) -> Reconstructed:
        if self.now is None:
            raise ValueError("nothing was reconstructed yet: call session.explore.reconstruction.make() first")
        made: Reconstructed = self.now
        return made
