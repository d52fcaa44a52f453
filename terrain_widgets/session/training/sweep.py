"""A gallery of terrains at several ruggednesses, trained in the background, one of which is picked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from numpy.typing import NDArray

from terrain_widgets.core.training.candidate import Candidate
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.settings import SCALES, SECONDS_EACH, TrainingSettings
from terrain_widgets.session.jobs.jobs import Job
from terrain_widgets.session.training.discarded import DiscardedTerrain
from terrain_widgets.session.training.training import Training

if TYPE_CHECKING:
    from terrain_widgets.session.training.process import TrainingProcess


class Gallery(traitlets.HasTraits):
    """Terrains side by side: call it to train them, then ``pick``.

    Args:
        training: Whose pairs are trained on, and whose terrain a pick becomes.
    """

    candidates = traitlets.Tuple(help="The finished terrains, Candidate each, in the order of the scales.")
    picked = traitlets.Int(-1, help="Which of them plays, or -1.")

    def __init__(self, training: Training) -> None:
        super().__init__()
        self._training = training
        training.sources.observe(self._follow, names="shown")
        self._adopting = False

    def __repr__(self) -> str:
        scales = ", ".join(f"{candidate.gauss_scale:g}" for candidate in self.candidates)
        return f"Gallery({f'scales {scales}' if scales else 'empty: call it first'})"

    def __call__(
        self,
        scales: Sequence[float] | None = None,
        seconds: float | None = None,
        wait: bool = False,
        *,
        epochs: int | None = None,
    ) -> Job:
        """Train a terrain at each scale on the pairs, in the background; the one in training stays as it is.

        Args:
            scales: ``gauss_scale`` of each in cycles per control unit; by default 0 to 6.4, from smooth to rugged.
            seconds: Time for each; by default 2.
            wait: Return only when it is done, and raise what went wrong.
            epochs: Passes for each; then ``seconds`` is no limit unless it is given too.

        Returns:
            The running job.

        Raises:
            RuntimeError: If another job runs.
        """
        chosen = tuple(SCALES if scales is None else scales)
        if seconds is None and epochs is None:
            seconds = SECONDS_EACH.default
        return self._training.jobs.start("gallery", lambda job: self._train(job, chosen, seconds, epochs), wait)

    def pick(self, index: int) -> None:
        """Play and go on training this one; ``training.restore()`` brings the one before back.

        Raises:
            IndexError: If there is no such terrain.
            ValueError: If the codec is another one by now.
        """
        if not 0 <= index < len(self.candidates):
            raise IndexError(f"the gallery has {len(self.candidates)} terrains, from 0; there is no {index}")
        candidate: Candidate = self.candidates[index]
        with self._training.sounds.document.lock:
            self._adopting = True
            try:
                self._training.restore_discarded(DiscardedTerrain(candidate.terrain, candidate.losses))
            finally:
                self._adopting = False
            self.picked = index

    def clear(self) -> None:
        """Let all of them go."""
        self.candidates, self.picked = (), -1

    def _follow(self, _change: object) -> None:
        if not self._adopting:
            self.picked = -1

    def _train(self, job: Job, scales: Sequence[float], seconds: float | None, epochs: int | None) -> None:
        """One scale after the other, in the process that trains, so that the sound goes on."""
        from terrain_widgets.core.training.sweep import checked_scales
        from terrain_widgets.session.training.process import borrow, give_back

        dataset, wanted = self._training.dataset, checked_scales(scales)
        if len(dataset) == 0:
            raise TrainingError("there is no pair yet: draw a path for at least one encoded sound")
        self.clear()
        options = {"seconds": seconds, "epochs": epochs, "seed": self._training.sounds.document.seed}
        process = borrow()
        try:
            for index, scale in enumerate(wanted):
                begun = f"ruggedness {scale:g}, {index + 1} of {len(wanted)}: "

                def tell(share: float, words: str, done: int = index, begun: str = begun) -> None:
                    job.progress((done + share) / len(wanted), begun + words)

                found = self._candidate(process, job, dataset, scale, options, tell)
                if job.cancelled:
                    return
                self.candidates = (*self.candidates, found)
        finally:
            give_back(process)

    def _candidate(
        self,
        process: TrainingProcess,
        job: Job,
        dataset: TerrainDataset,
        scale: float,
        options: dict[str, Any],
        tell: Callable[[float, str], None],
    ) -> Candidate:
        from terrain_widgets.core.terrain.terrain import Terrain
        from terrain_widgets.core.training.sweep import judged
        from terrain_widgets.session.training.process import Reached, Watcher

        terrain = Terrain(dataset.control_dim, dataset.latent_dim, scale, seed=self._training.sounds.document.seed)
        settings, losses = TrainingSettings(), [np.empty((0, 2))]

        def note(fresh: NDArray[np.float64], share: float, words: str) -> None:
            losses.append(fresh)
            tell(share, words)

        watcher = Watcher(lambda: dataset, lambda: settings, lambda: job.cancelled, note, terrain.load_state_dict)
        process.train(terrain, Reached(), options, watcher)
        boundary = self._training.sounds.document.boundary
        extent = max(abs(boundary.right - boundary.left), abs(boundary.top - boundary.bottom))
        return judged(terrain, dataset, np.concatenate(losses), extent=extent)
