"""How an engine is doing."""

from __future__ import annotations

from dataclasses import dataclass

from terrain_widgets.audio.memory.control import Telemetry


@dataclass(frozen=True, kw_only=True)
class HostStatus(Telemetry):
    """How an engine is doing; cheap enough to ask ten times a second.

    Args:
        kind: ``"process"``, or ``"thread: "`` and why.
        alive: Whether it runs or is starting.
        ready: Whether it has loaded the codec and renders.
        message: One sentence for the user, or ``""``.
    """

    kind: str
    alive: bool
    ready: bool
    message: str
