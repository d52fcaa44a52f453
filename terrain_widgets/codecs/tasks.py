"""What a process of its own does with codecs: trying out models, and encoding. Run by ``process.service``."""

from __future__ import annotations

from typing import cast

import numpy as np
import torch

from terrain_widgets.codecs.base import BendableEncoder, BlockEncoder
from terrain_widgets.codecs.kept_codec import KeptCodec
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.process.service import Request, Task

torch.set_num_threads(1)

_codecs = KeptCodec()


def prove(request: Request) -> None:
    """Try out the model at ``path`` and answer with its ``facts``."""
    from terrain_widgets.codecs.nn_tilde.trials import prove as facts_of

    content = request.content
    with torch.no_grad():
        facts = facts_of(content["path"], content["sample_rate"])
    request.say({}, {"facts": facts.to_json()})


def encode(request: Request) -> None:
    """Encode ``audio`` ``[A, S]`` by the codec of a ``recipe``, with progress; answer with ``latents`` ``[T, D]``.

    With other ``weights`` than its own, if there are any; there is no progress then.
    """
    codec = _codecs.of(CodecRecipe.from_json(request.content["recipe"]))
    audio, rate = request.content["audio"], request.content["sample_rate"]
    weights = request.content["weights"]
    with torch.no_grad():
        if weights:
            latents = cast(BendableEncoder, codec).encode_with(weights, audio, rate).values
        elif not codec.info.capabilities.block_encoder:
            latents = codec.encode(audio, rate).values
        else:
            parts, seconds, done = [], audio.shape[1] / rate, 0
            for block in cast(BlockEncoder, codec).encode_in_blocks(audio, rate):
                parts.append(block)
                done += len(block)
                request.say({"progress": min(seconds, done / codec.info.frame_rate), "of": seconds})
                if request.cancelled:
                    return request.say({"cancelled": True})
            latents = np.concatenate(parts)
    values = np.ascontiguousarray(latents, dtype=np.float32)
    request.say({}, {"latents": values, "frame_rate": codec.info.frame_rate})


TASKS: dict[str, Task] = {"prove": prove, "encode": encode}
