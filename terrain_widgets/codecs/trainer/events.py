"""What a training tells while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from terrain_widgets.codecs.trainer.recipe import Example


@dataclass(frozen=True)
class Started:
    """It begins, or goes on.

    Args:
        recipe: Its name.
        step: Optimizer steps so far: 0, or where it was resumed.
        parameters: Numbers that are learnt.
        report: What there is to say of the sounds, a sentence each.
    """

    recipe: str
    step: int
    parameters: int
    report: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far it is.

    Args:
        step: Optimizer steps so far.
        epoch: Passes over the sounds so far.
        seconds: Training time so far, over all runs.
        share: Of the whole, 0 to 1.
        seconds_left: Until its end, as far as that can be told.
        losses: Mean of each term, weighted, since the last report.
        lr: Learning rate now.
        beta: Weight of the KL term now.
    """

    step: int
    epoch: float
    seconds: float
    share: float
    seconds_left: float | None
    losses: Mapping[str, float]
    lr: float
    beta: float


@dataclass(frozen=True)
class Validated:
    """The model was judged by the sounds that were held back.

    Args:
        step: Optimizer steps so far.
        error: Log-mel distance, dB.
        best: Whether no earlier one was better.
        figures: Further figures by name.
        active: Latents that carry something; ``None`` where that is not measured.
        latents: How many there are.
        warning: A sentence if latents have collapsed, or nothing.
    """

    step: int
    error: float
    best: bool
    figures: Mapping[str, float] = field(default_factory=dict)
    active: int | None = None
    latents: int = 0
    warning: str = ""


@dataclass(frozen=True)
class Examples:
    """Sounds to hear.

    Args:
        step: Optimizer steps so far.
        examples: What the model makes now.
    """

    step: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Finished:
    """It has ended, and the codec is written.

    Args:
        step: Optimizer steps.
        path: Of the codec's file; empty if there was nothing to write yet.
        error: Of the best model, dB.
        why: It ended, in a sentence.
    """

    step: int
    path: str
    error: float
    why: str


Event = Started | Progress | Validated | Examples | Finished
_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in (Started, Progress, Validated, Examples, Finished)}


def to_message(event: Event) -> dict[str, Any]:
    """As the channel between processes takes it."""
    content = {f.name: getattr(event, f.name) for f in fields(event)}
    if isinstance(event, Examples):
        content["examples"] = [vars(example) for example in event.examples]
    for name, value in content.items():
        if isinstance(value, Mapping):
            content[name] = dict(value)
    return {"event": type(event).__name__, "content": content}


def from_message(message: Mapping[str, Any]) -> Event:
    """What ``to_message`` made."""
    content = dict(message["content"])
    if message["event"] == "Examples":
        content["examples"] = tuple(Example(**example) for example in content["examples"])
    event: Event = _KINDS[message["event"]](**content)
    return event
