"""The terrain in training: what it is trained on, how, what came of it, and the terrains before it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.options import refuse_unknown
from terrain_widgets.core.parameter import Number
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.settings import FitOptions, TrainingSettings
from terrain_widgets.session.document.pairs import Pairs
from terrain_widgets.session.jobs.jobs import Job, Jobs
from terrain_widgets.session.sounds.latent_store import LatentStore
from terrain_widgets.session.stage.source_selector import Range, SourceSelector
from terrain_widgets.session.training.discarded import DiscardedTerrain, DiscardedTerrains

if TYPE_CHECKING:
    from terrain_widgets.core.terrain.terrain import Terrain
    from terrain_widgets.session.training.messages import Weights
    from terrain_widgets.session.training.process import Reached

TRAIN_SECONDS = Number("seconds", 12.0, 0.5, 600.0, unit="seconds", description="How long to train.")
_RUNS = 5
_FEW_STEPS, _FLAT_GAIN = 40, 0.02


class Training(traitlets.HasTraits):
    """Holds the terrain in training, and publishes whole snapshots of it as what can play.

    Args:
        sounds: What is trained on: latents, and the paths of the document.
        jobs: Training is a job.
        sources: Told of every snapshot.
        clear_stage: Called when a terrain goes, before it is gone: nothing may move over it any more.
        gauss_scale: Ruggedness of the terrains to come, cycles per control unit.

    Attributes:
        terrain: With the weights of the last snapshot; ``None`` before the first training.
        discarded: The terrains before it, to be restored.
        settings: Learning rate and batch size; a training that runs takes them over at its next step.
    """

    losses = traitlets.Instance(np.ndarray, args=((0, 2),), help="Training steps so far, [K, 2]: step number, loss.")
    runs = traitlets.Tuple(help="Earlier trainings to compare with: (name, losses [K, 2]) each, the last few.")
    gauss_scale = traitlets.Float(help="Ruggedness of the next new terrain.")

    def __init__(
        self,
        sounds: LatentStore,
        jobs: Jobs,
        sources: SourceSelector,
        clear_stage: Callable[[], None],
        gauss_scale: float,
    ) -> None:
        super().__init__(gauss_scale=gauss_scale)
        self.sounds, self.jobs, self.sources, self._clear_stage = sounds, jobs, sources, clear_stage
        self.terrain: Terrain | None = None
        self.discarded = DiscardedTerrains()
        self._lock = sounds.document.lock  # see ``Document.lock``
        self._pairs = Pairs()
        self._reached: Reached | None = None
        self.settings = TrainingSettings()
        sounds.observe(self._prepare, names="latents")

    def __repr__(self) -> str:
        steps = f"{int(self.losses[-1, 0])} steps, " if len(self.losses) else ""
        trained = "not trained yet" if self.terrain is None else repr(self.terrain)
        return f"Training({steps}{trained})"

    @property
    def dataset(self) -> TerrainDataset:
        """The pairs: every clip that has latents and lies on a path. Not to be added to."""
        with self._lock:
            return self._pairs.dataset(self.sounds.state, self.sounds.latents)

    @property
    def learnt(self) -> float | None:
        """Share of what the sounds move by that is in the terrain, 0…1, by its best loss and that of a flat one.

        ``None`` where nothing was trained here, or nothing moves.
        """
        from terrain_widgets.core.training.summary import summary

        with self._lock:
            losses, dataset = self.losses, self.dataset
        flat = summary(dataset).variance
        return max(0.0, 1.0 - float(losses[:, 1].min()) / flat) if len(losses) and flat > 0.0 else None

    @property
    def flat(self) -> bool | None:
        """Whether the last quarter of the training gained less than 2 %; ``None`` after fewer than 40 steps."""
        losses = self.losses[:, 1]
        if len(losses) < _FEW_STEPS:
            return None
        quarter = len(losses) // 4
        before, after = np.median(losses[-2 * quarter : -quarter]), np.median(losses[-quarter:])
        return bool(after > (1 - _FLAT_GAIN) * before)

    # --- training

    def train(
        self,
        seconds: float | None = TRAIN_SECONDS.default,
        wait: bool = False,
        *,
        continuous: bool = False,
        **options: Unpack[FitOptions],
    ) -> Job:
        """Train the terrain on the pairs, in the background; again, and it goes on from where it stands.

        ``gauss_scale`` is that of the next new terrain: call ``reset`` first to hear another ruggedness. A sound or
        path that is added, changed or removed meanwhile is learnt from the next step on.

        Args:
            seconds: Time budget, or ``None`` to train until the loss stays flat.
            wait: Return only when it is done, and raise what went wrong.
            continuous: Go on until ``jobs.cancel()``, resting while there is nothing more to learn; ``seconds`` then
                does not count.
            **options: As ``fit`` takes them: ``epochs``, ``lr``, ``batch_size``, ``method``, ``patience``, ``device``.

        Returns:
            The running job.

        Raises:
            TypeError: If there is no such option.
            RuntimeError: If another job runs.
        """
        refuse_unknown("Session.train", options, ["seconds", "wait", "continuous", *FitOptions.__annotations__])
        return self.jobs.start("train", lambda job: self._train(job, seconds, continuous, {**options}), wait)

    def _train(self, job: Job, seconds: float | None, continuous: bool, options: dict[str, Any]) -> None:
        """In a process of its own; returns when that has ended.

        Raises:
            TrainingError: If there is nothing to train on.
        """
        from terrain_widgets.core.terrain.terrain import Terrain
        from terrain_widgets.session.training.process import Watcher, borrow, give_back

        sounds, seed = self.sounds, self.sounds.document.seed
        if sounds.state.clips and not sounds.encoded:
            raise TrainingError("no sound is encoded yet: call session.encode() first")
        dataset = self.dataset
        if len(dataset) == 0:
            raise TrainingError("there is no pair yet: draw a path for at least one encoded sound")
        with self._lock:
            if self.terrain is None or self._reached is None:
                self._go_on_from(Terrain(2, dataset.latent_dim, self.gauss_scale, seed=seed))
                self.losses = np.empty((0, 2))
            assert self.terrain is not None and self._reached is not None
            terrain, reached = self.terrain, self._reached
        self.jobs.notices.say("codec", None)  # that the terrain starts over is true no longer: it has started
        fixed = {name: options.pop(name) for name in ("lr", "batch_size") if name in options}
        settings = TrainingSettings(**fixed) if fixed else self.settings

        def tell(losses: NDArray[np.float64], share: float, words: str) -> None:
            with self._lock:
                if terrain is self.terrain:
                    self.losses = np.concatenate([self.losses, losses])
            job.progress(share, words, seldom=True)

        def show(weights: Weights) -> None:
            snapshot = type(terrain).from_state(terrain.to_state())  # what takes time, before the lock
            snapshot.load_state_dict(weights)
            latent_range = self._latent_range()
            with self._lock:
                terrain.load_state_dict(weights)
                self._publish(terrain, snapshot, latent_range)

        watcher = Watcher(lambda: self.dataset, lambda: settings, lambda: job.cancelled, tell, show)
        if "device" in options:
            options["device"] = str(options["device"])
        options = {**options, "seconds": None if continuous else seconds, "seed": seed, "continuous": continuous}
        job.progress(0.0, "starting")
        process = borrow()
        try:
            process.train(terrain, reached, options, watcher)
        finally:
            give_back(process)
        best = float(self.losses[:, 1].min(initial=np.inf))
        job.progress(1.0, f"loss {best:.4f} after {reached.step} steps on {self.dataset.frame_count} frames")

    def _prepare(self, _change: Any) -> None:
        """Have the process ready in which the next training runs."""
        if self.sounds.latents and self.jobs.working != "train":
            from terrain_widgets.session.training import process

            with contextlib.suppress(OSError):  # then training says so
                process.prepare()

    def _latent_range(self) -> Range | None:
        dataset = self.dataset
        return dataset.latent_range() if len(dataset) else None

    def _publish(self, terrain: Terrain, snapshot: Terrain, latent_range: Range | None) -> None:
        """Have a snapshot of the terrain seen and heard, if it is still the one in training."""
        with self._lock:
            if terrain is self.terrain:  # not one that was discarded while its training ended
                self.sources.publish("terrain", snapshot.requires_grad_(False), latent_range)

    # --- other terrains

    def reset(self) -> None:
        """Forget what was trained, and stop training; the next training starts from a fresh terrain.

        ``restore`` brings the old one back.
        """
        with self._lock:
            if self.jobs.working == "train":
                self.jobs.cancel()
            self.discarded.keep(self.sources.latest("terrain"), self.losses)
            if self.terrain is not None and len(self.losses):
                name = f"ruggedness {self.terrain.config.gauss_scale:g}"
                self.runs = (*self.runs[-_RUNS + 1 :], (name, self.losses))
            self.terrain, self._reached = None, None
            self._clear_stage()
            self.sources.remove("terrain")
            self.losses = np.empty((0, 2))

    def restore(self) -> None:
        """Swap the present terrain with the one that was discarded last; again, with the one before it.

        Raises:
            ValueError: If none was discarded.
        """
        with self._lock:
            self.restore_discarded(self.discarded.swap(self.sources.latest("terrain"), self.losses))

    def restore_discarded(self, kept: DiscardedTerrain) -> None:
        """``adopt`` a copy of a terrain that stays as it is, with the course of its training.

        Raises:
            ValueError: As ``adopt``.
        """
        with self._lock:
            self.adopt(type(kept.terrain).from_state(kept.terrain.to_state()))
            self.losses = kept.losses

    def adopt(self, terrain: Terrain) -> None:
        """Play and go on training this terrain instead of the present one.

        Raises:
            ValueError: If it has another number of latents than the codec, or is not of a plane.
        """
        expected = self.sounds.codec.info.latent_dim
        if (terrain.control_dim, terrain.latent_dim) != (2, expected):
            raise ValueError(
                f"that terrain maps {terrain.control_dim} dimensions to {terrain.latent_dim} latents; "
                f"{self.sounds.codec_name} needs one from 2 to {expected}"
            )
        with self._lock:
            self.reset()
            self._go_on_from(terrain)
            self.gauss_scale = terrain.config.gauss_scale
            self._publish(terrain, type(terrain).from_state(terrain.to_state()), self._latent_range())

    def _go_on_from(self, terrain: Terrain) -> None:
        from terrain_widgets.session.training.process import Reached

        self.terrain, self._reached = terrain, Reached()

    def forget_codec(self) -> None:
        """Another codec: terrains have the old one's latents."""
        self.reset()
        self.discarded.clear()
