"""What runs in the process that trains: ``python -m terrain_widgets.session.training.child``.

It trains one terrain after the other, at low priority and beside the notebook's interpreter, so that neither the sound
nor the page has to wait for it. All that a later training needs to go on is sent back at the end.
"""

from __future__ import annotations

import queue
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import Pair, TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.fit import FitState, fit
from terrain_widgets.core.training.settings import TrainingSettings
from terrain_widgets.process.manners import listen, lower_priority
from terrain_widgets.process.messages import Message, write_message
from terrain_widgets.session.training.messages import (
    dataset_of,
    packed,
    packed_state,
    unpacked,
    unpacked_pair,
    unpacked_state,
    weights_of,
)
from terrain_widgets.session.training.reports import report


@dataclass
class _Wishes:
    """What the parent may change while a terrain trains; set on the listening thread, read between two steps."""

    settings: TrainingSettings = field(default_factory=TrainingSettings)
    dataset: TerrainDataset = field(default_factory=TerrainDataset)
    pairs: dict[int, Pair] = field(default_factory=dict)
    stopped: threading.Event = field(default_factory=threading.Event)

    def hear(self, header: dict[str, Any], payload: bytes) -> None:
        """Take note of one."""
        if header["do"] == "stop":
            self.stopped.set()
        elif header["do"] == "settings":
            self.settings.lr, self.settings.batch_size = header["lr"], header["batch_size"]
        elif header["do"] == "pairs":
            self.meet(header["keys"], unpacked(payload)["pairs"])

    def meet(self, keys: list[int], new: dict[int, Any]) -> None:
        """These pairs are the dataset from now on; those not met before come with it."""
        self.pairs.update({key: unpacked_pair(content) for key, content in new.items()})
        self.dataset = dataset_of([self.pairs[key] for key in keys])


class _Service:
    """Trains on request, and tells the parent.

    Args:
        out: Where answers go.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._wishes: dict[int, _Wishes] = {}
        self.requests: queue.SimpleQueue[tuple[dict[str, Any], dict[str, Any]]] = queue.SimpleQueue()

    def hear(self, message: Message) -> None:
        """On the listening thread: a request waits for its turn, a wish counts at once, in the order they were said."""
        header, payload = message
        if header["do"] == "train":
            content = unpacked(payload)
            wishes = self._wishes[header["id"]] = _Wishes()
            wishes.settings.lr, wishes.settings.batch_size = header["lr"], header["batch_size"]
            wishes.meet(header["keys"], content["pairs"])
            self.requests.put((header, content))
        elif header["id"] in self._wishes:  # it may just have ended
            self._wishes[header["id"]].hear(header, payload)

    def obey(self, header: dict[str, Any], content: dict[str, Any]) -> None:
        """Train to the end; whatever goes wrong is answered, with what was reached."""
        number, wishes = header["id"], self._wishes[header["id"]]
        terrain = Terrain(**header["terrain"])
        terrain.load_state_dict(content["weights"])
        state = FitState() if content["state"] is None else unpacked_state(content["state"], wishes.pairs)
        answer: dict[str, Any] = {}
        try:
            self._train(number, terrain, state, wishes, header["options"])
        except (TrainingError, ValueError, TypeError) as error:
            answer = {"refused": type(error).__name__, "why": str(error)}
        except Exception as error:
            answer = {"refused": "RuntimeError", "why": f"{type(error).__name__}: {error}"}
        keys = {pair: key for key, pair in wishes.pairs.items()}
        reached = {"weights": weights_of(terrain), "state": packed_state(state, keys)}
        self._say(number, {"ended": True, "step": state.step, **answer}, packed(reached))
        del self._wishes[number]

    def _train(self, number: int, terrain: Terrain, state: FitState, wishes: _Wishes, options: dict[str, Any]) -> None:
        steps = fit(
            terrain,
            lambda: wishes.dataset,
            state=state,
            settings=wishes.settings,
            should_stop=wishes.stopped.is_set,
            **options,
        )

        def tell(losses: NDArray[np.float64], share: float, words: str) -> None:
            self._say(number, {"share": share, "words": words}, losses.tobytes())

        report(steps, tell, lambda: self._say(number, {"weights": True}, packed(weights_of(terrain))))

    def _say(self, number: int, header: dict[str, Any], payload: bytes = b"") -> None:
        write_message(self._out, {"id": number, **header}, payload)


def main() -> None:
    """Serve one parent until it goes."""
    service = _Service(lower_priority())
    listen(service.hear)
    while True:
        service.obey(*service.requests.get())


if __name__ == "__main__":
    main()
    sys.exit(0)
