"""What is worked on: the codec, the latents it makes of the sounds, the job that runs, and what panels should say."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from weakref import WeakKeyDictionary

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.loading import load_codec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.boundary import Boundary
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.session.document import commands
from terrain_widgets.session.document.document import Document
from terrain_widgets.session.document.state import Clip
from terrain_widgets.session.jobs.jobs import Job, Jobs, JobStatus
from terrain_widgets.session.jobs.notice import Notice
from terrain_widgets.session.sounds.encode_job import add_model, change_codec, encode_all, same_latents
from terrain_widgets.session.sounds.reconstruction import Reconstruction, reconstruct

_BUNDLED_FRAME_RATE = 44100 / 1024  # known before the codec is loaded, which takes a second
_AREAS = {"encode": "sounds", "codec": "sounds", "train": "training", "gallery": "gallery", "compare": "points"}


class Workbench(Document):
    """A document, a codec, and at most one job at a time. ``Session`` is the only one there is.

    Args:
        boundary: As ``Document``.
        seed: As ``Document``.
    """

    latents = traitlets.Dict(help="Latent trajectory by clip id; replaced whole.")
    codec_name = traitlets.Unicode("", help="The codec in use, as it was asked for.")
    job = traitlets.Instance(JobStatus, (), help="How the present or last job stands.")
    working = traitlets.Unicode("", help="Kind of the job that runs now, or nothing; changes only at its ends.")
    notices = traitlets.Dict(help="What each area's panel should tell the user, Notice by area; replaced whole.")

    def __init__(self, boundary: Boundary, seed: int) -> None:
        super().__init__(boundary, seed)
        self._codec: Codec | None = None
        self._jobs = Jobs(self._report)
        # By sound and not by clip: a clip that is cut is another sound, and undo brings the first one back.
        self._known: WeakKeyDictionary[Sound, LatentTrajectory] = WeakKeyDictionary()
        self.observe(self._remember_latents, names="latents")
        self.observe(self._bring_latents, names="state")
        self._followed: frozenset[int] = frozenset()
        self.observe(self._follow_sounds, names="state")

    # --- codec and latents

    @property
    def codec(self) -> Codec:
        """The codec, loaded on first use (this imports torch, about a second)."""
        with self._lock:
            if self._codec is None:
                self.use_codec(None)
            assert self._codec is not None
            return self._codec

    @property
    def loaded_codec(self) -> Codec | None:
        """The codec, if one has been loaded."""
        return self._codec

    def use_codec(self, source: str | os.PathLike[str] | CodecRecipe | None) -> None:
        """Change the codec. Sounds and paths stay; latents and terrain belong to the old codec and are let go.

        Raises:
            CodecError: If there is no such codec; the old one stays.
        """
        codec = load_codec(source, self.present_sounds)
        self.use_loaded(codec, codec.info.name)

    def change_codec(self, source: str | os.PathLike[str] | CodecRecipe | None, wait: bool = False) -> Job:
        """Change the codec in the background, and encode all sounds with it; a model is first tried out by itself.

        Args:
            source: As ``load_codec`` takes it.
            wait: Return only when it is done, and raise what went wrong.

        Returns:
            The running job.
        """
        return self._start("codec", lambda job: change_codec(self, job, source), wait)

    def use_loaded(self, codec: Codec, name: str) -> bool:
        """Change to a codec that is loaded already, as ``use_codec`` does; returns whether it is another one."""
        with self._lock:
            old = self._codec
            changed = old is not None and codec.recipe != old.recipe
            self._codec, self.codec_name = codec, name
            if old is not None and codec is not old and same_latents(codec, old):
                self._codec_rebuilt()
                return False
            if changed:
                self._known.clear()
                self.latents = {}
                self._codec_changed()
            return changed

    def _codec_changed(self) -> None:
        """Let go of what is shaped like the old codec's latents."""

    def _codec_rebuilt(self) -> None:
        """Play with the new codec what was made with the old one."""

    @property
    def present_sounds(self) -> tuple[Sound, ...]:
        """The sounds of all clips, as they are cut."""
        return tuple(clip.sound for clip in self.state.clips)

    def _follow_sounds(self, _change: object) -> None:
        """Build a codec that is made of sounds anew once they are others, unless some are still to be encoded."""
        with self._lock:
            made_of_sounds = self._codec is not None and self._codec.info.capabilities.made_of_sounds
            sounds = frozenset(map(id, self.present_sounds))
            followed, self._followed = self._followed, sounds
            if made_of_sounds and sounds and sounds != followed and len(self.encoded) == len(self.state.clips):
                if not self.busy:
                    self.encode()

    def add_model(self, name: str, content: bytes, wait: bool = False) -> Job:
        """Keep a model for nn~ that came as a file, by its name, and change to it in the background.

        It is kept in the first folder of ``TERRAIN_WIDGETS_MODELS``, or else in the user's data folder. A model that
        cannot be used is not kept.

        Args:
            name: File name; ``.ts`` at its end.
            content: The file.
            wait: As ``change_codec``.
        """
        return self._start("codec", lambda job: add_model(self, job, name, content), wait)

    def encode(self, wait: bool = False, clip_ids: Iterable[str] | None = None) -> Job:
        """Encode every sound that has no latents yet, in the background.

        Args:
            wait: Return only when it is done, and raise what went wrong.
            clip_ids: Only these of them.

        Returns:
            The running job: ``.cancel()``, ``.wait()``, ``.status``.
        """
        only = None if clip_ids is None else frozenset(clip_ids)
        return self._start("encode", lambda job: encode_all(self, job, only), wait)

    def trim_sound(self, clip_id: str, start: float = 0.0, end: float | None = None) -> Job | None:
        """Keep this part of a sound, in seconds of the sound as it was added; undo, or a wider part, brings it back.

        Its path stays. Its latents are those of the part: remembered ones, or made anew in the background if it had
        some and nothing else is being worked on.

        Returns:
            The job that encodes it, if one was started.

        Raises:
            ValueError: If the part is not inside the sound, or shorter than ``SHORTEST_CLIP``.
        """
        with self._lock:
            had = clip_id in self.latents
            self.apply(commands.trim_clip, clip_id, start, end)
            again = had and clip_id not in self.latents
        return self.encode(clip_ids=[clip_id]) if again and not self.busy else None

    def reconstruct(self, clip_id: str) -> Reconstruction:
        """A sound and what the codec makes of it, to be heard side by side; see ``Reconstruction``.

        Raises:
            ValueError: If it is not encoded.
            KeyError: If there is no such clip.
        """
        return reconstruct(self.state.clip(clip_id), self.latents_of(clip_id), self.codec)

    def _remember_latents(self, _change: object) -> None:
        with self._lock:
            for clip in self.state.clips:
                if clip.id in self.latents:
                    self._known[clip.sound] = self.latents[clip.id]
                else:
                    self._known.pop(clip.sound, None)

    def _bring_latents(self, _change: object) -> None:
        """Latents after an edit: those of each clip's present sound, or none."""
        with self._lock:
            wanted = {clip.id: self._known.get(clip.sound) for clip in self.state.clips}
            if any(self.latents.get(clip_id) is not latent for clip_id, latent in wanted.items()):
                latents = {k: v for k, v in self.latents.items() if k not in wanted}
                self.latents = {**latents, **{k: v for k, v in wanted.items() if v is not None}}

    def set_latents(self, clip_id: str, latent: LatentTrajectory | ArrayLike) -> None:
        """Say what a clip is in latent space: ``[T, D]``. Encoding does this; so may you.

        Raises:
            ValueError: If the latents are not a finite table, or of another codec's dimensions.
            KeyError: If there is no such clip.
        """
        trajectory = latent if isinstance(latent, LatentTrajectory) else LatentTrajectory(latent)
        expected = self.codec.info.latent_dim
        if trajectory.latent_dim != expected:
            raise ValueError(
                f"{self.codec_name} has {expected} latents, but these have {trajectory.latent_dim} columns"
            )
        with self._lock:
            self.state.clip(clip_id)
            self.latents = {**self.latents, clip_id: trajectory}

    @property
    def encoded(self) -> tuple[Clip, ...]:
        """The clips that have latents; ``latents`` also remembers those of removed clips, for undo."""
        return tuple(clip for clip in self.state.clips if clip.id in self.latents)

    def frames_needed(self, clip_id: str) -> int:
        """Latent frames of a clip: known once encoded, computed from its duration before."""
        if clip_id in self.latents:
            return len(self.latents[clip_id])
        frame_rate = self._codec.info.frame_rate if self._codec is not None else _BUNDLED_FRAME_RATE
        return max(1, int(np.ceil(self.state.clip(clip_id).sound.duration * frame_rate)))

    def latents_of(self, clip_id: str) -> LatentTrajectory:
        """A clip's latents.

        Raises:
            ValueError: If it is not encoded.
        """
        if clip_id in self.latents:
            trajectory: LatentTrajectory = self.latents[clip_id]
            return trajectory
        return super().latents_of(clip_id)

    # --- jobs and notices

    def cancel(self) -> None:
        """Stop encoding or training; what was reached is kept."""
        self._jobs.cancel()

    @property
    def busy(self) -> bool:
        """Whether a job runs."""
        return self._jobs.busy

    def start_job(self, kind: str, work: Callable[[Job], None], wait: bool = False) -> Job:
        """Do any work as the session's one job, with progress and a way to stop.

        Args:
            kind: For ``job`` and ``working``.
            work: Called on the job's thread.
            wait: Return only when it is done, and raise what went wrong.

        Raises:
            RuntimeError: If another job runs.
        """
        return self._start(kind, work, wait)

    def _start(self, kind: str, work: Callable[[Job], None], wait: bool) -> Job:
        job = self._jobs.start(kind, work)
        return job.wait() if wait else job

    def _report(self, status: JobStatus) -> None:
        begins = status.state == "running" and not self.working
        self.job = status
        self.working = status.kind if status.state == "running" else ""
        if status.state == "failed":
            self.say(_AREAS[status.kind], status.message)
        elif begins:
            self.say(_AREAS[status.kind], "")

    def say(self, area: str, text: str, level: str = "error") -> None:
        """Have the panel of that area show a sentence; an empty one takes the last back."""
        with self._lock:
            if self.notices.get(area, Notice("", level)).text != text:
                self.notices = {**self.notices, area: Notice(text, level)}
