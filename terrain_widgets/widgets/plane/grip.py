"""What a panel does with a plane while it has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from terrain_widgets.widgets.base.actions import Actions
from terrain_widgets.widgets.base.bar import BarItem
from terrain_widgets.widgets.plane.overlay import Overlay
from terrain_widgets.widgets.plane.sheet import Handlers


@dataclass(eq=False)
class Grip:
    """One way of using a plane. A plane may have several and is held by one of them at a time.

    Args:
        handlers: What is told of the hand: ``steer`` on whatever thread the message came, so that it must return at
            once, all others on the UI thread. ``view``, ``key`` and ``size`` are the plane's own.
        tool: What a pointer does; see ``Sheet``.
        label: For screen readers.
        hover: Whether a pointer that is not pressed plays.
        actions: Which keys there are, and what they do; the plane's own where nothing is said.
        press: Called with a key instead of the actions themselves, on the UI thread.
        overlay: What a tool shows over the paths.
        chosen: Ids of paths that stand out.
        tools: What a bar beside the plane offers.
        use_tool: Called with the id of one that is pressed, on the UI thread.
        terrain_opacity: How much of the terrain shows under the paths.
    """

    handlers: Handlers = field(default_factory=Handlers)
    tool: str = "play"
    label: str = "plane"
    hover: bool = True
    actions: Actions | None = None
    press: Callable[[str], object] | None = None
    overlay: Overlay = field(default_factory=Overlay)
    chosen: frozenset[str] = frozenset()
    tools: Callable[[], list[BarItem]] = list
    use_tool: Callable[[str], object] = lambda _tool: None
    terrain_opacity: float = 1.0


class OnStage(Protocol):
    """A panel that can have a plane."""

    grip: Grip
