"""What a training tells, as lines in a terminal."""

from __future__ import annotations

import sys
from typing import TextIO

from terrain_widgets.codecs.trainer.events import Event, Finished, Progress, Started, Validated


def line_of(event: Event) -> str:
    """An event in a line; examples have none."""
    if isinstance(event, Started):
        begun = "begins" if event.step == 0 else f"goes on at step {event.step}"
        return "\n".join([*event.report, f"{event.recipe}: {event.parameters:,} numbers to learn, {begun}"])
    if isinstance(event, Progress):
        terms = " ".join(f"{name} {value:.3f}" for name, value in event.losses.items())
        left = "" if event.seconds_left is None else f", {event.seconds_left:.0f} s left"
        return f"step {event.step} ({100 * event.share:.0f} %{left}): {terms}, lr {event.lr:.1e}"
    if isinstance(event, Validated):
        use = "" if event.active is None else f", {event.active} of {event.latents} latents active"
        warning = f"\n{event.warning}" if event.warning else ""
        figures = "".join(f", {name} {value:.3f}" for name, value in event.figures.items())
        return f"step {event.step}: {event.error:.3f} dB{' (best)' if event.best else ''}{figures}{use}{warning}"
    if isinstance(event, Finished):
        return f"{event.why}: {event.error:.3f} dB after {event.step} steps"
    return ""


def tell_in_terminal(event: Event, to: TextIO | None = None) -> None:
    """Print an event; how far it is, over and over on one line.

    Args:
        event: What is told.
        to: Where to, if not stderr.
    """
    stream = sys.stderr if to is None else to
    line = line_of(event)
    if isinstance(event, Progress):
        if stream.isatty():
            print(f"\r{line}\033[K", end="", file=stream, flush=True)
    elif line:
        print(f"\r{line}" if stream.isatty() else line, file=stream, flush=True)
