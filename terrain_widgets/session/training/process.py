"""Training seen from the notebook: a process of its own does it, and tells; the interpreter stays free for the page."""

from __future__ import annotations

import itertools
import queue
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from terrain_widgets.core.terrain.terrain import Terrain
from terrain_widgets.core.training.dataset import Pair, TerrainDataset
from terrain_widgets.core.training.errors import TrainingError
from terrain_widgets.core.training.settings import TrainingSettings
from terrain_widgets.process.child import ChildProcess
from terrain_widgets.process.messages import Message
from terrain_widgets.session.training.messages import Weights, packed_pair, weights_of

IDLE_SECONDS = 60.0
_LOOK_SECONDS = 0.04
_STOP_SECONDS = 10.0  # a step of the largest terrain takes less
_BEGIN_SECONDS = 0.3
_REFUSALS: dict[str, type[Exception]] = {
    "TrainingError": TrainingError,
    "ValueError": ValueError,
    "TypeError": TypeError,
}


@dataclass
class Reached:
    """Where the trainings of one terrain stand, its weights aside.

    Args:
        state: What the next one needs to go on; ``None`` before the first.
        step: Steps so far.
    """

    state: dict[str, Any] | None = None
    step: int = 0


@dataclass
class Watcher:
    """Whom a training tells, and asks, all on the caller's thread.

    Args:
        dataset: Gives the pairs to learn; the same object as long as they are the same.
        settings: Gives the settings that count now.
        stopped: Asked about 25 times a second.
        tell: As ``training_reports.report`` takes it.
        show: Called with the weights seven times a second.
    """

    dataset: Callable[[], TerrainDataset]
    settings: Callable[[], TrainingSettings]
    stopped: Callable[[], bool]
    tell: Callable[[NDArray[np.float64], float, str], None]
    show: Callable[[Weights], None]


class TrainingProcess:
    """One process, which trains one terrain at a time.

    Raises:
        OSError: If no process can be started.
    """

    def __init__(self) -> None:
        self._child = ChildProcess("terrain_widgets.process.service", "terrain_widgets.session.training.task")
        self._count = 0

    @property
    def pid(self) -> int | None:
        """Its id while it runs."""
        return self._child.pid

    def close(self) -> None:
        """End it now."""
        self._child.kill()

    def train(self, terrain: Terrain, reached: Reached, options: dict[str, Any], watcher: Watcher) -> None:
        """Train, and return when it has ended; ``reached`` then tells where, also after an error.

        Args:
            terrain: What is trained, from its present weights; it is not changed, ``watcher`` is shown the new ones.
            reached: From where to go on.
            options: The rest of what ``fit`` takes, as plain data.
            watcher: Who is told.

        Raises:
            TrainingError: If training is refused, or its process ends before it does.
            ValueError: If an option is out of range.
            TypeError: If there is no such option.
        """
        self._count += 1
        conversation = _Conversation(self._child, self._count, watcher)
        content = {"weights": weights_of(terrain), "state": reached.state}
        try:
            conversation.begin({"terrain": asdict(terrain.config), "options": options}, content)
            ended = conversation.follow()
        except (OSError, _ProcessEnded):
            how = self._child.end()
            reached.state = None  # what it had shown is there, its optimizer's moments are gone
            raise TrainingError(
                f"the process that trained {how}; what the terrain had learnt is kept. Continue training; if it "
                "happens again, close other notebooks: they may need the memory"
            ) from None
        if ended is None:
            return
        answer, end = ended
        reached.state, reached.step = end["state"], answer["step"]
        watcher.show(end["weights"])
        if "refused" in answer:
            raise _REFUSALS.get(answer["refused"], RuntimeError)(answer["why"])


class _ProcessEnded(Exception):
    """It is gone, or hangs."""


