"""The session's terrain and its training: what is trained, how, and what becomes of it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.parameter import Number
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.settings import TrainingSettings
from terrain_widgets.session.jobs.jobs import Job

if TYPE_CHECKING:
    from terrain_widgets.core.terrain.terrain import Terrain
    from terrain_widgets.session.session import Session
    from terrain_widgets.session.stage.source_selector import Range
    from terrain_widgets.session.training.messages import Weights
    from terrain_widgets.session.training.process import Reached

TRAIN_SECONDS = Number("seconds", 12.0, 0.5, 600.0, unit="seconds", description="How long to train.")


class Trainer:
    """Holds the terrain in training; publishes whole snapshots of it to the session.

    Args:
        session: Whose dataset, and whose ``mapping`` and ``losses`` it sets.

    Attributes:
        terrain: With the weights of the last snapshot; ``None`` before the first training.
        settings: Learning rate and batch size; a training that runs obeys at its next step.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.terrain: Terrain | None = None
        self._reached: Reached | None = None
        self.settings = TrainingSettings()

    def forget(self) -> None:
        """The next training starts from a fresh terrain."""
        self.terrain, self._reached = None, None

    def adopt(self, terrain: Terrain) -> None:
        """Go on from this terrain."""
        from terrain_widgets.session.training.process import Reached

        self.terrain, self._reached = terrain, Reached()

    def prepare(self) -> None:
        """Have the process ready in which the next training runs."""
        from terrain_widgets.session.training import process as training_process

        with contextlib.suppress(OSError):  # then training says so
            training_process.prepare()

    def train(self, job: Job, seconds: float | None, continuous: bool, options: dict[str, Any]) -> None:
        """Train in a process of its own; returns when that has ended.

        Raises:
            TrainingError: If there is nothing to train on.
        """
        from terrain_widgets.core.terrain.terrain import Terrain
        from terrain_widgets.session.training.process import Watcher, borrow, give_back

        session = self._session
        if session.state.clips and not session.encoded:
            raise TrainingError("no sound is encoded yet: press “Encode” first")
        dataset = session.dataset
        if len(dataset) == 0:
            raise TrainingError("there is no pair yet: draw a path for at least one encoded sound")
        with session.lock:
            if self.terrain is None or self._reached is None:
                self.adopt(Terrain(2, dataset.latent_dim, session.gauss_scale, seed=session.seed))
                session.losses = np.empty((0, 2))
            assert self.terrain is not None and self._reached is not None
            terrain, reached = self.terrain, self._reached
        fixed = {name: options.pop(name) for name in ("lr", "batch_size") if name in options}
        settings = TrainingSettings(**fixed) if fixed else self.settings

        def tell(losses: NDArray[np.float64], share: float, words: str) -> None:
            with session.lock:
                if terrain is self.terrain:
                    session.losses = np.concatenate([session.losses, losses])
            job.progress(share, words, seldom=True)

        def show(weights: Weights) -> None:
            with session.lock:
                terrain.load_state_dict(weights)
                self.publish(terrain, session.dataset)

        watcher = Watcher(lambda: session.dataset, lambda: settings, lambda: job.cancelled, tell, show)
        if "device" in options:
            options["device"] = str(options["device"])
        options = {
            **options,
            "seconds": None if continuous else seconds,
            "seed": session.seed,
            "continuous": continuous,
        }
        job.progress(0.0, "starting")
        process = borrow()
        try:
            process.train(terrain, reached, options, watcher)
        finally:
            give_back(process)
        best = float(session.losses[:, 1].min(initial=np.inf))
        job.progress(1.0, f"loss {best:.4f} after {reached.step} steps on {session.dataset.frame_count} frames")

    def publish(self, terrain: Terrain, dataset: TerrainDataset) -> None:
        """Let a snapshot of the terrain be seen and heard, if it is still the one in training."""
        snapshot = type(terrain).from_state(terrain.to_state()).requires_grad_(False)
        latent_range: Range | None = dataset.latent_range() if len(dataset) else None
        session = self._session
        with session.lock:
            if terrain is self.terrain:  # not one that was let go while its training ended
                session.sources.publish("terrain", snapshot, latent_range)
