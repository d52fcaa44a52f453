"""Rendering as a task of a process of its own, run by ``process.service``: at low priority, beside everything else."""

from __future__ import annotations

import numpy as np
import torch

from terrain_widgets.audio.rendering.orders import unpacked_order
from terrain_widgets.codecs.kept_codec import KeptCodec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.process.service import Request, Task

torch.set_num_threads(1)
torch.set_grad_enabled(False)

_codecs = KeptCodec()


class _Cancelled(Exception):
    """It is no longer wanted."""


def render(request: Request) -> None:
    """Render an ``order`` by the codec of a ``recipe``, with progress; answer with ``audio`` ``[A, S]``."""
    # The codec first: its module may bring a kind of mapping.
    codec = _codecs.of(CodecRecipe.from_json(request.content["recipe"]))
    order = unpacked_order(request.content["order"])

    def told(share: float) -> None:
        request.say({"progress": share})
        if request.cancelled:
            raise _Cancelled

    try:
        audio = order.render(codec, told)
    except _Cancelled:
        request.say({"cancelled": True})
    else:
        request.say({}, {"audio": np.ascontiguousarray(audio, dtype=np.float32)})


TASKS: dict[str, Task] = {"render": render}