@dataclass
class _Conversation:
    """One training: what was said, so that only news are."""

    child: ChildProcess
    number: int
    watcher: Watcher
    _dataset: TerrainDataset | None = None
    _known: set[int] = field(default_factory=set)
    _settings: tuple[float | None, int | None] = (None, None)
    _begun: bool = False

    def begin(self, request: dict[str, Any], content: dict[str, Any]) -> None:
        self._settings = self._wanted()
        keys, new = self._news(self.watcher.dataset())
        rate, size = self._settings
        header = {"task": "train", "id": self.number, **request, "keys": keys, "lr": rate, "batch_size": size}
        self.child.send(header, {**content, "pairs": new})

    def follow(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Pass on what is said and what is wished, until the end.

        Returns:
            The end's header and content, or ``None`` if it was stopped before it began.
        """
        stopped_at: float | None = None
        while True:
            if stopped_at is None:
                self._wish()
                if self.watcher.stopped():
                    self._say("stop")
                    stopped_at = time.monotonic()
            try:
                message = self.child.heard.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                waited = 0.0 if stopped_at is None else time.monotonic() - stopped_at
                if not self._begun and waited > _BEGIN_SECONDS:
                    return None
                if waited > _STOP_SECONDS:
                    raise _ProcessEnded from None
                continue
            if message is None:
                raise _ProcessEnded
            if message[0].get("id") == self.number:
                self._begun = True
                if (end := self._heard(message)) is not None:
                    return end

    def _heard(self, message: Message) -> tuple[dict[str, Any], dict[str, Any]] | None:
        header, content = message
        if "share" in header:
            self.watcher.tell(content, header["share"], header["words"])
        elif "weights" in header:
            self.watcher.show(content)
        elif content is None:
            raise _ProcessEnded  # it could not even begin
        else:
            return header, content
        return None

    def _wish(self) -> None:
        if self._wanted() != self._settings:
            self._settings = self._wanted()
            self._say("settings", lr=self._settings[0], batch_size=self._settings[1])
        dataset = self.watcher.dataset()
        if dataset is not self._dataset:
            keys, new = self._news(dataset)
            self._say("pairs", {"pairs": new}, keys=keys)

    def _wanted(self) -> tuple[float | None, int | None]:
        settings = self.watcher.settings()
        return settings.lr, settings.batch_size

    def _news(self, dataset: TerrainDataset) -> tuple[list[int], dict[int, Any]]:
        """Numbers of all pairs, and those pairs that it has not been told of yet."""
        self._dataset = dataset
        keys = [_numbers.setdefault(pair, next(_fresh_numbers)) for pair in dataset]
        new = {k: packed_pair(p) for k, p in zip(keys, dataset, strict=True) if k not in self._known}
        self._known.update(keys)
        return keys, new

    def _say(self, what: str, content: Any = None, **header: Any) -> None:
        """A wish about the training that runs."""
        self.child.send({"do": what, "id": self.number, **header}, content)


# A pair has one number in all messages, so that a later training knows which it has learnt already.
_numbers: weakref.WeakKeyDictionary[Pair, int] = weakref.WeakKeyDictionary()
_fresh_numbers = itertools.count(1)

_lock = threading.Lock()
_spare: TrainingProcess | None = None
_timer: threading.Timer | None = None


def prepare() -> None:
    """Have a process ready, in the background: it takes a second or two to start."""
    if _spare is None:
        give_back(TrainingProcess())


def borrow() -> TrainingProcess:
    """A process that nobody uses; give it back.

    Raises:
        OSError: If none can be started.
    """
    global _spare
    with _lock:
        process, _spare = _spare, None
    return process if process is not None and process.pid is not None else TrainingProcess()


def give_back(process: TrainingProcess) -> None:
    """Keep a process for the next training, for a while; one is enough."""
    global _spare, _timer
    with _lock:
        if process.pid is None or (_spare is not None and _spare.pid is not None):
            process.close()
            return
        _spare = process
        if _timer is not None:
            _timer.cancel()
        _timer = threading.Timer(IDLE_SECONDS, _free, [process])
        _timer.daemon = True
        _timer.start()


def free_spare() -> None:
    """End the process that is kept ready, if there is one."""
    with _lock:
        spare = _spare
    if spare is not None:
        _free(spare)


def _free(idle: TrainingProcess) -> None:
    global _spare
    with _lock:
        if _spare is idle:
            _spare = None
            idle.close()
            if _timer is not None:
                _timer.cancel()
