"""Losses for TensorBoard, beside those of other systems."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.core.mapping import Mapping
from terrain_widgets.core.training.dataset import TerrainDataset
from terrain_widgets.core.training.jitter import jitter_psnr, path_errors

_HOW = "TensorBoard's writer is not installed: pip install 'terrain_widgets[tensorboard]'"


class LossWriter:
    """Writes a training's losses and errors as TensorBoard's event files; ``tensorboard --logdir folder`` shows them.

    ::

        with LossWriter("runs/first") as writer:
            for step in tw.fit(terrain, dataset):
                writer.add([(step.step, step.loss)])
            writer.add_errors(terrain, dataset)

    Args:
        folder: Of this run; made if it is missing.

    Raises:
        ModuleNotFoundError: If TensorBoard is not installed; the message says how to.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError as error:
            raise ModuleNotFoundError(_HOW) from error
        self._writer: Any = SummaryWriter(os.fspath(folder))
        self._last = 0

    @property
    def step(self) -> int:
        """The last step that was written."""
        return self._last

    def add(self, losses: ArrayLike | Iterable[tuple[int, float]]) -> None:
        """Write losses ``[K, 2]``, step and loss, as ``loss``; steps that were written already are left out."""
        table = np.asarray(losses, dtype=np.float64).reshape(-1, 2)
        for step, loss in table[table[:, 0] > self._last]:
            self._writer.add_scalar("loss", float(loss), int(step))
            self._last = int(step)

    def add_errors(self, mapping: Mapping, dataset: TerrainDataset) -> None:
        """Write PSNR in dB at the last step: on each path, as ``path/<name>``, and ``beside the paths``.

        Raises:
            ValueError: If there are no pairs.
        """
        for error in path_errors(mapping, dataset):
            self._writer.add_scalar(f"path/{error.name}", error.psnr, self._last)
        self._writer.add_scalar("beside the paths", jitter_psnr(mapping, dataset).mean, self._last)

    def close(self) -> None:
        """Write what is left and close the files."""
        self._writer.close()

    def __enter__(self) -> LossWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
