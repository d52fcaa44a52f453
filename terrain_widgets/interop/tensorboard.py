"""Losses for TensorBoard, beside those of other systems."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from terrain_widgets.codecs.trainer.events import Event, Examples, Progress, Validated
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
        self._writer = _summary_writer(folder)
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


class CodecTrainingWriter:
    """Writes what a codec's training tells as TensorBoard's event files: losses, errors, sounds.

    ::

        with CodecTrainingWriter("runs/mine") as writer:
            tw.train_codec("recordings", told=writer.told)

    Args:
        folder: Of this run; made if it is missing.

    Raises:
        ModuleNotFoundError: If TensorBoard is not installed; the message says how to.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._writer = _summary_writer(folder)

    def told(self, event: Event) -> None:
        """Write one event: ``loss/<term>``, ``validation/<figure>``, ``<title>/copy`` and ``<title>/original``."""
        if isinstance(event, Progress):
            for name, value in {**event.losses, "all": sum(event.losses.values())}.items():
                self._writer.add_scalar(f"loss/{name}", value, event.step)
            self._writer.add_scalar("lr", event.lr, event.step)
        elif isinstance(event, Validated):
            active = {} if event.active is None else {"active latents": event.active}
            for name, figure in {"error": event.error, **event.figures, **active}.items():
                self._writer.add_scalar(f"validation/{name}", figure, event.step)
        elif isinstance(event, Examples):
            for example in event.examples:
                for kind, audio in (("copy", example.audio), ("original", example.original)):
                    if audio is not None:
                        row = audio[None].clip(-1.0, 1.0)
                        self._writer.add_audio(f"{example.title}/{kind}", row, event.step, example.sample_rate)

    def close(self) -> None:
        """Write what is left and close the files."""
        self._writer.close()

    def __enter__(self) -> CodecTrainingWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _summary_writer(folder: str | os.PathLike[str]) -> Any:
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError as error:
        raise ModuleNotFoundError(_HOW) from error
    return SummaryWriter(os.fspath(folder))
