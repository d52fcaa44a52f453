"""A codec of the session's own sounds: trained in a process of its own, watched, paused, and then played."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Unpack

import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from terrain_widgets.codecs.base import Codec
from terrain_widgets.codecs.trainer.settings import SettingOptions
from terrain_widgets.core.mapping import Mapping
from terrain_widgets.io.sound_sources import SoundLike
from terrain_widgets.session.jobs.jobs import Job, JobStatus
from terrain_widgets.session.notices.events import Failed
from terrain_widgets.session.notices.notices import Notices
from terrain_widgets.session.sounds.latent_store import LatentStore

if TYPE_CHECKING:
    from terrain_widgets.codecs.trainer.events import Event, Progress, Validated

TOPIC = "codec lab"
_UNTOLD = 0.02  # of the bar, for reading the sounds


class CodecLab(traitlets.HasTraits):
    """Trains a codec beside everything else: sounds can be encoded, terrains trained and played meanwhile.

    Args:
        sounds: On these it trains, unless others are given.
        notices: Told under ``"codec lab"`` what went wrong.
    """

    status = traitlets.Instance(JobStatus, (), help="How the training stands.")
    paused = traitlets.Bool(False, help="Whether it waits.")
    progress = traitlets.Any(None, allow_none=True, help="The last ``Progress``, with the losses term by term.")
    validated = traitlets.Any(None, allow_none=True, help="The last ``Validated``: active latents, warning.")
    losses = traitlets.Tuple(help="(step, {term: loss}) of each report.")
    curve = traitlets.Instance(np.ndarray, args=((0, 2),), help="Validations [K, 2]: step, error in dB.")
    examples = traitlets.Tuple(help="Sounds to hear: ``Example`` each.")
    report = traitlets.Tuple(help="What there is to say of the sounds, a sentence each.")
    result = traitlets.Unicode("", help="Path of the codec that was trained last.")

    def __init__(self, sounds: LatentStore, notices: Notices) -> None:
        super().__init__()
        self._sounds, self._notices = sounds, notices
        self._lock = threading.Lock()
        self._job: Job | None = None
        self._stopped = False

    def __repr__(self) -> str:
        return f"CodecLab({self.status.state}{f', {self.status.message}' if self.status.message else ''})"

    def train(
        self,
        recipe: str = "pebble",
        out: str | Path = "mine.safetensors",
        sounds: str | Path | Iterable[SoundLike] | None = None,
        *,
        preset: str = "balanced",
        licence: str = "unknown",
        resume: bool = True,
        wait: bool = False,
        **settings: Unpack[SettingOptions],
    ) -> Job:
        """Train a codec in the background, as ``tw.train_codec`` does; ``result`` then says where it is.

        Args:
            recipe: Name of a recipe, such as ``"pebble"``.
            out: Where the codec goes, ``.safetensors``.
            sounds: A folder, a file or several sounds; those of the session if left out.
            preset: ``"test"``, ``"fast"``, ``"balanced"`` or ``"quality"``.
            licence: Of the codec, as its card will say it.
            resume: Whether to go on from a checkpoint that lies beside ``out``.
            wait: Return only when it is done, and raise what went wrong.
            **settings: Fields of ``Settings``, over those of the preset.

        Returns:
            The running job.

        Raises:
            ValueError: If there is no sound, recipe or preset, or a setting is out of range.
            TypeError: If there is no such setting.
            RuntimeError: If another codec is being trained.
        """
        from terrain_widgets.codecs.trainer.train_codec import training_order

        material = self._sounds.present_sounds if sounds is None else sounds
        if isinstance(material, tuple) and not material:
            raise ValueError("there is no sound to train a codec on; add one to ten minutes of sounds first")
        with self._lock:
            if self._job is not None and self._job.running:
                raise RuntimeError("another codec is being trained; stop it or wait for its end")
            order = training_order(material, recipe, out, preset=preset, licence=licence, resume=resume, **settings)
            self._stopped, self.paused = False, False
            self.progress = self.validated = None
            self.losses, self.examples, self.report, self.curve = (), (), (), np.empty((0, 2))

            def work(job: Job) -> None:
                from terrain_widgets.codecs.trainer.conversation import train_beside

                finished = train_beside(order, lambda event: self._heard(job, event), lambda: self._wish(job))
                reached = ""
                if finished.path:
                    self.result = finished.path
                    reached = f": {finished.error:.2f} dB after {finished.step} steps"
                job.progress(1.0, f"{finished.why}{reached}")

            self._job = job = Job("codec lab", work, self._tell).start()
        return job.wait() if wait else job

    def pause(self) -> None:
        """Have the training wait; where it stands is kept."""
        self.paused = True

    def resume(self) -> None:
        """Have it go on."""
        self.paused = False

    def stop(self) -> None:
        """End it; what was reached is written, and can be trained on."""
        self._stopped = True

    def side_by_side(self, mapping: Mapping, places: ArrayLike) -> dict[str, NDArray[np.float32]]:
        """The same walk over one terrain through the codec in use, and through the one that was trained.

        If that is in use already, it is heard beside the bundled codec.

        Args:
            mapping: The terrain, as ``session.stage.sources.shown`` has it.
            places: One for each latent frame, ``[T, 2]`` in control units.

        Returns:
            Audio ``[A, S]`` by the codec's name, each at its own rate, the trained one last.

        Raises:
            ValueError: If nothing was trained, or it has another number of latents.
        """
        from terrain_widgets.audio.takes.render import render
        from terrain_widgets.codecs.loading import load_codec

        if not self.result:
            raise ValueError("no codec was trained in this session yet")
        new = load_codec(self.result)
        old: Codec = self._sounds.codec
        old = load_codec() if old.recipe == new.recipe else old
        if old.info.latent_dim != new.info.latent_dim:
            raise ValueError(
                f"{new.info.name} has {new.info.latent_dim} latents and {old.info.name} {old.info.latent_dim}, so one "
                "terrain cannot play both; change the codec and train a terrain for it"
            )
        walk = np.asarray(places, dtype=np.float32)
        name = new.info.name if new.info.name != old.info.name else f"{new.info.name}, trained further"
        return {old.info.name: render(mapping, old, walk), name: render(mapping, new, walk)}

    def _wish(self, job: Job) -> Literal["go", "pause", "stop"]:
        return "stop" if self._stopped or job.cancelled else "pause" if self.paused else "go"

    def _heard(self, job: Job, event: Event) -> None:
        """One event, on the job's thread."""
        from terrain_widgets.codecs.trainer import events

        if isinstance(event, events.Started):
            self.report = event.report
            job.progress(_UNTOLD, f"{event.recipe}: {event.parameters:,} numbers, from step {event.step}")
        elif isinstance(event, events.Progress):
            self._progressed(job, event)
        elif isinstance(event, events.Validated):
            self._was_validated(event)
        elif isinstance(event, events.Examples):
            self.examples = event.examples

    def _progressed(self, job: Job, event: Progress) -> None:
        self.progress = event
        self.losses = (*self.losses, (event.step, dict(event.losses)))
        job.progress(max(_UNTOLD, event.share), f"step {event.step}, loss {sum(event.losses.values()):.3f}")

    def _was_validated(self, event: Validated) -> None:
        self.validated = event
        self.curve = np.concatenate([self.curve, [[event.step, event.error]]])

    def _tell(self, status: JobStatus) -> None:
        self.status = status
        if status.state == "failed":
            self._notices.say(TOPIC, Failed(status.message))
        elif status.state == "running":
            self._notices.say(TOPIC, None)
