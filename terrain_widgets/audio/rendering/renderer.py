"""Who renders: what is long goes to a process of its own, so that the interpreter stays free for page and gestures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.audio.rendering.orders import Order, packed_order
from terrain_widgets.audio.takes.render import Told, nobody
from terrain_widgets.codecs.base import Codec
from terrain_widgets.process.worker import WorkCancelled, Worker, WorkerDied

FloatArray = NDArray[np.float32]

#: Seconds of sound from which on a process renders: it takes a second or two to start, which less does not repay.
LONG_SECONDS = 30.0
LIMIT_SECONDS = 300.0  # without progress; the first answer includes loading the codec
TASKS = "terrain_widgets.audio.rendering.task"


class Renderer:
    """Renders short orders on their callers' threads, and long ones in a process, one after the other.

    Where an order is rendered changes nothing of it: here and there the same ``Order.render`` makes the samples. Short
    orders wait for nothing, a long one for the long ones before it. A process starts with the first long order, and is
    freed when it has had nothing to do for a while.

    Args:
        long_seconds: From how many seconds of sound on a process renders; what only this process has as a codec is
            rendered here.
    """

    def __init__(self, long_seconds: float = LONG_SECONDS) -> None:
        self._long_seconds = long_seconds
        self._worker = Worker(TASKS)

    def __repr__(self) -> str:
        return f"Renderer({self._worker!r})"

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return self._worker.pid

    def render(
        self, order: Order, codec: Codec, *, told: Told = nobody, cancelled: Callable[[], bool] = lambda: False
    ) -> FloatArray:
        """Make the samples of an order, and return when they are made; blocks its caller, not the interpreter.

        Args:
            order: What to render.
            codec: What decodes.
            told: Told how far it is, 0…1, on the caller's thread.
            cancelled: Asked often; once it says yes, ``WorkCancelled`` is raised.

        Returns:
            Audio ``[A, S]`` at the codec's rate.

        Raises:
            WorkCancelled: If it was asked to stop.
            ValueError: If something does not fit the codec.
            RuntimeError: If the codec or a mapping fails, or the process ends; the next order starts another.
        """
        if codec.recipe is None or order.seconds(codec.info) < self._long_seconds:

            def told_here(share: float) -> None:
                told(share)
                if cancelled():
                    raise WorkCancelled

            return order.render(codec, told_here)
        request = {"recipe": codec.recipe.to_json(), "order": packed_order(order)}

        def heard(header: dict[str, Any]) -> None:
            told(header["progress"])

        try:
            answer, content = self._worker.ask("render", request, limit=LIMIT_SECONDS, heard=heard, cancelled=cancelled)
        except WorkerDied as error:
            raise RuntimeError(f"the process that rendered {error}; render again, or less at once") from None
        if content is None:
            if "refused" in answer:
                raise ValueError(str(answer["refused"]))
            raise RuntimeError(str(answer.get("failed")).removeprefix("RuntimeError: "))
        audio: FloatArray = content["audio"]
        return audio

    def close(self) -> None:
        """End the process now; another order starts a new one."""
        self._worker.close()
