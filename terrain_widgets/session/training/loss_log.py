"""Trainings into TensorBoard while they run."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from terrain_widgets.session.training.training import Training

if TYPE_CHECKING:
    from terrain_widgets.interop.tensorboard import LossWriter


class LossLog:
    """Follows the losses; each new terrain is a run of its own: ``1``, ``2``, … in the folder.

    Args:
        training: Whose losses: ``session.training``.
        folder: For ``tensorboard --logdir``.

    Raises:
        ModuleNotFoundError: If TensorBoard is not installed; the message says how to.
    """

    def __init__(self, training: Training, folder: str | os.PathLike[str]) -> None:
        self._training, self._folder = training, Path(folder)
        self._lock = threading.Lock()
        self._run = 0
        self._writer = self._next()
        training.observe(self._follow, names="losses")
        training.jobs.observe(self._judge, names="working")
        self._add(training.losses)

    def close(self) -> None:
        """Follow no longer."""
        self._training.unobserve(self._follow, names="losses")
        self._training.jobs.unobserve(self._judge, names="working")
        with self._lock:
            self._writer.close()

    def __enter__(self) -> LossLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _next(self) -> LossWriter:
        self._run += 1
        return LossWriter(self._folder / str(self._run))

    def _follow(self, change: Any) -> None:
        self._add(change["new"])

    def _add(self, losses: np.ndarray) -> None:
        with self._lock:
            if self._writer.step and (len(losses) == 0 or losses[-1, 0] < self._writer.step):
                self._writer.close()
                self._writer = self._next()
            self._writer.add(losses)

    def _judge(self, change: Any) -> None:
        """A training has ended."""
        training = self._training
        shown, dataset = training.sources.shown, training.dataset
        if change["old"] == "train" and shown is not None and len(dataset):
            with self._lock:
                self._writer.add_errors(shown, dataset)
