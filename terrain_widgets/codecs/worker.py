"""What runs in the worker process: ``python -m terrain_widgets.codecs.worker``, started by ``Worker`` only.

It tries out models and encodes sounds, one request after the other, at low priority. It ends with its parent, when it
is no longer needed, and when a model does not come back in time.
"""

from __future__ import annotations

import faulthandler
import queue
import sys
from typing import Any, BinaryIO, cast

import numpy as np

from terrain_widgets.codecs.base import BlockEncoder, Codec, CodecError
from terrain_widgets.codecs.recipe import CodecRecipe
from terrain_widgets.process.manners import listen, lower_priority
from terrain_widgets.process.messages import Message, write_message


class _Service:
    """Answers requests.

    Args:
        out: Where answers go.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._codec: tuple[CodecRecipe, Codec] | None = None
        self.cancelled: set[int] = set()

    def say(self, request: dict[str, Any], answer: dict[str, Any], payload: bytes = b"") -> None:
        """Tell the parent."""
        write_message(self._out, {"id": request["id"], **answer}, payload)

    def obey(self, request: dict[str, Any], payload: bytes) -> None:
        """Do what is asked for; whatever goes wrong is answered, too."""
        _watch(request)
        try:
            if request["do"] == "prove":
                self._prove(request)
            else:
                self._encode(request, payload)
        except (CodecError, ValueError) as error:
            self.say(request, {"refused": str(error)})
        except Exception as error:
            self.say(request, {"failed": f"{type(error).__name__}: {error}"})
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _prove(self, request: dict[str, Any]) -> None:
        from terrain_widgets.codecs.nn_tilde.trials import prove

        self.say(request, {"facts": prove(request["path"], request["sample_rate"]).to_json()})

    def _encode(self, request: dict[str, Any], payload: bytes) -> None:
        codec = self._loaded(CodecRecipe.from_json(request["recipe"]))
        rate = request["sample_rate"]
        audio = np.frombuffer(payload, dtype=np.float32).reshape(request["channels"], -1)
        if not codec.info.capabilities.block_encoder:
            latents = codec.encode(audio, rate).values
        else:
            parts, seconds, done = [], audio.shape[1] / rate, 0
            for block in cast(BlockEncoder, codec).encode_in_blocks(audio, rate):
                parts.append(block)
                done += len(block)
                self.say(request, {"progress": min(seconds, done / codec.info.frame_rate), "of": seconds})
                _watch(request)
                if request["id"] in self.cancelled:
                    return self.say(request, {"cancelled": True})
            latents = np.concatenate(parts)
        values = np.ascontiguousarray(latents, dtype=np.float32)
        self.say(request, {"shape": values.shape, "frame_rate": codec.info.frame_rate}, values.tobytes())

    def _loaded(self, recipe: CodecRecipe) -> Codec:
        if self._codec is None or self._codec[0] != recipe:
            self._codec = None
            from terrain_widgets.codecs.loading import load_codec

            self._codec = (recipe, load_codec(recipe))
        return self._codec[1]


def _watch(request: dict[str, Any]) -> None:
    """End the process if the next answer takes longer than that; from outside the interpreter, which may be stuck."""
    faulthandler.dump_traceback_later(request["limit"] + 5.0, exit=True)


def main() -> None:
    """Serve one parent until it goes."""
    out = lower_priority()
    service, requests = _Service(out), queue.SimpleQueue[Message]()

    def hear(message: Message) -> None:
        if message[0]["do"] == "cancel":
            service.cancelled.add(message[0]["id"])
        else:
            requests.put(message)

    listen(hear)
    import torch

    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    write_message(out, {"ready": True})
    while True:
        service.obey(*requests.get())


if __name__ == "__main__":
    main()
    sys.exit(0)
