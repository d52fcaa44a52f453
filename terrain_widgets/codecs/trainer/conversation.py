"""A training in a process of its own, seen from outside: what it tells, and what is wished of it."""

from __future__ import annotations

import contextlib
import math
import queue
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terrain_widgets.codecs.base import CodecError
from terrain_widgets.codecs.trainer.events import Event, Finished, Started, from_message
from terrain_widgets.codecs.trainer.settings import Settings
from terrain_widgets.codecs.trainer.trainer import Wish
from terrain_widgets.io.sound_files import Sound
from terrain_widgets.process.child import ChildProcess

_LOOK_SECONDS = 0.1
_STOP_SECONDS = 60.0  # it validates and writes the codec first
TASKS = "terrain_widgets.codecs.trainer.task"


@dataclass(frozen=True)
class TrainingOrder:
    """What is to be trained.

    Args:
        recipe: Name of the recipe.
        sounds: On which sounds, or the folder or file where they are.
        settings: How.
        out: Where the codec goes.
        checkpoint: Where the training is kept.
        licence: Of the codec.
        resume: Whether to go on from the checkpoint.
    """

    recipe: str
    sounds: str | tuple[Sound, ...]
    settings: Settings
    out: Path
    checkpoint: Path
    licence: str
    resume: bool = True

    def content(self) -> dict[str, Any]:
        """As the process takes it."""
        folder, sounds = (self.sounds, ()) if isinstance(self.sounds, str) else ("", self.sounds)
        return {
            "recipe": self.recipe,
            "folder": folder,
            "sounds": [dict(vars(sound)) for sound in sounds],
            "settings": self.settings.to_json(),
            "out": str(self.out),
            "checkpoint": str(self.checkpoint),
            "licence": self.licence,
            "resume": self.resume,
        }


def train_beside(order: TrainingOrder, told: Callable[[Event], None], wish: Callable[[], Wish]) -> Finished:
    """Train in a process of its own, and return when it has ended.

    Args:
        order: What.
        told: Called with each event, on the caller's thread.
        wish: Asked ten times a second whether to go on, wait or end.

    Raises:
        CodecError: If the training is refused, or its process ends; where it stood is kept in its checkpoint.
    """
    child = ChildProcess("terrain_widgets.process.service", TASKS)
    try:
        return _followed(child, order, told, wish)
    except OSError:
        raise CodecError(_gone(child)) from None
    finally:
        child.kill()


def _followed(
    child: ChildProcess, order: TrainingOrder, told: Callable[[Event], None], wish: Callable[[], Wish]
) -> Finished:
    child.send({"task": "train_codec", "id": 1}, order.content())
    said: Wish = "go"
    stopped, started = 0.0, False
    finished: Finished | None = None
    while True:
        if (wanted := wish()) != said:
            said = wanted
            stopped = time.monotonic() if wanted == "stop" else 0.0
            if stopped and not started:  # it reads sounds, which may take minutes, and has written nothing
                return Finished(0, "", math.inf, "it was stopped before it began")
            child.send({"do": wanted, "id": 1})
        try:
            message = child.heard.get(timeout=_LOOK_SECONDS)
        except queue.Empty:
            if stopped and time.monotonic() - stopped > _STOP_SECONDS:
                raise CodecError("the process that trained did not stop; where it stood before is kept") from None
            continue
        if message is None:
            raise CodecError(_gone(child))
        header, content = message
        if "event" in header:
            event = from_message({"event": header["event"], "content": content})
            started = started or isinstance(event, Started)
            finished = event if isinstance(event, Finished) else finished
            told(event)
        elif "refused" in header or "failed" in header:
            raise CodecError(str(header.get("refused") or header.get("failed")))
        elif header.get("ended") and finished is not None:
            with contextlib.suppress(OSError):
                child.leave(1.0)
            return finished


def _gone(child: ChildProcess) -> str:
    return (
        f"the process that trained {child.end()}; where it stood is kept: train again with the same sounds and "
        "settings to go on. If it happens again, close other notebooks: they may need the memory"
    )
