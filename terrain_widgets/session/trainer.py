"""The session's terrain and its training: what is trained, how, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.dataset import TerrainDataset
from terrain_widgets.core.parameter import ParameterSpec
from terrain_widgets.session.jobs import Job
from terrain_widgets.session.threads import use_one_processor

if TYPE_CHECKING:
    from terrain_widgets.core.terrain import Terrain
    from terrain_widgets.core.training import FitState
    from terrain_widgets.core.training_settings import TrainingSettings
    from terrain_widgets.session.player import Range
    from terrain_widgets.session.session import Session

TRAIN_SECONDS = ParameterSpec("seconds", 12.0, 0.5, 600.0, unit="seconds", description="How long to train.")


class Trainer:
    """Holds the terrain in training; publishes whole snapshots of it to the session.

    Args:
        session: Whose dataset, and whose ``mapping`` and ``losses`` it sets.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.terrain: Terrain | None = None
        self._state: FitState | None = None
        self._settings: TrainingSettings | None = None

    @property
    def settings(self) -> TrainingSettings:
        """Learning rate and batch size; a training that runs obeys at its next step."""
        from terrain_widgets.core.training_settings import TrainingSettings

        if self._settings is None:
            self._settings = TrainingSettings()
        return self._settings

    def forget(self) -> None:
        """The next training starts from a fresh terrain."""
        self.terrain, self._state = None, None

    def adopt(self, terrain: Terrain) -> None:
        """Go on from this terrain."""
        from terrain_widgets.core.training import FitState

        self.terrain, self._state = terrain, FitState()

    def train(self, job: Job, seconds: float | None, continuous: bool, options: dict[str, Any]) -> None:
        """Train on the job's thread until its end.

        Raises:
            TrainingError: If there is nothing to train on.
        """
        from terrain_widgets.core.terrain import Terrain
        from terrain_widgets.core.training import FitState, TrainingError, fit
        from terrain_widgets.session.training_job import follow

        session = self._session
        use_one_processor()
        if session.state.clips and not session.encoded:
            raise TrainingError("no sound is encoded yet: press “Encode” first")
        dataset = session.dataset
        if len(dataset) == 0:
            raise TrainingError("there is no pair yet: draw a path for at least one encoded sound")
        with session.lock:
            if self.terrain is None or self._state is None:
                self.terrain = Terrain(2, dataset.latent_dim, session.gauss_scale, seed=session.seed)
                self._state, session.losses = FitState(), np.empty((0, 2))
            terrain, state = self.terrain, self._state
        if not options.keys() & {"lr", "batch_size"}:
            options = {**options, "settings": self.settings}
        steps = fit(
            terrain,
            lambda: session.dataset,
            seconds=None if continuous else seconds,
            seed=session.seed,
            state=state,
            continuous=continuous,
            should_stop=lambda: job.cancelled,
            **options,
        )

        def tell(losses: NDArray[np.float64]) -> None:
            with session.lock:
                if terrain is self.terrain:
                    session.losses = np.concatenate([session.losses, losses])

        last = follow(job, steps, tell, lambda: self.publish(terrain, session.dataset), self._sounding)
        best = float(session.losses[:, 1].min(initial=np.inf))
        job.progress(1.0, f"loss {best:.4f} after {last} steps on {session.dataset.frame_count} frames")

    def _sounding(self) -> bool:
        host = self._session.running_host
        return host is not None and not host.status().silent

    def publish(self, terrain: Terrain, dataset: TerrainDataset) -> None:
        """Let a snapshot of the terrain be seen and heard, if it is still the one in training."""
        snapshot = type(terrain).from_state(terrain.to_state()).requires_grad_(False)
        latent_range: Range | None = dataset.latent_range() if len(dataset) else None
        session = self._session
        with session.lock:
            if terrain is self.terrain:  # not one that was let go while its training ended
                session.performance.keep_within(latent_range)
                session.player.play(snapshot)
                session.mapping = snapshot
