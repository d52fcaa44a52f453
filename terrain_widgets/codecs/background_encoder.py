"""Encoding in the background: long sounds, with progress and a way to stop, and never the same one twice."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.cache import keep, key_of, recall
from terrain_widgets.codecs.frame_accounting import checked_audio
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.core.bending.bend import model_hash
from terrain_widgets.core.paths.trajectory import LatentTrajectory
from terrain_widgets.io.reading import reading, tensors_of
from terrain_widgets.process.worker import WorkCancelled, Worker, WorkerDied

__all__ = ["BackgroundEncoder", "WorkCancelled"]

FloatArray = NDArray[np.float32]

LIMIT_SECONDS = 300.0  # without progress; the first answer includes loading the codec
_KIND = "latents"
#: Module of the tasks that a worker for codecs does.
TASKS = "terrain_widgets.codecs.tasks"


class BackgroundEncoder:
    """Encodes in a worker process, which starts with the first sound and is freed when idle.

    ``encode`` blocks its caller, not the interpreter: call it on a thread.

    Args:
        recipe: How the worker gets the codec.
        worker: Which process works; its own if left out.
        cached: Whether results are kept by the content of sound and codec.
    """

    def __init__(self, recipe: CodecRecipe, *, worker: Worker | None = None, cached: bool = True) -> None:
        self._recipe, self._cached = recipe, cached
        self._worker = Worker(TASKS) if worker is None else worker

    def __repr__(self) -> str:
        return f"BackgroundEncoder({self._recipe.source!r}, {self._worker!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id while there is one."""
        return self._worker.pid

    def encode(
        self,
        audio: Any,
        sample_rate: int,
        *,
        progress: Callable[[float, float], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        weights: Mapping[str, FloatArray] | None = None,
    ) -> LatentTrajectory:
        """As ``Codec.encode``, or as ``BendableEncoder.encode_with`` where there are weights.

        Args:
            audio: ``[A, S]`` or ``[S]``.
            sample_rate: Hz.
            progress: Called with seconds done and seconds in all; with a codec that cannot encode in blocks, only at
                the end.
            cancelled: Asked about ten times a second; once it says yes, ``WorkCancelled`` is raised.
            weights: Of the encoder, in place of the codec's own.

        Raises:
            WorkCancelled: If it was asked to stop.
            CodecError: If the codec refuses this sound, or its process ends; the next call starts another.
            ValueError: If the audio is empty or not finite.
        """
        samples = np.ascontiguousarray(checked_audio(audio, sample_rate))
        seconds = samples.shape[1] / sample_rate
        recipe = self._recipe
        # settings change what a model encodes to, its path does not
        settings = json.dumps(dict(recipe.settings), sort_keys=True)
        bent = dict(weights or {})
        key = key_of(
            recipe.digest, settings, str(sample_rate), str(samples.shape), samples.tobytes(),
            *([model_hash(bent)] if bent else []),
        )  # fmt: skip
        found = self._remembered(key)
        if found is None:
            request = {"recipe": recipe.to_json(), "sample_rate": sample_rate, "audio": samples, "weights": bent}

            def heard(header: dict[str, Any]) -> None:
                if progress is not None:
                    progress(header["progress"], header["of"])

            found = self._asked(request, heard, cancelled)
            self._remember(key, found)
        if progress is not None:
            progress(seconds, seconds)
        return found

    def close(self) -> None:
        """End the worker now; another ``encode`` starts a new one."""
        self._worker.close()

    def _asked(
        self,
        request: dict[str, Any],
        heard: Callable[[dict[str, Any]], None],
        cancelled: Callable[[], bool] | None,
    ) -> LatentTrajectory:
        try:
            answer, content = self._worker.ask("encode", request, limit=LIMIT_SECONDS, heard=heard, cancelled=cancelled)
        except WorkerDied as error:
            raise CodecError(
                f"the process that encoded with {self._recipe.source} {error}; encode again, a shorter sound or with "
                "another codec"
            ) from None
        if content is None:
            raise CodecError(str(answer.get("refused") or answer.get("failed")))
        return LatentTrajectory(content["latents"], frame_rate=content["frame_rate"])

    def _remembered(self, key: str) -> LatentTrajectory | None:
        content = recall(_KIND, key) if self._cached else None
        return None if content is None else latents_from_bytes(content)

    def _remember(self, key: str, latents: LatentTrajectory) -> None:
        if self._cached:
            keep(_KIND, key, latents_to_bytes(latents))


def latents_to_bytes(latents: LatentTrajectory) -> bytes:
    """Latents as the cache keeps them: safetensors."""
    content: bytes = save({"values": latents.values, "frame_rate": np.array([latents.frame_rate or 0.0])})
    return content


def latents_from_bytes(content: bytes) -> LatentTrajectory | None:
    """What ``latents_to_bytes`` wrote; ``None`` if it is anything else: a cache is never in the way."""
    with contextlib.suppress(ValueError), reading(ValueError, "these are no latents"):
        arrays, _ = tensors_of(content)
        return LatentTrajectory(arrays["values"], frame_rate=float(arrays["frame_rate"][0]) or None)
    return None
