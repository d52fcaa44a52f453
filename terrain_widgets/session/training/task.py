"""Training as a task of a process of its own, run by ``process.service``.

It trains one terrain after the other, at low priority and beside the notebook's interpreter, so that neither the sound
nor the page has to wait for it. All that a later training needs to go on is sent back at the end.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import Pair, TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.fit import FitState, fit
from terrain_widgets.core.training.settings import TrainingSettings
from terrain_widgets.process.service import Request, Task
from terrain_widgets.session.training.messages import (
    dataset_of,
    packed_state,
    unpacked_pair,
    unpacked_state,
    weights_of,
)
from terrain_widgets.session.training.reports import report


@dataclass
class _Wishes:
    """What the parent may change while a terrain trains."""

    request: Request
    settings: TrainingSettings = field(default_factory=TrainingSettings)
    dataset: TerrainDataset = field(default_factory=TerrainDataset)
    pairs: dict[int, Pair] = field(default_factory=dict)
    stopped: bool = False

    def __post_init__(self) -> None:
        header = self.request.header
        self.settings.lr, self.settings.batch_size = header["lr"], header["batch_size"]
        self.meet(header["keys"], self.request.content["pairs"])

    def heard(self) -> None:
        """Take note of what was said since."""
        for header, content in self.request.news():
            if header["do"] == "stop":
                self.stopped = True
            elif header["do"] == "settings":
                self.settings.lr, self.settings.batch_size = header["lr"], header["batch_size"]
            elif header["do"] == "pairs":
                self.meet(header["keys"], content["pairs"])

    def should_stop(self) -> bool:
        """Asked between two steps."""
        self.heard()
        return self.stopped

    def meet(self, keys: list[int], new: dict[int, Any]) -> None:
        """These pairs are the dataset from now on; those not met before come with it."""
        self.pairs.update({key: unpacked_pair(content) for key, content in new.items()})
        self.dataset = dataset_of([self.pairs[key] for key in keys])


def train(request: Request) -> None:
    """Train to the end; whatever goes wrong is answered, with what was reached."""
    wishes, header, content = _Wishes(request), request.header, request.content
    terrain = Terrain(**header["terrain"])
    terrain.load_state_dict(content["weights"])
    state = FitState() if content["state"] is None else unpacked_state(content["state"], wishes.pairs)
    answer: dict[str, Any] = {}
    try:
        _fit(request, terrain, state, wishes)
    except (TrainingError, ValueError, TypeError) as error:
        answer = {"refused": type(error).__name__, "why": str(error)}
    except Exception as error:
        answer = {"refused": "RuntimeError", "why": f"{type(error).__name__}: {error}"}
    keys = {pair: key for key, pair in wishes.pairs.items()}
    reached = {"weights": weights_of(terrain), "state": packed_state(state, keys)}
    request.say({"ended": True, "step": state.step, **answer}, reached)


def _fit(request: Request, terrain: Terrain, state: FitState, wishes: _Wishes) -> None:
    steps = fit(
        terrain,
        lambda: wishes.dataset,
        state=state,
        settings=wishes.settings,
        should_stop=wishes.should_stop,
        **request.header["options"],
    )

    def tell(losses: NDArray[np.float64], share: float, words: str) -> None:
        request.say({"share": share, "words": words}, losses)

    report(steps, tell, lambda: request.say({"weights": True}, weights_of(terrain)))


TASKS: dict[str, Task] = {"train": train}
